"""The door of identity: who acts, who has an account, and the links that let people in.

Example::

    from madang.identity import api
    actor = api.current_actor(request)
    access.require(actor, "role:officer")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.http import HttpRequest
from ninja.utils import check_csrf

from madang.access.api import ANONYMOUS, ROLES, Actor, require, required_roles
from madang.kernel.errors import Forbidden

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Account:
    """An account as the house sees it; `link` only where its password is still to be chosen."""

    id: str
    name: str
    roles: frozenset[str]
    is_active: bool
    last_sign_in: datetime | None = None
    link: str = ""


def current_actor(request: HttpRequest) -> Actor:
    """Return who acts in this request; asks the database only where a session exists, and once."""
    known: Actor | None = getattr(request, "_madang_actor", None)
    if known is None:
        known = actor_of(getattr(request, "user", None))
        request._madang_actor = known  # type: ignore[attr-defined]
    return known


def api_access(access: str) -> Callable[[HttpRequest], Actor]:
    """Return the ninja `auth` of an operation: lets in whom the decision `access` lets in.

    A browser's session is the credential, so a call that changes something also needs the page's
    CSRF token (header ``X-CSRFToken``).

    Example::

        @router.post("/measures/{id}/approve", auth=api_access("role:officer"))
    """
    required_roles(access)

    def authorised(request: HttpRequest) -> Actor:
        actor = current_actor(request)
        require(actor, access)
        if not actor.is_anonymous and check_csrf(request) is not None:
            raise Forbidden("the CSRF token is missing or wrong; send the header X-CSRFToken")
        return actor

    authorised.access = access  # type: ignore[attr-defined]
    return authorised


def client_address(request: HttpRequest) -> str:
    """Return the address of the browser.

    The web process listens on loopback behind the front, which replaces what a client writes into
    ``X-Forwarded-For``; its last entry is the peer the front saw.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
    return (forwarded if forwarded and peer in ("", "127.0.0.1", "::1") else peer)[:64]


def actor_of(user: AbstractBaseUser | AnonymousUser | None) -> Actor:
    """Return the actor for a Django user; nobody and a closed account are anonymous."""
    if not isinstance(user, AbstractBaseUser) or not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    return Actor(id=_actor_id(user), name=user.get_username(), roles=_roles_of(user))


def add_user(
    name: str,
    roles: Iterable[str],
    *,
    base_url: str = "",
    password: str | None = None,
    by: str = "system:command-line",
) -> Account:
    """Make an account; without a password, `link` of the answer lets its owner choose one.

    Parameters
    ----------
    name : letters, digits and ``@ . + - _``, at most 150.
    roles : names from `madang.access.api.ROLES`.
    base_url : origin for the link, for example ``http://localhost:8000``.
    by : id of the actor, for the audit log.

    Raises
    ------
    Invalid
        If the name or a role is not allowed, or the password is weak (`WeakPassword`).
    UserExists
        If the name is taken.
    """
    from madang.identity import actions

    user = actions.add_user(name, roles, password, by)
    link = "" if password else actions.set_password_link(user, base_url)
    return account_of(user, link=link)


def users() -> list[Account]:
    """Return all accounts, by name."""
    return [account_of(u) for u in User.objects.order_by("username").prefetch_related("groups")]


def account_of(user: User, link: str = "") -> Account:
    """Return the account of a Django user."""
    return Account(
        id=_actor_id(user),
        name=user.get_username(),
        roles=_roles_of(user),
        is_active=user.is_active,
        last_sign_in=user.last_login,
        link=link,
    )


def has_administrator() -> bool:
    """Return whether somebody can administer this installation: active, with a password."""
    return any(
        user.has_usable_password()
        for user in User.objects.filter(is_active=True, groups__name=ADMINISTRATOR)
    )


def first_administrator_link(base_url: str) -> str | None:
    """Return the link that makes the first administrator, or None once there is one.

    Signed and good for 24 hours; it stops working with the first administrator.
    """
    from madang.identity.links import first_administrator_path

    return None if has_administrator() else base_url.rstrip("/") + first_administrator_path()


def _actor_id(user: AbstractBaseUser) -> str:
    return f"user:{user.pk}"


def _roles_of(user: AbstractBaseUser) -> frozenset[str]:
    if not isinstance(user, User):
        return frozenset()
    return frozenset(group.name for group in user.groups.all()) & ROLES.keys()
