"""What may be asked for in an assisted session: where, for how long, agreed to in which way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from django.utils.translation import gettext_noop as _

from madang.identity.provider.lifetimes import APPROVAL

MOST_MINUTES = 30
ASKED_LASTS = timedelta(minutes=10)
OWN_DEVICE, APPROVED, PASSKEY = "own-device", "approval", "passkey"
CHANNELS = {
    "counter": _("At a counter"),
    "visit": _("On a visit at home"),
    "phone": _("By phone"),
    "kiosk": _("At a kiosk"),
}
CONSENTS = {
    OWN_DEVICE: _("Yes on the own device"),
    APPROVED: _("Approval on the own device"),
    PASSKEY: _("Passkey at the counter or a kiosk"),
    "signature": _("Signature on the pad"),
    "phrase": _("Recorded sentence"),
}
# given by the resident's own key; the others are there as soon as staff enter them
BY_OWN_KEY = frozenset({OWN_DEVICE, APPROVED, PASSKEY})
_PHONE_CONSENTS = (OWN_DEVICE, APPROVED, "phrase")  # nobody signs a pad or touches a key by phone
_REFERENCES = {
    "signature": re.compile(r"[0-9a-f]{64}"),
    "phrase": re.compile(r"[A-Za-z0-9-]{6,40}"),
}


@dataclass(frozen=True)
class Request:
    """What a member of staff asks for. `reference` is the pad's file hash or the phrase's id."""

    person: str
    service: str
    minutes: int
    channel: str
    consent: str
    reference: str = ""


@dataclass(frozen=True)
class Found:
    """A resident found at a counter; enough to be sure, no more."""

    person: str
    name: str
    born: date | None
    district: str


def asked_lasts(consent: str) -> timedelta:
    """Return how long a request waits for its yes."""
    return APPROVAL if consent == APPROVED else ASKED_LASTS


def choices(session_id: str, number: str) -> list[str]:
    """Return three numbers, in order, the right one among them; the same every time."""
    others: list[str] = []
    for byte in sha256(session_id.encode()).digest():
        other = f"{10 + byte % 90}"
        if other not in (number, *others):
            others.append(other)
    return sorted([number, *others[:2]])


def faults(wish: Request, *, is_offered: bool) -> dict[str, str]:
    """Return what is wrong with a request, by field; the texts are message ids.

    is_offered : whether there is such a service.
    """
    wrong = {}
    if not is_offered:
        wrong["service"] = _("Choose one service.")
    if not 1 <= wish.minutes <= MOST_MINUTES:
        wrong["minutes"] = _("1 to 30 minutes.")
    if wish.channel not in CHANNELS:
        wrong["channel"] = _("Choose where you are.")
    if wish.consent not in CONSENTS or (
        wish.channel == "phone" and wish.consent not in _PHONE_CONSENTS
    ):
        wrong["consent"] = _("Choose how they agreed.")
    form = _REFERENCES.get(wish.consent)
    if form and not form.fullmatch(wish.reference):
        wrong["reference"] = _("The file's SHA-256 in 64 hexadecimal digits, or the sentence's id.")
    return wrong
