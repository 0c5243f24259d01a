"""No way through sign-in, step-up, enrolment, removal and recovery reaches above what was shown."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from unittest.mock import patch

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.identity import api, authenticators, numbers, paper
from madang.identity.engine.levels import aal_of
from madang.kernel import times
from tests.identity.keys import (
    PASSWORD,
    account_of,
    answer_of,
    facts_of,
    opened,
    sent_codes,
    shown,
    with_address,
)
from tests.identity.soft_passkey import SoftPasskey

pytestmark = [pytest.mark.data, pytest.mark.django_db]
STEPS = (
    "passkey", "lax-passkey", "app", "paper", "code", "password", "add-passkey", "add-app",
    "remove", "recover", "wait", "sign-out", "print",
)  # fmt: skip
_numbers = count(1)


class World:
    """One account, two browsers, and what each has really shown since its session began."""

    def __init__(self, is_staff: bool, verifies: bool) -> None:
        self.offset = timedelta(0)
        number = next(_numbers)
        self.place = {"REMOTE_ADDR": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
        self.browsers = [Client(**self.place) for _n in range(2)]
        self.shown: dict[str, set[str]] = {}
        self.login = f"staff{number}" if is_staff else ""
        self.mail = f"n{number}@example.org"
        self.keys: list[SoftPasskey] = []
        self.apps: list[object] = []
        first = self.browsers[0]
        if is_staff:
            api.add_user(self.login, ["officer"], password=PASSWORD)
            first.post("/sign-in/", {"name": self.login, "password": PASSWORD})
            self.note(first, "pwd")
        else:
            self.keys.append(opened(first, verifies=verifies))
            self.note(first, "passkey" if verifies else "pop")
        self.id = account_of(first).pk
        with_address(first, self.mail)
        self.codes = [] if is_staff else paper.issue(self.id, by="test")

    def note(self, browser: Client, *amr: str) -> None:
        """Remember what was shown in the session that this browser has now."""
        facts = facts_of(browser)
        if facts is not None:
            self.shown.setdefault(facts.id, set()).update(amr)

    def step(self, what: str, browser: Client) -> None:
        """Go one step; it may be refused."""
        getattr(self, "_" + what.replace("-", "_"))(browser)

    def check(self) -> None:
        """The claim itself, for every browser."""
        for browser in self.browsers:
            facts = facts_of(browser)
            if facts is None:
                continue
            really = self.shown.get(facts.id, set())
            assert set(facts.amr) <= really
            assert facts.level.aal <= aal_of(really)
            assert facts.level.ial <= (2 if self.login else 1)
            assert facts.account == self.id

    def _passkey(self, browser: Client, verifies: bool = True) -> None:
        for key in self.keys[-1:]:
            key.verifies = verifies
            if shown(browser, key).status_code == 302:
                self.note(browser, "passkey" if verifies else "pop")

    def _lax_passkey(self, browser: Client) -> None:
        self._passkey(browser, verifies=False)

    def _app(self, browser: Client) -> None:
        self.offset += timedelta(seconds=61)
        for app in self.apps[-1:]:
            answer = browser.post("/sign-in/app-code/", {"code": app.at(times.now())})
            if answer.status_code == 302 and "/sign-in/?" not in answer["Location"]:
                self.note(browser, "otp")

    def _paper(self, browser: Client) -> None:
        if self.codes:
            form = {"number": numbers.number_of(self.id), "code": self.codes.pop()}
            if browser.post("/sign-in/paper/", form).status_code == 302:
                self.note(browser, "paper")

    def _code(self, browser: Client) -> None:
        self.offset += timedelta(minutes=21)  # three an hour
        before = len(sent_codes())
        browser.post("/sign-in/code/", {"address": self.mail})
        if len(sent_codes()) > before:
            form = {"code": sent_codes()[-1][1]}
            if browser.post("/sign-in/code/enter/", form).status_code == 302:
                self.note(browser, "email")

    def _password(self, browser: Client) -> None:
        form = {"name": self.login, "password": PASSWORD}
        if self.login and browser.post("/sign-in/", form).status_code == 302:
            self.note(browser, "pwd")

    def _add_passkey(self, browser: Client) -> None:
        page = browser.get("/account/passkeys/add/")
        if page.status_code == 200:
            self._may_change(browser)
            key = SoftPasskey()
            form = answer_of(page, key.make)
            assert browser.post("/account/passkeys/add/", form).status_code == 302
            self.keys.append(key)

    def _add_app(self, browser: Client) -> None:
        import pyotp

        page = browser.get("/account/app-codes/add/")
        if page.status_code == 200:
            self._may_change(browser)
            app = pyotp.TOTP(page.context["secret"].replace(" ", ""))
            form = {"token": page.context["token"], "code": app.at(times.now())}
            browser.post("/account/app-codes/add/", form)
            self.apps.append(app)

    def _remove(self, browser: Client) -> None:
        for row in authenticators.authenticators_of(self.id)[:1]:
            browser.post(f"/account/keys/{row.pk}/remove/")
        assert authenticators.kinds_of(self.id)

    def _recover(self, browser: Client) -> None:
        self.offset += timedelta(minutes=21)
        if len(self.codes) < 1 or self.login:
            return
        browser.post("/account/recover/", {"number": numbers.number_of(self.id)})
        browser.post("/account/recover/show/", {"what": "paper", "code": self.codes.pop()})
        browser.post("/account/recover/show/", {"what": "email"})
        answer = browser.post(
            "/account/recover/show/", {"what": "sent", "code": sent_codes()[-1][1]}
        )
        if answer.status_code == 302:
            self.note(browser, "paper", "email")

    def _wait(self, _browser: Client) -> None:
        self.offset += timedelta(hours=25)

    def _sign_out(self, browser: Client) -> None:
        browser.post("/sign-out/")

    def _print(self, _browser: Client) -> None:
        if not self.login:
            self.codes = paper.issue(self.id, by="test")

    def _may_change(self, browser: Client) -> None:
        """Whoever sees the page for a new key showed as much as the account has."""
        facts = facts_of(browser)
        assert aal_of(self.shown[facts.id]) >= authenticators.best_aal(self.id)
        assert self.shown[facts.id] - {"email", "sms"}


WAYS = {
    "is_staff": st.booleans(),
    "verifies": st.booleans(),
    "steps": st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 1)), min_size=3, max_size=14
    ),
}
QUIETLY = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


def walk(is_staff: bool, verifies: bool, steps: list[tuple[str, int]]) -> None:
    """Go these steps, looking at the claim after each."""
    real = times.now
    world: list[World] = []

    def now():
        return real() + (world[0].offset if world else timedelta(0))

    with patch.object(times, "now", now):
        world.append(World(is_staff, verifies))
        world[0].check()
        for what, which in steps:
            world[0].step(what, world[0].browsers[which])
            world[0].check()


@given(**WAYS)
@settings(max_examples=5, **QUIETLY)
def test_no_path_leads_above_what_was_shown(is_staff, verifies, steps):
    walk(is_staff, verifies, steps)


@pytest.mark.long
@given(**WAYS)
@settings(max_examples=60, **QUIETLY)
def test_no_longer_search_finds_such_a_path(is_staff, verifies, steps):
    walk(is_staff, verifies, steps)
