"""Consent to an assisted session by the resident's passkey, at the counter's browser or a kiosk.

The challenge is a hash of what is agreed to: whose session it is, who acts, for what, how long.
So the signature that is kept says by itself what the resident's key said yes to, and to nothing
else; the key has to check its user (finger, face, PIN).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import (
    assisted_rules,
    authenticators,
    ceremonies,
    guardians,
    passkey_options,
    passkeys,
)
from madang.identity.account_models import Account, Authenticator
from madang.identity.acts import ACT, MANDATES
from madang.identity.assisted_models import AssistedSession
from madang.identity.errors import ProofFailed
from madang.identity.passkeys import PASSKEY
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

AGREE = "assist-agree"
TITLE = "Madang: yes to an assisted session"


def require_one(whose: Sequence[str]) -> None:
    """Raise `Invalid` where none of those whose yes counts has a passkey."""
    if not _passkeys_of(whose):
        reason = _("They have no passkey. Choose another way to agree.")
        raise Invalid(reason, {"consent": reason})


def options(request: HttpRequest, row: AssistedSession) -> tuple[str, str]:
    """Return (token, options as JSON) with which a browser asks for the resident's own passkey."""
    token = ceremonies.ask(request, AGREE, session=row.pk)
    theirs = _passkeys_of(guardians.who_consents(row.person_id))
    return token, passkey_options.request(
        passkeys.rp_id(),
        _challenge(row, token),
        allowed=[one.handle for one in theirs],
        verification="required",
    )


def agree(request: HttpRequest, row: AssistedSession, token: str, answer: str, *, by: str) -> None:
    """Say yes with the answer of the resident's passkey.

    Parameters
    ----------
    by : id of the actor in whose browser it was given, or of the kiosk.

    Raises
    ------
    ProofFailed
        If the answer is late, was sent before, is for another session, or is not by a passkey of
        the resident that checked its user. The request waits on.
    NoMandate
        If nothing waits any more.
    """
    from madang.identity import assisted

    about = ceremonies.answered(request, AGREE, token)
    if about is None or about["session"] != row.pk:
        raise ProofFailed(_("This took too long or was sent before. Try again."))
    try:
        shown = passkeys.shown(request, _challenge(row, token), answer, checks_user=True)
        if shown.account.person_id not in guardians.who_consents(row.person_id):
            raise ProofFailed("this is somebody else's passkey")
    except ProofFailed:
        audit.record(by, "identity.refuse_consent", f"assisted:{row.pk}")
        text = _("That was not a passkey of this resident that checks finger, face or PIN.")
        raise ProofFailed(text) from None
    assisted.consent(row.pk, assisted_rules.PASSKEY, by=f"account:{shown.account.pk}", shown={
        "account": shown.account.pk, "authenticator": shown.proof.authenticator, "through": by,
        "text": _text(row, token), "answer": answer, "at": times.now().isoformat(),
        "origins": " ".join(passkeys.origins(request)),
    })  # fmt: skip


def is_signed(evidence: dict[str, str]) -> bool:
    """Return whether the evidence of a consent holds: the passkey signed this very text."""
    with purpose(AUTHENTICATION, authenticators.AUTHENTICATE):
        row = Authenticator.objects.filter(pk=evidence["authenticator"]).first()
    if row is None or row.account_id != evidence["account"]:
        return False
    challenge = sha256(evidence["text"].encode()).digest()
    origins = evidence["origins"].split()
    return passkeys.is_signature_of(row, challenge, evidence["answer"], origins)


def _text(row: AssistedSession, nonce: str) -> str:
    facts: dict[str, Any] = {
        "session": row.pk, "person": row.person_id, "staff": row.staff_id, "service": row.service,
        "minutes": row.minutes, "channel": row.channel, "asked": row.asked.isoformat(),
        "nonce": nonce,
    }  # fmt: skip
    return f"{TITLE}\n{json.dumps(facts, sort_keys=True)}\n"


def _challenge(row: AssistedSession, nonce: str) -> bytes:
    return sha256(_text(row, nonce).encode()).digest()


def _passkeys_of(whose: Sequence[str]) -> list[Authenticator]:
    with purpose(MANDATES, ACT):
        rows = Account.objects.filter(
            person_id__in=whose, kind=Account.Kind.RESIDENT, closed__isnull=True
        )
        accounts = list(rows.values_list("pk", flat=True))
    return [row for one in accounts for row in authenticators.authenticators_of(one, PASSKEY)]
