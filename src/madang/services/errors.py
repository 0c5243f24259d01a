"""What can go wrong in the services room.

InvalidDecisionModel   422   a DMN file cannot be read; names file and line
InvalidFacts           422   facts do not fit the model; names file and field
UnknownDecision        404
InvalidExpression      422   a text is no FEEL; names the character
InvalidPackedPackage   422   a packed package is none, or was tampered with
InvalidPackage         422   a package cannot be published; names each file and line
UnknownService         404   nothing of that id (or hash) was ever published
"""

from __future__ import annotations

from collections.abc import Sequence

from madang.kernel.errors import BadInput, Invalid, NotFound
from madang.services.lint.fault import Fault


class InvalidDecisionModel(BadInput):
    """A decision model cannot be read as it stands."""

    code = "invalid-decision-model"


class InvalidFacts(BadInput):
    """Facts for a decision do not fit the model."""

    code = "invalid-facts"


class UnknownDecision(NotFound):
    """The model has no decision of this name."""

    code = "unknown-decision"


class InvalidExpression(Invalid):
    """A text is no expression of FEEL."""

    code = "invalid-expression"


class InvalidPackedPackage(BadInput):
    """A packed package is none, or not as it was packed."""

    code = "invalid-packed-package"


class InvalidPackage(BadInput):
    """A package cannot be published as it stands; `faults` are all that is wrong."""

    code = "invalid-package"

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(source, f"{faults[0]}{more}")


class UnknownService(NotFound):
    """No such service, or no such version of one, was ever published."""

    code = "unknown-service"
