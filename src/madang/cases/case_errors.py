"""What can go wrong with cases; `cases.errors` hands these names on.

UnknownCase, UnknownDecision, UnknownPaper, UnknownAudit   404
CaseChanged, NotPossible   409
ManyTargets   422
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from madang.kernel.errors import Conflict, Invalid, NotFound


class UnknownCase(NotFound):
    """There is no such case, or it is not one that the asker may see."""

    code = "unknown-case"


class UnknownDecision(NotFound):
    """There is no such decision, or it is not one that the asker may see."""

    code = "unknown-decision"


class UnknownPaper(NotFound):
    """The case has no paper of this id, or none that can be shown so."""

    code = "unknown-paper"


class UnknownAudit(NotFound):
    """There is no such item in the asker's sample, or no such finding."""

    code = "unknown-audit"


class CaseChanged(Conflict):
    """Somebody else changed the case since it was read; `version` is the one it has now."""

    code = "case-changed"

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version

    @property
    def members(self) -> Mapping[str, Any]:
        """Say which version to read again."""
        return {"version": self.version}


class ManyTargets(Invalid):
    """Several offices, bodies or people are called so; `targets` are those."""

    code = "many-targets"

    def __init__(self, message: str, targets: Sequence[Any]) -> None:
        super().__init__(message, {"target": message})
        self.targets = tuple(targets)

    @property
    def members(self) -> Mapping[str, Any]:
        """Say which there are, by code and label."""
        return {"targets": [{"code": one.code, "label": one.label} for one in self.targets]}


class NotPossible(Conflict):
    """A verb cannot be done to a case as it stands; `why` says each reason as a word."""

    code = "verb-not-possible"

    def __init__(self, message: str, why: Sequence[tuple[str, str]]) -> None:
        super().__init__(message)
        self.why = tuple(why)

    @property
    def members(self) -> Mapping[str, Any]:
        """Say each reason as a word that programs know."""
        return {"why": [word for word, _detail in self.why]}
