"""Use cases of signing in by name and password: choose one, show it, be slowed down."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import accounts, authenticators, links, sessions
from madang.identity.account_models import Account
from madang.identity.api import ADMINISTRATOR, COMMAND_LINE, has_administrator
from madang.identity.errors import LinkSpent
from madang.identity.models import Milestone, SignInFailure
from madang.identity.passwords import account_id_of, account_with, check_password
from madang.identity.rules import LONGEST_WINDOW
from madang.identity.sessions import SessionFacts
from madang.identity.tries import tries_of
from madang.kernel import audit, times

FIRST_ADMINISTRATOR = "first-administrator"


def choose_password(account_id: str, token: str, password: str, *, but: str = "") -> Account:
    """Set the password of a one-time link's owner; link and sessions, `but` one, are void then."""
    with purpose(AUTHENTICATION, "authenticate"), transaction.atomic():
        # lock the row where the database can, then look: of two clicks at once one wins
        Account.objects.select_for_update().filter(pk=account_id).first()
        account = links.account_of_link(account_id, token)
        check_password(password, account.login or "")
        account.password = make_password(password)
        account.save(update_fields=["password"])
        actor = f"account:{account.pk}"
        audit.record(actor, "identity.choose_password", actor)
        sessions.end_sessions(account.pk, by=actor, but=but)
    return account


def make_first_administrator(token: str, name: str, password: str) -> Account:
    """Make the first administrator; raises `LinkSpent` once there is one."""
    links.check_first_administrator(token)
    Milestone.objects.get_or_create(name=FIRST_ADMINISTRATOR)
    with transaction.atomic():
        Milestone.objects.select_for_update().get(name=FIRST_ADMINISTRATOR)
        if has_administrator():
            raise LinkSpent(
                "there is an administrator already; sign in, or ask them for an account"
            )
        return accounts.add_staff(name, [ADMINISTRATOR], password, by=COMMAND_LINE)


def sign_in(request: HttpRequest, name: str, password: str) -> Account | None:
    """Return the account with this name and password, or None; counts what was wrong.

    Raises
    ------
    TooManyAttempts
        While the account or the address has to wait; the password is not looked at.
    """
    login = accounts.normal_login(name)
    tries = tries_of(request, "password", login, account_id_of(login))
    tries.require_patience()
    account = account_with(login, password)
    tries.note(is_right=account is not None)
    return account


def change_password(request: HttpRequest, own: SessionFacts, current: str, new: str) -> bool:
    """Change a password and end the account's other sessions; False where `current` is wrong.

    Raises
    ------
    TooManyAttempts
        While the account has to wait.
    WeakPassword
        If the new one is too short or too common.
    """
    account = sign_in(request, own.name, current)
    if account is None or account.pk != own.account:
        return False
    check_password(new, account.login or "")
    with purpose(AUTHENTICATION, "authenticate"), transaction.atomic():
        account.password = make_password(new)
        account.save(update_fields=["password"])
        actor = f"account:{account.pk}"
        audit.record(actor, "identity.change_password", actor)
        sessions.end_sessions(account.pk, by=actor, but=own.id)
        authenticators.tell(account.pk, "password-changed")
    return True


def forget_old_failures() -> None:
    """Delete what no limit counts any longer; run by a schedule."""
    SignInFailure.objects.filter(at__lt=times.now() - LONGEST_WINDOW).delete()
