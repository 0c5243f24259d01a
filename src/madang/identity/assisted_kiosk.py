"""Find, at a kiosk, the assisted session that waits for its resident's passkey there.

The member of staff reads six digits out; they lead to the request and prove nothing: the yes is
the passkey's. Wrong ones are counted by kiosk.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.identity.acts import ACT, MANDATES
from madang.identity.assisted import state_of
from madang.identity.assisted_models import AssistedSession
from madang.identity.assisted_rules import ASKED_LASTS, PASSKEY
from madang.identity.errors import NoMandate
from madang.identity.sealing import keyed_hash
from madang.identity.staff_models import Kiosk
from madang.identity.tries import tries_of
from madang.kernel import times

_CODE = "assisted-kiosk"


def code_of(row: AssistedSession) -> str:
    """Return the six digits by which a kiosk finds the request; nobody computes them outside."""
    return f"{int(keyed_hash(_CODE, row.pk)[:12], 16) % 10**6:06}"


def waiting_with(request: HttpRequest, kiosk: Kiosk, code: str) -> AssistedSession:
    """Return the request with this code.

    Raises
    ------
    NoMandate
        If none waits, or two happen to have the same code.
    TooManyAttempts
        After too many wrong codes at this kiosk.
    """
    plain = "".join(one for one in code if one.isdecimal())
    tries = tries_of(request, "assist-code", f"kiosk {kiosk.pk}")
    tries.require_patience()
    found = [row for row in _waiting() if code_of(row) == plain]
    tries.note(is_right=len(found) == 1)
    if len(found) != 1:
        raise NoMandate(_("Nothing waits under this code. Ask the member of staff for it again."))
    return found[0]


def waiting(session_id: str) -> AssistedSession | None:
    """Return a request that still waits for a passkey; None once it is answered or over."""
    return next((row for row in _waiting() if row.pk == session_id), None)


def _waiting() -> list[AssistedSession]:
    since = times.now() - ASKED_LASTS
    with purpose(MANDATES, ACT):
        rows = AssistedSession.objects.filter(consent=PASSKEY, asked__gt=since, ended__isnull=True)
        return [row for row in rows if state_of(row) == "asked"]
