"""Enrolling over HTTP, against an instance whose web process dies in the middle of it."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
import psutil
import pyotp

from tests.identity.soft_passkey import SoftPasskey
from tests.system.instance import Instance, until

PASSWORD = "courtyard lantern persimmon"
MAKE = """
import json, sys
from madang.kernel import orm
orm.ready()
from madang.access.api import system_actor
from madang.identity import api, people
from madang.identity.people import NameForm, Particulars
made = {}
for name in json.loads(sys.argv[2]):
    made[name] = api.add_user(name, ["officer"], password=sys.argv[1]).id
api.add_user("clerk", ["clerk"], password=sys.argv[1])
for number in json.loads(sys.argv[3]):
    names = (NameForm("registered", "김하늘"),)
    person = people.add_person(Particulars(names, register_number=number),
                               by=system_actor("command-line"))
    made[number] = person.pk
print(json.dumps({"made": made, "codes": api.print_staff_codes("clerk")}))
"""


STEP_S = 30  # of an app's code


def code_in_time(app: pyotp.TOTP) -> str:
    """Return a code that holds for five more seconds."""
    left = STEP_S - time.time() % STEP_S
    if left < 5:
        time.sleep(left)
    return app.now()


class Browser:
    """A browser without a screen: keeps cookies, sends forms with their tokens."""

    def __init__(self, origin: str) -> None:
        self.client = httpx.Client(base_url=origin, timeout=30, headers={"Origin": origin})

    def page(self, path: str) -> str:
        """Return a page of which something is to be sent."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    def form_of(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a page's own form, and what its device is asked."""
        page = self.page(path)
        main = page[page.index("<main") :]
        fields = dict(re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', main))
        asked = re.search(r'data-options="([^"]*)"', main)
        secret = re.search(r'<code dir="ltr" translate="no">([A-Z2-7 ]+)</code>', main)
        found = {"options": unescape(asked[1])} if asked else {}
        return fields | found | ({"secret": secret[1].replace(" ", "")} if secret else {})

    def send(self, path: str, form: dict[str, str]) -> httpx.Response:
        """Send a form."""
        return self.client.post(path, data=form)

    def sign_in(self, name: str) -> Browser:
        """Sign in with the password."""
        form = self.form_of("/sign-in/") | {"name": name, "password": PASSWORD}
        assert self.send("/sign-in/", form).status_code == 302
        return self

    def shows(self, path: str, form: dict[str, str]) -> bool:
        """Return whether what is shown on a sign-in page is taken."""
        return self.send(path, self.form_of(path) | form).status_code == 302


@dataclass
class Enrolment:
    """One enrolment on the way: who, with what, and the request that would finish it."""

    kind: str
    who: str
    browser: Browser
    path: str
    form: dict[str, str]
    key: SoftPasskey | None = None
    app: pyotp.TOTP | None = None
    answer: httpx.Response | None = None

    def finish(self) -> None:
        """Send the finishing request; a killed server gives no answer."""
        with contextlib.suppress(httpx.TransportError):
            self.answer = self.browser.send(self.path, self.form)

    @property
    def is_acknowledged(self) -> bool:
        """True where the person was told that it is done."""
        return self.answer is not None and self.answer.status_code in (200, 302)


@dataclass
class House:
    """The instance, those who enrol in it, and what its database says of them."""

    instance: Instance
    ids: dict[str, str] = field(default_factory=dict)
    clerk: Browser | None = None
    opened: list[Browser] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The address that passkeys are bound to."""
        return self.instance.url.replace("127.0.0.1", "localhost")

    def browser(self) -> Browser:
        """Return a new browser; `close` ends them all."""
        self.opened.append(Browser(self.origin))
        return self.opened[-1]

    def close(self) -> None:
        """Let go of all connections."""
        for one in self.opened:
            one.client.close()

    def people(self, names: list[str], numbers: list[str]) -> None:
        """Enter staff with a password, residents with a number, and a clerk with a printed code."""
        done = subprocess.run(
            [sys.executable, "-c", MAKE, PASSWORD, json.dumps(names), json.dumps(numbers)],
            env={**self.instance.environment, "DJANGO_SETTINGS_MODULE": "madang.app.settings"},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        self.ids = {name: one.removeprefix("account:") for name, one in told["made"].items()}
        self.clerk = self.browser().sign_in("clerk")
        assert self.clerk.shows("/sign-in/paper/", {"code": told["codes"][0]})

    def ask(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """Return rows of the database."""
        path = self.instance.data / "madang.sqlite3"
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as database:
            return database.execute(sql, values).fetchall()

    def count(self, sql: str, *values: str) -> int:
        """Return the one number that a question asks for."""
        return int(self.ask(f"SELECT count(*) FROM {sql}", *values)[0][0])

    def begin(self, kind: str, who: str) -> Enrolment:
        """Go up to the last request of an enrolment."""
        if kind == "paper":
            assert self.clerk is not None
            path = "/counter/paper-codes/"
            form = self.clerk.form_of(path) | {"register_number": who, "evidence": "id-card"}
            return Enrolment(kind, who, self.clerk, path, form)
        browser = self.browser().sign_in(who)
        if kind == "passkey":
            path, key = "/account/passkeys/add/", SoftPasskey(origin=self.origin)
            form = browser.form_of(path)
            form["answer"] = key.make(form.pop("options"))
            return Enrolment(kind, who, browser, path, form, key=key)
        path = "/account/app-codes/add/"
        form = browser.form_of(path)
        app = pyotp.TOTP(form.pop("secret"))
        form |= {"code": code_in_time(app), "label": ""}
        return Enrolment(kind, who, browser, path, form, app=app)

    def kill_web_during(self, send: Callable[[], None], after_s: float) -> None:
        """Kill the web process `after_s` after a request began; return once there is another."""
        before = self.instance.pid_of("web")
        leader = psutil.Process(before)
        victims = [leader, *leader.children(recursive=True)]
        request = threading.Thread(target=send)
        request.start()
        time.sleep(after_s)
        for process in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        request.join()
        until(lambda: self.instance.pid_of("web") != before, 60, "restart of web")
        until(self._answers, 60, "an answer of web")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.origin}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False
