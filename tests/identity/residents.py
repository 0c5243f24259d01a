"""Residents and staff for tests, signed in as surely as a test needs."""

from __future__ import annotations

from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.test import Client, RequestFactory

from madang.access.api import Actor, system_actor
from madang.identity import api, ceremony, people, sessions
from madang.identity.account_models import Account
from madang.identity.people import NameForm, Particulars
from madang.identity.session_store import SessionStore
from madang.identity.sessions import Proof
from tests.looking import rows

COUNTER = system_actor("command-line")


def resident(
    name: str, *, number: str = "", born: date | None = date(1980, 5, 1), latin: str = ""
) -> Account:
    """Return the account of a resident of Mapo whom a counter has proofed."""
    names = [NameForm("registered", name)] + ([NameForm("latin", latin)] if latin else [])
    person = people.add_person(
        Particulars(tuple(names), born=born, district="11440", register_number=number), by=COUNTER
    )
    people.proof(person, 2, "counter", by=COUNTER)
    return people.add_resident(person, by=COUNTER)


def staff(name: str, *roles: str) -> Account:
    """Return the account of a member of staff."""
    made = api.add_user(name, roles, password="courtyard lantern persimmon")
    return rows(Account).get(pk=made.id.removeprefix("account:"))


def client_of(account: Account, *amr: str) -> Client:
    """Return a browser in which this account has just signed in, with a passkey or as said."""
    client = Client()
    client.cookies["madang"] = session_key(account, *amr)
    return client


def session_key(account: Account, *amr: str) -> str:
    """Return the key of a session that has just begun."""
    request = RequestFactory().get("/")
    session: SessionBase = SessionStore()
    request.session = session
    opening = ceremony.opening_of(account)
    sessions.open_session(request, opening, [Proof(one) for one in amr or ("passkey",)])
    assert request.session.session_key
    return request.session.session_key


def actor_of(client: Client) -> Actor:
    """Return as whom a browser acts now."""
    request = RequestFactory().get("/")
    request.session = SessionStore(client.cookies["madang"].value)
    return api.current_actor(request)
