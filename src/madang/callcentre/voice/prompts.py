"""What the line itself says, in the caller's language where it is translated, else in English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from madang.kernel.errors import Invalid

TRANSLATED = ("ko", "en")

_TEXTS = {
    "machine": gettext_noop(
        "This is the information line of %(city)s. You are speaking with a machine."
    ),
    "person-any-time": gettext_noop(
        "To speak with a person, press zero or say operator, at any time."
    ),
    "consent": gettext_noop(
        "May we record this call to check our answers? The recording is kept for %(days)s days. "
        "Press one for yes, two for no."
    ),
    "recording": gettext_noop("Thank you. The call is being recorded."),
    "not-recording": gettext_noop("The call is not recorded."),
    "ask": gettext_noop("What would you like to know?"),
    "anything-else": gettext_noop("Is there anything else?"),
    "say-again": gettext_noop("I did not understand that. Please say it again, slowly."),
    "still-there": gettext_noop("Are you still there? What would you like to know?"),
    "nothing": gettext_noop(
        "I find no answer to that in the city's texts, and I do not guess. Please say it in other "
        "words, or press zero for a person."
    ),
    "choose": gettext_noop("Which of these do you mean?"),
    "choice": gettext_noop("Press %(digit)s for %(title)s."),
    "deaf": gettext_noop(
        "I cannot understand speech just now. Press zero for a person, or one to be called back."
    ),
    "connecting": gettext_noop(
        "I am connecting you with a person, who sees what you have told me. Please hold."
    ),
    "waiting": gettext_noop("All our people are speaking. %(ahead)s callers are before you."),
    "nobody": gettext_noop(
        "Nobody can take your call just now. Press one and we will call you back at the number "
        "you are calling from."
    ),
    "nobody-number": gettext_noop(
        "Nobody can take your call just now. To be called back, key in your number, then the "
        "hash key."
    ),
    "called-back": gettext_noop("Thank you. We will call you back."),
    "no-callback": gettext_noop(
        "We cannot note that down just now. Please write to us on the portal, or call again later."
    ),
    "goodbye": gettext_noop("Thank you for calling. Goodbye."),
}


BEGINNING = ("machine", "person-any-time", "ask")
"""What every call begins with, made ready before the first."""


def prompt(name: str, language: str, **values: Any) -> tuple[str, str]:
    """Return a text and the language that it is in.

    Raises
    ------
    Invalid
        If there is no such prompt.
    """
    if name not in _TEXTS:
        raise Invalid(f"there is no prompt {name!r}")
    said = language if language in TRANSLATED else "en"
    with override(said):
        return _(_TEXTS[name]) % values, said
