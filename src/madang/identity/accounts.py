"""Use cases of accounts: make, close, give roles; joiner, mover, leaver."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from madang.access.api import ROLES, Actor, purpose
from madang.identity import sessions
from madang.identity.account_models import Account, StaffGrant
from madang.identity.errors import UserExists
from madang.identity.events import AccountClosed
from madang.identity.passwords import check_password
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.kernel.events import announce

_valid_login = UnicodeUsernameValidator()
LONGEST_LOGIN = 150
MANAGE = "manage-accounts"


def normal_login(name: str) -> str:
    """Return a sign-in name in the form in which it is kept and compared (NFKC)."""
    import unicodedata

    return unicodedata.normalize("NFKC", name)


def add_staff(name: str, roles: Iterable[str], password: str | None, by: Actor) -> Account:
    """Make a staff account with roles that hold everywhere; `by` goes to the audit log.

    Raises
    ------
    Invalid
        If the name or a role is not allowed, or the password is weak (`WeakPassword`).
    UserExists
        If the name is taken.
    """
    wanted = sorted(set(roles))
    unknown = [role for role in wanted if role not in ROLES]
    if unknown:
        raise Invalid(
            f"{', '.join(unknown)}: no such role; there are {', '.join(ROLES)}",
            {"role": f"one of {', '.join(ROLES)}"},
        )
    login = _checked_login(name)
    if password is not None:
        check_password(password, login)
    account = Account(kind=Account.Kind.STAFF, login=login, created=times.now())
    account.password = make_password(password)
    try:
        with purpose(by, MANAGE), transaction.atomic():
            account.save(force_insert=True)
            StaffGrant.objects.bulk_create(
                StaffGrant(account=account, role=role, since=account.created, granted_by=by.id)
                for role in wanted
            )
            audit.record(
                by.id, "identity.add_user", f"account:{account.pk}", detail={"roles": wanted}
            )
    except IntegrityError:
        raise UserExists(f"a user named {name!r} exists; choose another name") from None
    return account


def close_account(account: Account, *, by: Actor, why: str) -> None:
    """Close an account: its roles end, its sessions end at once, other rooms are told."""
    now = times.now()
    with purpose(by, MANAGE), transaction.atomic():
        account.closed, account.closed_why = now, why
        account.save(update_fields=["closed", "closed_why"])
        StaffGrant.objects.filter(account_id=account.pk, until__isnull=True).update(until=now)
        sessions.end_sessions(account.pk, by=by.id)
        audit.record(by.id, "identity.close_account", f"account:{account.pk}", detail={"why": why})
        announce(AccountClosed(account=account.pk, why=why))


def grants_in_force(account_id: str) -> list[StaffGrant]:
    """Return the roles of an account that hold now."""
    now = times.now()
    rows = StaffGrant.objects.filter(account_id=account_id, since__lte=now)
    return [row for row in rows if row.until is None or row.until > now]


def _checked_login(name: str) -> str:
    login = normal_login(name)
    try:
        _valid_login(login)
    except ValidationError as error:
        raise Invalid(f"user name {name!r}: {' '.join(error.messages)}", {"name": name}) from None
    if not 0 < len(login) <= LONGEST_LOGIN:
        raise Invalid(f"user name {name!r}: 1 to {LONGEST_LOGIN} characters", {"name": name})
    return login
