"""Use cases of codes from an authenticator app (TOTP, RFC 6238): enrol, check; one use each.

A code holds for its own half minute by the server's clock, and no longer (ASVS 5, 6.5.5).
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode

import pyotp
from django.http import HttpRequest

from madang.access.api import AUTHENTICATION, purpose
from madang.city.api import profile
from madang.identity import authenticators, ceremonies
from madang.identity.account_models import Authenticator
from madang.identity.errors import CodeOver, ProofFailed
from madang.identity.sealing import seal, unseal
from madang.identity.sessions import Proof
from madang.kernel import times
from madang.kernel.events import new_id

TOTP = "totp"
ENROL = "totp-enrol"
STEP_S = 30  # RFC 6238, section 5.2
SECRET_CHARACTERS = 32  # of base 32: 160 bits (RFC 4226, section 4, R6)


def begin(request: HttpRequest, account: str) -> tuple[str, str]:
    """Return (token, secret in base 32) of an app yet to be added; the account stays as it is."""
    secret = pyotp.random_base32(SECRET_CHARACTERS)
    sealed = b64encode(seal(ENROL, secret.encode())).decode()
    return ceremonies.ask(request, ENROL, account=account, sealed=sealed), secret


def offered_secret(request: HttpRequest, token: str, account: str) -> str:
    """Return the secret that was offered; raises `ProofFailed` where that is too long ago."""
    about = ceremonies.still_asked(request, ENROL, token)
    if about is None or about["account"] != account:
        raise ProofFailed("the code was shown too long ago; take the new one")
    return unseal(ENROL, b64decode(about["sealed"])).decode()


def enrol(request: HttpRequest, token: str, code: str, label: str, account: str) -> Authenticator:
    """Add the app once it shows the right code.

    Raises
    ------
    ProofFailed
        If the code is wrong, or the secret was offered too long ago.
    """
    secret = offered_secret(request, token, account)
    step = _step_of(secret, code)
    if step is None or ceremonies.answered(request, ENROL, token) is None:
        raise ProofFailed("the code is wrong")
    sealed = seal(TOTP, secret.encode())
    return authenticators.add(account, TOTP, new_id(), label=label, secret=sealed, counter=step)


def check(account: str, code: str) -> Proof:
    """Return what a code shows; each works once, and none before it (RFC 6238, section 5.2).

    Raises
    ------
    CodeOver
        If it was right until just now: its reader took too long to type it.
    ProofFailed
        If it is wrong, older, of a clock that is fast, or was used.
    """
    is_over = False
    for row in authenticators.authenticators_of(account, TOTP):
        with purpose(AUTHENTICATION, authenticators.AUTHENTICATE):
            secret = unseal(TOTP, row.secret).decode()
        step = _step_of(secret, code)
        if step is not None and authenticators.use(row, step):
            return Proof("otp", row.pk)
        is_over = is_over or _step_of(secret, code, ago=1) is not None
    if is_over:
        raise CodeOver("the code is of half a minute ago")
    raise ProofFailed("the code is wrong")


def picture(secret: str, name: str) -> str:
    """Return the square code that an app reads, as an image address (``data:``)."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=profile().name())
    import segno

    made: str = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, light="white")
    return made


def in_groups(secret: str) -> str:
    """Return a secret as people type it, in groups of four.

    >>> in_groups("ABCDEFGH")
    'ABCD EFGH'
    """
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _step_of(secret: str, code: str, *, ago: int = 0) -> int | None:
    """Return the time step `ago` steps back if this is its code."""
    digits = "".join(str(int(sign)) for sign in code[:20] if sign.isdecimal())
    step = int(times.now().timestamp()) // STEP_S - ago
    right = pyotp.TOTP(secret, interval=STEP_S).generate_otp(step)
    return step if hmac.compare_digest(right, digits) else None
