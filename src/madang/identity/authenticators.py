"""Use cases of what opens an account: add, name, note its use, remove; never the last one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.db.models import Q

from madang.access.api import AUTHENTICATION, StepUpNeeded, purpose
from madang.identity.account_models import Account, Authenticator
from madang.identity.engine.levels import FACTORS, aal_of
from madang.identity.errors import LastAuthenticator, ProofFailed, UnknownAuthenticator
from madang.identity.events import SecurityNotice
from madang.identity.rules import RECENT
from madang.identity.sessions import SessionFacts
from madang.kernel import audit, times
from madang.kernel.events import announce

AUTHENTICATE = "authenticate"
LONGEST_LABEL = 60
# what each kind shows; a passkey that did not check its user is only held
AMR = {
    "password": "pwd", "totp": "otp", "paper": "paper", "certificate": "cert", "app": "approval",
}  # fmt: skip


def amr_of(row: Authenticator) -> str:
    """Return what an authenticator shows at best."""
    if row.method == "passkey":
        return "passkey" if row.public.get("verifies_user") else "pop"
    return AMR.get(row.method, "")


def authenticators_of(account: str, method: str = "") -> list[Authenticator]:
    """Return what opens an account now, oldest first."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Authenticator.objects.filter(account_id=account, revoked__isnull=True)
        rows = rows.filter(Q(expires__isnull=True) | Q(expires__gt=times.now()))
        return list((rows.filter(method=method) if method else rows).order_by("created", "pk"))


def kinds_of(account: str) -> frozenset[str]:
    """Return the kinds of authenticators of an account, ``password`` among them."""
    kinds = {row.method for row in authenticators_of(account)}
    with purpose(AUTHENTICATION, AUTHENTICATE):
        password = Account.objects.values_list("password", flat=True).filter(pk=account).first()
    return frozenset(kinds | ({"password"} if password and is_password_usable(password) else set()))


def best_aal(account: str) -> int:
    """Return the authenticator level, at most 2, that the account's owner can reach."""
    shown = {amr_of(row) for row in authenticators_of(account)}
    shown |= {AMR[kind] for kind in kinds_of(account) & {"password"}}
    return min(2, aal_of(shown - {""}))


def require_owner(facts: SessionFacts) -> None:
    """Raise `StepUpNeeded` unless this session is as sure as the account's owner can make it.

    What opens an account is changed only by somebody who showed as much as the account has
    (SP 800-63B-4 section 4.1.2): whoever has one weak key cannot make a strong one.
    """
    wanted = best_aal(facts.account)
    shown = any(FACTORS[amr] for amr in facts.amr)
    if facts.level.aal < wanted or not shown:
        raise StepUpNeeded(
            "show a second proof before you change how you sign in",
            acr=f"urn:madang:ial1:aal{wanted or 1}",
            max_age_s=int(RECENT.total_seconds()),
        )


def add(
    account: str,
    method: str,
    handle: str,
    *,
    label: str = "",
    public: dict[str, Any] | None = None,
    secret: bytes = b"",
    counter: int = 0,
    by: str = "",
) -> Authenticator:
    """Add an authenticator to an account and tell its owner; the caller has checked both.

    Raises
    ------
    django.db.IntegrityError
        If the handle is known already.
    """
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        known = Authenticator.objects.filter(account_id=account).exists()
        is_first = not known and "password" not in kinds_of(account)
        row = Authenticator.objects.create(
            account_id=account,
            method=method,
            handle=handle,
            label=label[:LONGEST_LABEL],
            public=public or {},
            secret=secret,
            counter=counter,
        )
        _note(by or f"account:{account}", "identity.add_authenticator", row)
        if not is_first:
            tell(account, "authenticator-added", method=method)
    return row


def rename(account: str, authenticator: str, label: str) -> None:
    """Give an authenticator its owner's name."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Authenticator.objects.filter(pk=authenticator, account_id=account)
        if not rows.filter(revoked__isnull=True).update(label=label.strip()[:LONGEST_LABEL]):
            raise UnknownAuthenticator("there is no such way to sign in any more")


def remove(account: str, authenticator: str) -> None:
    """Remove an authenticator; the same again changes nothing.

    Raises
    ------
    LastAuthenticator
        If nothing else opens the account.
    UnknownAuthenticator
        If the account has none such.
    """
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        Account.objects.select_for_update().filter(pk=account).first()
        row = Authenticator.objects.filter(pk=authenticator, account_id=account).first()
        if row is None:
            raise UnknownAuthenticator("there is no such way to sign in any more")
        if row.revoked is not None:
            return
        others = [one for one in authenticators_of(account) if one.pk != row.pk]
        if not others and "password" not in kinds_of(account):
            raise LastAuthenticator("nothing else opens this account; add another way first")
        _revoke(row, f"account:{account}", times.now())
        tell(account, "authenticator-removed", method=row.method)


def revoke_all(account: str, *, by: str, but: str = "") -> int:
    """Revoke everything that opens an account, but one; return how many."""
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        now = times.now()
        rows = [row for row in authenticators_of(account) if row.pk != but]
        for row in rows:
            _revoke(row, by, now)
    return len(rows)


def find(method: str, handle: str) -> Authenticator | None:
    """Return the authenticator with this handle, of an account that is open."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Authenticator.objects.filter(method=method, handle=handle, revoked__isnull=True)
        return rows.filter(account__closed__isnull=True).first()


def use(row: Authenticator, counter: int, *, may_stay: bool = False) -> bool:
    """Note that an authenticator was used; return False where it was used with this count before.

    Parameters
    ----------
    counter : what it counts: uses of a passkey, time steps of an app.
    may_stay : whether the count may stay the same: many passkeys do not count.
    """
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Authenticator.objects.filter(pk=row.pk, revoked__isnull=True)
        limit = {"counter__lte": counter} if may_stay else {"counter__lt": counter}
        return bool(rows.filter(**limit).update(counter=counter, last_used=times.now()))


def account(account_id: str) -> Account:
    """Return an account that is open; raises `ProofFailed` once it was closed."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        found = Account.objects.filter(pk=account_id, closed__isnull=True).first()
    if found is None:
        raise ProofFailed("this account is closed")
    return found


def tell(account: str, kind: str, **values: str) -> None:
    """Have the owner told of something on all channels; in the caller's transaction."""
    announce(SecurityNotice(account=account, kind=kind, values=values))


def _revoke(row: Authenticator, by: str, now: datetime) -> None:
    Authenticator.objects.filter(pk=row.pk).update(revoked=now, secret=b"")
    _note(by, "identity.remove_authenticator", row)


def _note(by: str, verb: str, row: Authenticator) -> None:
    audit.record(by, verb, f"authenticator:{row.pk}",
                 detail={"method": row.method, "account": row.account_id})  # fmt: skip
