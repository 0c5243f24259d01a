"""Sign-ins through the pages, on an empty instance of its own; prints figures as JSON.

``python -m bench.identity_load TIMES`` with `MADANG_DATA` set to a fresh folder. What the visitor's
device does, such as signing, is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from madang.kernel import orm

PASSWORD = "courtyard lantern persimmon"


class Watch:
    """CPU time between `start` and `stop`, added up [s]."""

    def __init__(self) -> None:
        self.total_s = 0.0
        self._began = 0.0

    def start(self) -> None:
        """Count from now on."""
        self._began = time.process_time()

    def stop(self) -> None:
        """Count no more."""
        self.total_s += time.process_time() - self._began


def main(times: int) -> dict[str, dict[str, float]]:
    """Return the CPU milliseconds of one sign-in, by method."""
    orm.ready()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    call_command("migrate", interactive=False, verbosity=0)
    setup_test_environment()  # so that a page's question can be read without parsing the page
    methods = {
        "passkey": passkey, "paper code": paper_code, "code by e-mail": mailed_code,
        "app code after a password": app_code, "password": password,
        "Django's hash alone: password": django_password,
    }  # fmt: skip
    found = {}
    for name, method in methods.items():
        method(1, Watch())
        watch = Watch()
        count = max(2, times // 10) if "password" in name else times
        method(count, watch)
        found[name] = {"sign_in_cpu_ms": watch.total_s / count * 1e3}
    return found


def passkey(times: int, watch: Watch) -> None:
    """Sign in by a passkey: page, answer, session."""
    client = _client()
    key = _opened(client)
    for _time in range(times):
        other = _client()
        watch.start()
        page = other.get("/sign-in/passkey/")
        watch.stop()
        form = {"token": page.context["token"], "answer": key.show(page.context["options"])}
        _timed(watch, lambda b=other, f=form: b.post("/sign-in/passkey/", f))


def paper_code(times: int, watch: Watch) -> None:
    """Sign in by account number and paper code."""
    from madang.identity import numbers, paper

    client = _client()
    _opened(client)
    account = client.session["account"]
    codes: list[str] = []
    for _time in range(times):
        codes = codes or paper.issue(account, by="bench")
        form = {"number": numbers.number_of(account), "code": codes.pop()}
        other = _client()
        watch.start()
        other.get("/sign-in/paper/")
        watch.stop()
        _timed(watch, lambda b=other, f=form: b.post("/sign-in/paper/", f))


def mailed_code(times: int, watch: Watch) -> None:
    """Sign in by a code to a mailbox; bringing it out is not counted."""
    from madang.identity import contacts
    from madang.identity.models import SignInFailure

    client = _client()
    _opened(client)
    address = f"resident{time.monotonic_ns()}@example.org"
    contacts.confirm(contacts.add(client.session["account"], "email", address))
    for _time in range(times):
        SignInFailure.objects.all().delete()  # or an hour would pass after three codes
        other = _client()
        watch.start()
        other.get("/sign-in/code/")
        other.post("/sign-in/code/", {"address": address})
        watch.stop()
        form = {"code": _last_code()}
        _timed(watch, lambda b=other, f=form: b.post("/sign-in/code/enter/", f))


def app_code(times: int, watch: Watch) -> None:
    """Step up by an app's code; the password before it is not counted."""
    import pyotp

    from madang.kernel import times as clock

    client = _staff()
    page = client.get("/account/app-codes/add/")
    app = pyotp.TOTP(page.context["secret"].replace(" ", ""))
    form = {"token": page.context["token"], "code": app.at(clock.now()), "label": ""}
    client.post("/account/app-codes/add/", form)
    from madang.access.api import AUTHENTICATION, purpose
    from madang.identity.models import Authenticator

    for _time in range(times):
        with purpose(AUTHENTICATION, "authenticate"):  # or half a minute would pass
            Authenticator.objects.filter(method="totp").update(counter=0)
        form = {"code": app.at(clock.now())}
        watch.start()
        client.get("/sign-in/app-code/")
        watch.stop()
        _timed(watch, lambda f=form: client.post("/sign-in/app-code/", f))


def password(times: int, watch: Watch) -> None:
    """Sign in by name and password: nearly all of it is the hash, as it should be."""
    from madang.identity import api

    name = f"staff{time.monotonic_ns()}"
    api.add_user(name, ["officer"], password=PASSWORD)
    for _time in range(times):
        other = _client()
        watch.start()
        other.get("/sign-in/")
        watch.stop()
        form = {"name": name, "password": PASSWORD}
        _timed(watch, lambda b=other, f=form: b.post("/sign-in/", f))


def django_password(times: int, watch: Watch) -> None:
    """Check a password as `django.contrib.auth` does, without page or session."""
    from django.contrib.auth.hashers import check_password, make_password

    kept = make_password(PASSWORD)
    for _time in range(times):
        watch.start()
        check_password(PASSWORD, kept)
        watch.stop()


def _timed(watch: Watch, step: Callable[[], Any]) -> None:
    watch.start()
    answer = step()
    watch.stop()
    if answer.status_code != 302:
        raise SystemExit(f"a sign-in was refused: {answer.status_code}")


def _client() -> Any:
    from django.test import Client

    return Client(HTTP_HOST="localhost")


def _staff() -> Any:
    from madang.identity import api

    name = f"staff{time.monotonic_ns()}"
    api.add_user(name, ["officer"], password=PASSWORD)
    client = _client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def _opened(client: Any) -> Any:
    from tests.identity.soft_passkey import SoftPasskey

    key = SoftPasskey(origin="http://localhost")
    page = client.get("/account/new/")
    form = {"token": page.context["token"], "answer": key.make(page.context["options"])}
    _timed(Watch(), lambda: client.post("/account/new/", form))
    return key


def _last_code() -> str:
    from madang.identity import messages
    from madang.identity.events import CodeIssued
    from madang.kernel.events import decode
    from madang.kernel.models import OutboxEntry

    row = OutboxEntry.objects.filter(name=CodeIssued.NAME).latest("id")
    event = decode(row.name, row.payload)
    assert isinstance(event, CodeIssued)
    return messages.of_code(event)[0].title.split()[-1]


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
