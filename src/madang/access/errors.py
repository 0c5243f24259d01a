"""What can go wrong here.

Forbidden
  NoPurpose            personal data was touched outside a purpose, or under an unknown one
  AccessDenied         no policy lets the actor do this to that data set for this purpose
    ColumnMasked       the decision does not show that column
  ActsForAnother       the page is for one's own matters, and the actor acts for somebody else
  Unauthenticated
    StepUpNeeded       signed in, but not strongly, or not recently, enough
Invalid
  PolicyFault          a policy file cannot be used; names file and line
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from madang.kernel.errors import BadInput, Forbidden, Unauthenticated


class NoPurpose(Forbidden):
    """Personal data opens only for a declared purpose."""

    code = "no-purpose"


class AccessDenied(Forbidden):
    """No policy lets this actor do this for this purpose."""

    code = "access-denied"


class ColumnMasked(AccessDenied):
    """The decision shows the row, not this column."""

    code = "column-masked"


class ActsForAnother(Forbidden):
    """Who acts for somebody else has to act for themselves again to do this."""

    code = "acts-for-another"

    def __init__(self) -> None:
        super().__init__(_("While you act for somebody else, your own matters are closed."))

    @property
    def words(self) -> tuple[str, str]:
        """Heading and advice of the page that says so."""
        return (
            _("This page is for your own matters"),
            _("Act for yourself again, above, and open it once more."),
        )


class StepUpNeeded(Unauthenticated):
    """Signed in, but the act needs a stronger or a fresher proof.

    Parameters
    ----------
    acr : level to ask for, ``urn:madang:ial<n>:aal<m>``.
    max_age_s : age in seconds that the proof may have; None where age does not matter.
    """

    code = "step-up-needed"

    def __init__(self, message: str, *, acr: str, max_age_s: int | None = None) -> None:
        super().__init__(message)
        self.acr = acr
        self.max_age_s = max_age_s

    @property
    def members(self) -> Mapping[str, Any]:
        """The level wanted, and how old its proof may be."""
        age = {} if self.max_age_s is None else {"max_age": self.max_age_s}
        return {"acr_values": self.acr, **age}

    @property
    def challenge(self) -> str:
        """The step-up that RFC 9470, section 3, has a client ask for."""
        asked = "".join(f', {name}="{value}"' for name, value in self.members.items())
        return f'Bearer error="insufficient_user_authentication"{asked}'


class PolicyFault(BadInput):
    """A policy file cannot be used."""

    code = "policy-fault"
