"""Ways through the pages that several tests walk: open an account, sign in, add what opens it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pyotp
from django.test import Client

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import messages, sessions
from madang.identity.account_models import Account
from madang.identity.events import CodeIssued
from madang.kernel import times
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from tests.identity.soft_passkey import SoftPasskey

PASSWORD = "courtyard lantern persimmon"


def opened(client: Client, **device: Any) -> SoftPasskey:
    """Open an account with a new passkey; the client is signed in."""
    key = SoftPasskey(**device)
    page = client.get("/account/new/")
    answer = client.post("/account/new/", answer_of(page, key.make))
    assert answer.status_code == 302, answer.content.decode()
    return key


def shown(client: Client, key: SoftPasskey) -> Any:
    """Show a passkey on its sign-in page; return the answer."""
    page = client.get("/sign-in/passkey/")
    return client.post("/sign-in/passkey/", answer_of(page, key.show))


def answer_of(page: Any, device: Any) -> dict[str, str]:
    """Return the form that the browser's script sends."""
    return {"token": page.context["token"], "answer": device(page.context["options"])}


def with_app(client: Client) -> pyotp.TOTP:
    """Add an authenticator app to the account signed in."""
    page = client.get("/account/app-codes/add/")
    app = pyotp.TOTP(page.context["secret"].replace(" ", ""))
    with times.fixed_clock(times.now()):  # or the next half minute begins in between
        form = {"token": page.context["token"], "code": code_now(app), "label": "phone"}
        answer = client.post("/account/app-codes/add/", form)
    assert answer.status_code == 302, answer.content.decode()
    return app


def code_now(app: pyotp.TOTP) -> str:
    """Return what the app shows at the time of the test."""
    return app.at(times.now())


def with_address(client: Client, address: str) -> None:
    """Add and confirm an address of the account signed in."""
    client.post("/account/addresses/add/", {"address": address})
    answer = client.post("/account/addresses/confirm/", {"code": sent_codes()[-1][1]})
    assert answer.status_code == 302


def sent_codes() -> list[tuple[str, str]]:
    """Return (address, code) of all codes announced, oldest first, as a person reads them."""
    rows = OutboxEntry.objects.filter(name=CodeIssued.NAME).order_by("id")
    found = []
    for row in rows:
        event = decode(row.name, row.payload)
        assert isinstance(event, CodeIssued)
        found += [(one.address, one.title.split()[-1]) for one in messages.of_code(event)]
    return found


def notices() -> list[str]:
    """Return the kinds of what owners were told, oldest first."""
    rows = OutboxEntry.objects.filter(name="identity.security_notice").order_by("id")
    return [json.loads(row.payload)["kind"] for row in rows]


def account_of(client: Client) -> Account:
    """Return the account that the client is signed in to."""
    with purpose(AUTHENTICATION, "authenticate"):
        return Account.objects.get(pk=client.session["account"])


def facts_of(client: Client) -> sessions.SessionFacts | None:
    """Return who the client is signed in as."""
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session = client.session
    return sessions.facts(request)


def later(monkeypatch: Any, **span: float) -> None:
    """Let time pass."""
    at = times.now() + timedelta(**span)
    monkeypatch.setattr(times, "now", lambda: at)
