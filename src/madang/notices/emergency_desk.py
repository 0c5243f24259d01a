"""An emergency look at personal data stands on the operators' desk until it is reviewed."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from madang.access.events import EmergencyOpened, EmergencyReviewed
from madang.notices.desk import Trouble, clear_alert, open_alert

_WAITS = gettext_noop("An emergency look waits for its review")


def show(event: EmergencyOpened) -> None:
    """Put it on the desk: that it happened, not at whom."""
    open_alert(
        Trouble(
            key=_key(event.decision),
            kind="access.emergency",
            severity="serious",
            message=_WAITS,
            values={},
        )
    )


def clear(event: EmergencyReviewed) -> None:
    """Take it off the desk."""
    clear_alert(_key(event.decision))


def _key(decision: str) -> str:
    return f"access:emergency:{decision}"
