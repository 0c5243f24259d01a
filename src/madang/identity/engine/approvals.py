"""Whether an approval on somebody's phone is the one we asked for, and still good.

An approval provider is asked in three calls: request, state, verify. Between them anybody may have
swapped the answer, so what comes back is compared with what was asked: our token inside the signed
data, the receipt, and the person's name, birth and phone as far as the provider returns them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

# developers.barocert.com, VerifyIdentity of each provider: verify can be called once, and within
# ten minutes of the signature (Kakao, Naver, Toss).
VERIFY_WITHIN = timedelta(minutes=10)
_SEOUL = ZoneInfo("Asia/Seoul")
_PHONE = re.compile(r"01[016789]\d{7,8}")


class State(StrEnum):
    """How far an approval has come."""

    WAITING = "waiting"
    SIGNED = "signed"
    EXPIRED = "expired"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Asked:
    """Whom we asked for what. `token` is ours, random, at most 40 characters (Kakao's limit)."""

    name: str
    born: date
    phone: str
    token: str
    title: str


@dataclass(frozen=True)
class Receipt:
    """The provider's number of a request; `link` opens its app on the same phone, if any."""

    id: str
    link: str = ""


@dataclass(frozen=True)
class Progress:
    """The state of a request, and when it was signed where it was."""

    state: State
    signed: datetime | None = None


@dataclass(frozen=True)
class Confirmed:
    """What the provider vouches for. Empty or None: this provider does not say.

    `ci` is the person's connecting information: the same for a person with every provider
    (88 characters of base64, KISA); kept as a keyed hash only.
    """

    receipt: str
    signed_data: str
    ci: str
    name: str = ""
    born: date | None = None
    phone: str = ""


def normal_phone(text: str) -> str:
    """Return the digits of a Korean mobile number, empty where it is none.

    >>> normal_phone("010-1234-5678"), normal_phone("+82 10 1234 5678"), normal_phone("02-120")
    ('01012345678', '01012345678', '')
    """
    digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
    if digits.startswith("82"):
        digits = "0" + digits[2:].lstrip("0")
    return digits if _PHONE.fullmatch(digits) else ""


def normal_name(text: str) -> str:
    """Return a name in the form in which two are compared: NFC, one case, no spaces.

    >>> normal_name(" Hong  Gildong") == normal_name("hong gildong")
    True
    """
    return "".join(unicodedata.normalize("NFC", text).casefold().split())


def verify_until(signed: datetime, requested: datetime, *, same_day: bool) -> datetime:
    """Return the last moment at which the provider still verifies.

    Parameters
    ----------
    same_day : the provider (PASS) verifies until 23:59:59 in Seoul on the day of the request.

    >>> from datetime import UTC
    >>> asked = datetime(2026, 11, 22, 14, 58, tzinfo=UTC)  # 23:58 in Seoul
    >>> verify_until(asked, asked, same_day=True).isoformat()
    '2026-11-22T14:59:59+00:00'
    """
    limit = signed + VERIFY_WITHIN
    if same_day:
        day = requested.astimezone(_SEOUL).date()
        midnight = datetime.combine(day, time(23, 59, 59), _SEOUL)
        limit = min(limit, midnight)
    return limit.astimezone(signed.tzinfo)


def carries(signed_data: str, token: str) -> bool:
    """Return whether the signed data hold our token, plainly or inside base64 (JWS, CMS).

    >>> carries(base64.b64encode(b'{"token": "q2Zt6p6sUeQd0xkq"}').decode(), "q2Zt6p6sUeQd0xkq")
    True
    """
    if len(token) < 16:
        return False
    wanted = token.encode()
    if hmac.compare_digest(signed_data.encode(), wanted):
        return True
    return any(wanted in _decoded(part) for part in signed_data.split("."))


def differences(
    asked: Asked, receipt: str, confirmed: Confirmed, *, signs_token: bool
) -> list[str]:
    """Return what in the answer is not what was asked: of receipt, token, ci, name, born, phone.

    A name, birth or phone that the provider does not return is no difference; a `ci` is needed.
    """
    found = []
    if confirmed.receipt != receipt:
        found.append("receipt")
    if signs_token and not carries(confirmed.signed_data, asked.token):
        found.append("token")
    if not confirmed.signed_data and not signs_token:
        found.append("signature")
    if not confirmed.ci:
        found.append("ci")
    if confirmed.name and normal_name(confirmed.name) != normal_name(asked.name):
        found.append("name")
    if confirmed.born and confirmed.born != asked.born:
        found.append("born")
    if confirmed.phone and normal_phone(confirmed.phone) != normal_phone(asked.phone):
        found.append("phone")
    return found


def _decoded(text: str) -> bytes:
    padded = text.strip().translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
