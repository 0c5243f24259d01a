"""What can go wrong in the cases room.

CasesError
  UnknownOffice, UnknownMatter, UnknownAppointment   404
  SlotTaken, HoldOver, TooManyAppointments, NotChangeable, LastOfflineChannel   409
  NotOpenThen   422
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from madang.cases.case_errors import (
    CaseChanged,
    NotPossible,
    UnknownAudit,
    UnknownCase,
    UnknownDecision,
    UnknownPaper,
)
from madang.kernel.errors import Conflict, Invalid, NotFound

__all__ = [
    "CaseChanged",
    "HoldOver",
    "LastOfflineChannel",
    "NotChangeable",
    "NotOpenThen",
    "NotPossible",
    "SlotTaken",
    "TooManyAppointments",
    "UnknownAppointment",
    "UnknownAudit",
    "UnknownCase",
    "UnknownDecision",
    "UnknownMatter",
    "UnknownOffice",
    "UnknownPaper",
]


class UnknownOffice(NotFound):
    """The city has no such office."""

    code = "unknown-office"

    def __init__(self, office: str) -> None:
        super().__init__(_("There is no office %(id)r.") % {"id": office})


class UnknownMatter(NotFound):
    """Nobody comes to an office with such a matter."""

    code = "unknown-matter"

    def __init__(self, matter: str) -> None:
        super().__init__(_("There is no matter %(id)r.") % {"id": matter})


class UnknownAppointment(NotFound):
    """There is no such appointment, or it is somebody else's."""

    code = "unknown-appointment"

    def __init__(self) -> None:
        super().__init__(_("There is no such appointment. Look at its number, or call us."))


class SlotTaken(Conflict):
    """Every place of that time is taken."""

    code = "slot-taken"

    def __init__(self) -> None:
        super().__init__(_("This time was taken a moment ago. Choose another one."))


class HoldOver(Conflict):
    """The place was kept for its minutes, and is free again."""

    code = "hold-over"

    def __init__(self) -> None:
        super().__init__(_("The time was kept for you and is free again. Choose a time once more."))


class TooManyAppointments(Conflict):
    """Somebody has as many appointments as anybody can have at once."""

    code = "too-many-appointments"

    def __init__(self, most: int) -> None:
        text = _("You have %(n)s appointments already. Cancel one first, or call us.")
        super().__init__(text % {"n": most})


class NotChangeable(Conflict):
    """What is wanted does not fit the state of the appointment."""

    code = "not-changeable"

    def __init__(self) -> None:
        super().__init__(_("This appointment is over or was cancelled. Book a new one."))


class NotOpenThen(Invalid):
    """The office gives no appointment for that moment."""

    code = "not-open-then"

    def __init__(self) -> None:
        reason = _("The office gives no appointment at that time.")
        super().__init__(reason, {"start": reason})


class LastOfflineChannel(Conflict):
    """Closing the office would leave a service without any way but the computer."""

    code = "last-offline-channel"
