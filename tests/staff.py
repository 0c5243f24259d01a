"""Staff for tests, signed in as the house asks of them: password and the code of an app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyotp
from django.test import Client

from madang.identity import api, app_codes, authenticators
from madang.identity.sealing import seal
from madang.kernel import times
from madang.kernel.events import new_id

PASSWORD = "courtyard lantern persimmon"


def joined(name: str, roles: Iterable[str], client: Client | None = None) -> Client:
    """Return a browser in which a new member of staff has signed in with both proofs."""
    api.add_user(name, list(roles), password=PASSWORD)
    return sign_in(client or Client(), name)


def sign_in(client: Client, name: str, **headers: Any) -> Client:
    """Sign in with the password, then with a new app's code: codes of an app work once each."""
    answer = client.post("/sign-in/", {"name": name, "password": PASSWORD}, **headers)
    assert answer.status_code == 302, answer.content.decode()
    app = with_new_app(client.session["account"])
    with times.fixed_clock(times.now()):  # or the next half minute begins in between
        answer = client.post("/sign-in/app-code/", {"code": app.at(times.now())}, **headers)
    assert answer.status_code == 302, answer.content.decode()
    return client


def with_new_app(account: str) -> pyotp.TOTP:
    """Give an account an authenticator app that has shown no code yet."""
    app = pyotp.TOTP(pyotp.random_base32(app_codes.SECRET_CHARACTERS))
    sealed = seal(app_codes.TOTP, app.secret.encode())
    authenticators.add(account, app_codes.TOTP, new_id(), label="phone", secret=sealed)
    return app
