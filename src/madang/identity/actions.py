"""Use cases of identity: make accounts, choose passwords, sign in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from madang.access.api import ROLES
from madang.identity import links
from madang.identity.api import ADMINISTRATOR, client_address, has_administrator
from madang.identity.errors import LinkSpent, TooManyAttempts, UserExists, WeakPassword
from madang.identity.models import SignInFailure
from madang.identity.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, WINDOW, wait_after
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

# NIST SP 800-63B-4 section 3.1.1.2: a password that is the only factor has at least 15 characters
# and is compared with a list of common ones; no rules on kinds of characters.
PASSWORD_LENGTH = 15
_VALIDATORS = (
    MinimumLengthValidator(PASSWORD_LENGTH),
    CommonPasswordValidator(),
    UserAttributeSimilarityValidator(("username",)),
)


def add_user(name: str, roles: Iterable[str], password: str | None, by: str) -> User:
    """Make an account with roles; `by` goes to the audit log. See `identity.api.add_user`."""
    wanted = frozenset(roles)
    unknown = sorted(wanted - ROLES.keys())
    if unknown:
        raise Invalid(
            f"{', '.join(unknown)}: no such role; there are {', '.join(ROLES)}",
            {"role": f"one of {', '.join(ROLES)}"},
        )
    user = User(username=User.normalize_username(name))
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise Invalid(f"user name {name!r}: {' '.join(error.messages)}", {"name": name}) from None
    if password is None:
        user.set_unusable_password()
    else:
        check_password(password, user)
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            user.groups.set([Group.objects.get_or_create(name=role)[0] for role in wanted])
            audit.record(
                by, "identity.add_user", f"user:{user.pk}", detail={"roles": sorted(wanted)}
            )
    except IntegrityError:
        raise UserExists(f"a user named {name!r} exists; choose another name") from None
    return user


def set_password_link(user: User, base_url: str) -> str:
    """Return the whole address on which `user` chooses a password."""
    return base_url.rstrip("/") + links.set_password_path(user)


def check_password(password: str, user: User) -> None:
    """Raise `WeakPassword` with the reasons, in the reader's language."""
    try:
        validate_password(password, user, password_validators=_VALIDATORS)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise WeakPassword(reasons, {"password": reasons}) from None


def choose_password(uid: str, token: str, password: str) -> User:
    """Set the password of a one-time link's owner; the link is void afterwards."""
    with transaction.atomic():
        user = links.user_of_link(uid, token)
        # lock the row where the database can, then look again: of two clicks at once one wins
        user = User.objects.select_for_update().get(pk=user.pk)
        links.user_of_link(uid, token)
        check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(f"user:{user.pk}", "identity.choose_password", f"user:{user.pk}")
    return user


def make_first_administrator(token: str, name: str, password: str) -> User:
    """Make the first administrator; raises `LinkSpent` once there is one."""
    links.check_first_administrator(token)
    Group.objects.get_or_create(name=ADMINISTRATOR)
    with transaction.atomic():
        Group.objects.select_for_update().get(name=ADMINISTRATOR)
        if has_administrator():
            raise LinkSpent(
                "there is an administrator already; sign in, or ask them for an account"
            )
        return add_user(name, [ADMINISTRATOR], password, by="system:first-administrator")


def sign_in(request: HttpRequest, name: str, password: str) -> User | None:
    """Return the user with this name and password, or None; counts what was wrong.

    Raises
    ------
    TooManyAttempts
        While the account or the address has to wait; the password is not looked at.
    """
    now = times.now()
    account, address = _account_key(name), client_address(request)
    wait = _wait(account, address, now)
    if wait > timedelta(0):
        seconds = wait.total_seconds()
        raise TooManyAttempts(
            f"too many wrong passwords; try again in {max(1, round(seconds / 60))} minutes",
            retry_after_s=seconds,
        )
    user = authenticate(request, username=name, password=password)
    with transaction.atomic():
        if not isinstance(user, User):
            SignInFailure.objects.create(account=account, address=address, at=now)
            audit.record("", "identity.refuse_sign_in", f"account:{account[:16]}")
            return None
        SignInFailure.objects.filter(account=account).delete()
        audit.record(f"user:{user.pk}", "identity.sign_in", f"user:{user.pk}")
    return user


def forget_old_failures() -> None:
    """Delete what no longer counts; run by a schedule."""
    SignInFailure.objects.filter(at__lt=times.now() - 2 * WINDOW).delete()


def _wait(account: str, address: str, now: datetime) -> timedelta:
    recent = SignInFailure.objects.filter(at__gt=now - WINDOW)
    by_account = list(recent.filter(account=account).values_list("at", flat=True))
    by_address = list(recent.filter(address=address).values_list("at", flat=True))
    return max(
        wait_after(by_account, now, FAILURES_PER_ACCOUNT),
        wait_after(by_address, now, FAILURES_PER_ADDRESS),
    )


def _account_key(name: str) -> str:
    return hashlib.sha256(User.normalize_username(name).encode()).hexdigest()
