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
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import is_password_usable
from django.db.models import Q
from django.http import HttpRequest
from ninja.utils import check_csrf

from madang.access.api import ANONYMOUS, AUTHENTICATION, Actor, purpose, require, required_roles
from madang.identity import sessions
from madang.identity.account_models import Account as AccountRow
from madang.identity.account_models import StaffGrant
from madang.identity.accounts import MANAGE, add_staff, grants_in_force
from madang.identity.events import CodeIssued, SecurityNotice
from madang.identity.kept_forms import keep as keep_form
from madang.identity.messages import (
    Outgoing,
    is_reachable,
    of_code,
    of_notice,
    to_accounts,
)
from madang.identity.rules import STAFF_SESSIONS
from madang.identity.session_store import ACCOUNT
from madang.kernel.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from madang.identity.acting import Acting, acting_in
    from madang.identity.acts import note_act
    from madang.identity.assisted import resident_with
    from madang.identity.colleagues import who_decides
    from madang.identity.extents import Extent, extent_of
    from madang.identity.known import KnownPerson, Traits, known_person, traits_of
    from madang.identity.looked import dataset_title, who_is
    from madang.identity.mandates import may_act
    from madang.identity.names import names_of, people_named
    from madang.identity.pending import carry_out
    from madang.identity.reach import Reached, reached

__all__ = [
    "Acting", "Extent", "KnownPerson", "Outgoing", "Reached", "Traits", "acting_in", "carry_out",
    "dataset_title", "extent_of", "is_reachable", "keep_form", "known_person", "may_act",
    "names_of", "note_act", "people_named", "reached", "resident_with", "to_accounts",
    "traits_of", "who_decides", "who_is",
]  # fmt: skip
_LATER = {
    "resident_with": "assisted",
    "Acting": "acting", "acting_in": "acting", "carry_out": "pending",
    "dataset_title": "looked", "Extent": "extents", "extent_of": "extents",
    "may_act": "mandates", "names_of": "names", "note_act": "acts", "people_named": "names",
    "KnownPerson": "known", "known_person": "known", "Traits": "known", "traits_of": "known",
    "reached": "reach", "Reached": "reach", "who_is": "looked",
    "who_decides": "colleagues",
}  # fmt: skip
ADMINISTRATOR = "administrator"
COMMAND_LINE = Actor(id="system:command-line", name="command line")


def __getattr__(name: str) -> Any:
    """Load what itself needs this door only where it is asked for."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"madang.identity.{_LATER[name]}"), name)


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
        known = _actor(sessions.facts(request))
        request._madang_actor = known  # type: ignore[attr-defined]
    return known


def wanted_page(request: HttpRequest) -> str:
    """Return the path to which somebody goes on after signing in; empty where none is named."""
    from madang.identity.ceremony import wish_of

    return wish_of(request).next


def is_signed_in(request: HttpRequest) -> bool:
    """Return whether this answer is for somebody signed in; never asks the database.

    Where nothing looked at the session, its cookie alone speaks.
    """
    session = getattr(request, "session", None)
    if session is None:
        return False
    looked_at: dict[str, object] | None = getattr(session, "_session_cache", None)
    return bool(session.session_key) if looked_at is None else bool(looked_at.get(ACCOUNT))


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


def add_user(
    name: str,
    roles: Iterable[str],
    *,
    base_url: str = "",
    password: str | None = None,
    by: Actor = COMMAND_LINE,
) -> Account:
    """Make an account; without a password, `link` of the answer lets its owner choose one.

    Parameters
    ----------
    name : letters, digits and ``@ . + - _``, at most 150.
    roles : names from `madang.access.api.ROLES`.
    base_url : origin for the link, for example ``http://localhost:8000``.
    by : who makes it, for the audit log.

    Raises
    ------
    Invalid
        If the name or a role is not allowed, or the password is weak (`WeakPassword`).
    UserExists
        If the name is taken.
    """
    from madang.identity import links

    with purpose(by, MANAGE):
        row = add_staff(name, roles, password, by)
        link = "" if password else base_url.rstrip("/") + links.set_password_path(row)
        return _account_of(row, link=link)


def print_staff_codes(name: str, by: Actor = COMMAND_LINE) -> list[str]:
    """Return ten codes, each once a second proof of a member of staff; those before are void.

    Raises
    ------
    NotFound
        If no open account of staff has this name.
    """
    from madang.identity import paper

    with purpose(by, MANAGE):
        rows = AccountRow.objects.filter(kind=AccountRow.Kind.STAFF, closed__isnull=True)
        row = rows.filter(login=name).first()
    if row is None:
        raise NotFound(f"there is no account {name!r}; `madang identity user list` shows them")
    return paper.issue(row.pk, by=by.id)


def users(by: Actor = COMMAND_LINE) -> list[Account]:
    """Return all staff accounts, by name."""
    with purpose(by, MANAGE):
        rows = AccountRow.objects.filter(kind=AccountRow.Kind.STAFF).order_by("login")
        return [_account_of(row) for row in rows]


def end_sessions(who: str, by: Actor = COMMAND_LINE) -> int:
    """End all sessions of an account, by sign-in name or id, or of everybody; return how many.

    Raises
    ------
    NotFound
        If there is no such account.
    """
    if not who:
        return sessions.end_all_sessions(by=by.id)
    number = who.removeprefix("account:")
    with purpose(by, MANAGE):
        row = AccountRow.objects.filter(Q(login=who) | Q(pk=number)).first()
    if row is None:
        raise NotFound(f"there is no account {who!r}; `madang identity user list` shows them")
    return sessions.end_sessions(row.pk, by=by.id)


def has_administrator(but: str = "") -> bool:
    """Return whether somebody can administer this installation: active, with a password."""
    grants = StaffGrant.objects.filter(role=ADMINISTRATOR, until__isnull=True)
    ids = list(grants.exclude(account_id=but).values_list("account_id", flat=True))
    if not ids:
        return False
    with purpose(AUTHENTICATION, "authenticate"):
        rows = AccountRow.objects.filter(pk__in=ids, closed__isnull=True)
        return any(is_password_usable(row.password) for row in rows)


def first_administrator_link(base_url: str) -> str | None:
    """Return the link that makes the first administrator, or None once there is one.

    Signed and good for 24 hours; it stops working with the first administrator.
    """
    from madang.identity.links import first_administrator_path

    return None if has_administrator() else base_url.rstrip("/") + first_administrator_path()


def messages_of(event: CodeIssued | SecurityNotice) -> list[Outgoing]:
    """Return what an event has people told: words and addresses, for room notices to bring out.

    None where it is too late: a code that is over is not sent.
    """
    return of_code(event) if isinstance(event, CodeIssued) else of_notice(event)


def _account_of(row: AccountRow, link: str = "") -> Account:
    return Account(
        id=f"account:{row.pk}",
        name=row.login or "",
        roles=frozenset(grant.role for grant in grants_in_force(row.pk)),
        is_active=row.is_active,
        last_sign_in=row.last_sign_in,
        link=link,
    )


def _actor(facts: sessions.SessionFacts | None) -> Actor:
    if facts is None:
        return ANONYMOUS
    from madang.identity import acting

    grants = grants_in_force(facts.account) if facts.idle in STAFF_SESSIONS else []
    own = Actor(
        id=f"account:{facts.account}",
        name=facts.name,
        roles=frozenset(grant.role for grant in grants),
        person=facts.person,
        departments=frozenset(grant.department for grant in grants if grant.department),
        districts=frozenset(grant.district for grant in grants if grant.district),
        ial=facts.level.ial,
        aal=facts.level.aal,
        authenticated_at=facts.proved_at,
        session=facts.id,
    )
    return acting.for_whom(own, facts) if facts.mandate or facts.assisted else own
