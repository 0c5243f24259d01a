"""Use cases of getting an account back when what opened it is lost.

Two different things of the account are shown, one of them a factor: paper code, app code, code to
a mailbox or telephone. Mailbox and telephone together are one thing: whoever has the phone reads
both. Then a day passes in which the owner, told everywhere, can stop it; shown again, everything
older ends (SP 800-63B-4 section 4.2). A passkey, certificate or approval signs in by itself, and a
counter sees the person: neither needs this.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import authenticators, sessions
from madang.identity.account_models import Account
from madang.identity.authenticators import AUTHENTICATE
from madang.identity.engine.levels import FACTORS
from madang.identity.key_models import Recovery
from madang.identity.sessions import Proof
from madang.kernel import audit, times

COOLING_OFF = timedelta(hours=24)
STAYS_OPEN = timedelta(days=7)
SENT = frozenset({"email", "sms"})


def is_enough(shown: frozenset[str]) -> bool:
    """Return whether this recovers an account: two independent things, one of them a factor.

    >>> is_enough(frozenset({"email", "sms"})), is_enough(frozenset({"email", "paper"}))
    (False, True)
    """
    independent = len(shown - SENT) + bool(shown & SENT)
    return independent >= 2 and any(FACTORS[amr] for amr in shown)


def ask(account: Account, proofs: list[Proof]) -> Recovery:
    """Ask for an account back, or return what was asked before; the owner is told at once.

    Raises
    ------
    ValueError
        If what was shown is not enough.
    """
    shown = frozenset(proof.amr for proof in proofs)
    if not is_enough(shown):
        raise ValueError(f"{sorted(shown)} does not recover an account")
    known = open_recovery(account.pk)
    if known is not None:
        return known
    now = times.now()
    try:
        with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
            _close_old(account.pk)
            row = Recovery.objects.create(
                account_id=account.pk,
                shown=sorted(shown),
                asked=now,
                ready=now + COOLING_OFF,
                expires=now + COOLING_OFF + STAYS_OPEN,
            )
            who = f"account:{account.pk}"
            audit.record(who, "identity.ask_recovery", who, detail={"shown": row.shown})
            authenticators.tell(account.pk, "recovery-asked")
            return row
    except IntegrityError:  # two clicks at once
        known = open_recovery(account.pk)
        if known is None:
            raise
        return known


def finish(row: Recovery, proofs: list[Proof]) -> bool:
    """End everything older and return True, once; what was shown now is enough, and it is time.

    What is left is the sheet of paper codes, where one was shown: enough to make a new passkey.
    """
    if not is_enough(frozenset(proof.amr for proof in proofs)) or row.ready > times.now():
        return False
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        rows = Recovery.objects.filter(pk=row.pk, stopped__isnull=True, done__isnull=True)
        if not rows.filter(expires__gt=times.now()).update(done=times.now()):
            return False
        who = f"account:{row.account_id}"
        kept = next((proof.authenticator for proof in proofs if proof.amr == "paper"), "")
        kept = kept or next(proof.authenticator for proof in proofs if proof.authenticator)
        authenticators.revoke_all(row.account_id, by=who, but=kept)
        sessions.end_sessions(row.account_id, by=who)
        audit.record(who, "identity.recover", who, detail={"shown": row.shown})
        authenticators.tell(row.account_id, "recovery-done")
    return True


def stop(account: str) -> None:
    """Stop what was asked; for the owner, who is signed in."""
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        rows = Recovery.objects.filter(account_id=account, stopped__isnull=True, done__isnull=True)
        if rows.update(stopped=times.now()):
            audit.record(f"account:{account}", "identity.stop_recovery", f"account:{account}")


def open_recovery(account: str) -> Recovery | None:
    """Return what was asked and is still open."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Recovery.objects.filter(account_id=account, stopped__isnull=True, done__isnull=True)
        return rows.filter(expires__gt=times.now()).first()


def _close_old(account: str) -> None:
    now = times.now()
    rows = Recovery.objects.filter(account_id=account, stopped__isnull=True, done__isnull=True)
    rows.filter(expires__lte=now).update(stopped=now)
