"""A person of 75 and the city's services: five errands in large type, without a password.

Each errand starts at the home page of a telephone that was never here, and ends with the number of
a case. Taps are counted as in `tests.web.taps`; the touch by which a telephone asks for the finger
counts, too. On every page of the way stand the telephone number, "call me back" and a way on paper;
type is large, there is one question a page, and axe finds nothing. `pytest -rP` prints the counts.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from madang.access.api import system_actor
from madang.cases.models import Case
from madang.cases.register_feed import Sent, take_in
from madang.identity import counter
from madang.identity.counter import Visit
from madang.records import api as records
from tests.cases.applying import published
from tests.cases.test_application_browser import empty_the_log
from tests.identity.residents import resident, session_key
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.web.browser import BROWSER_TEST, browser_of_module, faults, resize
from tests.web.taps import LEAST_PX, Reader

pytestmark = BROWSER_TEST
MOST_TAPS = 12
SENIOR_PX = 22
NUMBER = "510302-2345678"
THEN = datetime(2026, 1, 5, 3, tzinfo=UTC)
PICTURES = os.environ.get("MADANG_PICTURES", "")
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
SERVICES = (
    "resident-registration-copy", "senior-transport-card", "senior-home-visit",
    "vaccination-booking", "bulky-waste-pickup", "bulky-waste-pickup-mapo",
)  # fmt: skip
_WAYS = """
const text = document.querySelector('main p:not(.small), main label');
const aside = document.querySelector('.ways-out'), seen = css =>
  [...aside.querySelectorAll(css)].some(link => link.offsetHeight >= arguments[0]);
return {
  phone: seen("a[href^='tel:']"), call: seen("a[href^='/call-back/']"),
  paper: seen("a[href*='form.pdf'], a[href^='/on-paper/']"),
  size: parseFloat(getComputedStyle(text).fontSize),
  questions: document.querySelector('.place')
    ? document.querySelectorAll('main .field, main .tap:not(.quick .tap)').length : 0,
};
"""


class Elder(Reader):
    """A reader of 75 who looks at each page before going on."""

    def __init__(self, driver, site: str, language: str, looked_at: set[str]) -> None:
        super().__init__(driver, site, language, "senior")
        self.wrong: list[str] = []
        self._looked_at = looked_at

    def _press(self, element) -> None:
        self.look()
        super()._press(element)

    def look(self) -> None:
        """Check the page shown: ways out on every one; by axe, each kind of page once."""
        at = self.driver.current_url.removeprefix(self.site).partition("?")[0]
        found = self.driver.execute_script(_WAYS, LEAST_PX)
        self.wrong += [f"{at}: no {way}" for way in ("phone", "call", "paper") if not found[way]]
        if found["size"] < SENIOR_PX:
            self.wrong.append(f"{at}: type of {found['size']} px")
        if found["questions"] > 1:
            self.wrong.append(f"{at}: {found['questions']} questions on a page")
        if at not in self._looked_at:
            self._looked_at.add(at)
            self.wrong += [f"{at}: {fault}" for fault in faults(self.driver)]
            if PICTURES:
                self._picture(at)

    def _picture(self, at: str) -> None:
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        resize(self.driver, 360, height)
        name = at.strip("/").replace("/", "-") or "home"
        self.driver.save_screenshot(str(Path(PICTURES) / f"senior-{self.language}-{name}.png"))
        resize(self.driver, 360)

    def service(self, service: str) -> None:
        """Start a service from those for older people on the home page."""
        self.tap(f".starts a[href='/apply/{service}/']")

    def service_of(self, event: str, service: str) -> None:
        """Start a service from those of a life event."""
        self.tap(f"a[href='/services/?event={event}']")
        self.tap(f".service-list a.button[href='/apply/{service}/']")

    def answer(self, value: str) -> None:
        """Answer a question with one tap."""
        self.tap(f".tap-answer[value='{value}']")

    def write(self, css: str, text: str) -> None:
        """Answer a question by typing."""
        self.type_into(css, text)
        self.tap(".actions button[value=next]")

    def send(self) -> None:
        """Send the application from the last look."""
        self.tap("button[value=send]")

    def sign_in_by_paper(self, number: str, code: str) -> None:
        """Sign in with a code from the sheet that a counter printed."""
        self.tap("main a[href^='/sign-in/paper/']")
        self.type_into("#number", number)
        self.type_into("#code", code)
        self.tap("main form button[type=submit]")

    def sign_in_by_finger(self) -> None:
        """Sign in with the passkey of the telephone, which asks for the finger at once."""
        self.tap("main a[href^='/sign-in/passkey/']")
        self.taps += 1  # the finger on the sensor
        self.arrived("/check/")

    def number(self) -> str:
        """Return the number of the case that the last page shows."""
        found = str(self.one(".case-number").text)
        self.look()
        return found


def copy_of_registration(elder: Elder, codes) -> None:
    elder.service_of("identity-papers", "resident-registration-copy")
    elder.tap("button[name=look][value=yes]")
    elder.answer("household")
    elder.answer("no")
    elder.answer("1")
    elder.send()
    elder.sign_in_by_paper(*codes())
    elder.send()


def transport_card(elder: Elder, codes) -> None:
    elder.service("senior-transport-card")
    elder.tap("button[name=look][value=yes]")
    elder.answer("no")
    elder.write("#delivery", "서울 마포구 월드컵로 1")
    elder.send()
    elder.sign_in_by_paper(*codes())
    elder.send()


def visit_at_home(elder: Elder, codes) -> None:
    elder.service("senior-home-visit")
    elder.tap("button[name=look][value=yes]")
    elder.tap("label[for='help_wanted--doctor']")
    elder.tap(".actions button[value=next]")
    elder.answer("morning")
    elder.write("#phone", "02-123-4567")
    elder.answer("ko")
    elder.send()
    elder.sign_in_by_finger()
    elder.send()


def vaccination(elder: Elder, codes) -> None:
    elder.service("vaccination-booking")
    elder.tap("button[name=look][value=yes]")
    elder.answer("pneumococcal")
    elder.answer("no")
    elder.tap(".quick .tap-answer:nth-child(2)")
    elder.send()
    elder.sign_in_by_finger()
    elder.send()


def bulky_waste(elder: Elder, codes) -> None:
    elder.service_of("waste-environment", "bulky-waste-pickup")
    elder.answer("11440")
    elder.tap(".actions button")
    elder.answer("appliance")
    elder.answer("1")
    elder.write("#address", "서울 마포구 월드컵로 1, 대문 앞")
    elder.tap(".quick .tap-answer:nth-child(3)")
    elder.send()


ERRANDS = {
    "a copy of the resident registration": copy_of_registration,
    "a transport card": transport_card,
    "somebody who visits at home": visit_at_home,
    "a vaccination": vaccination,
    "a refrigerator is taken away": bulky_waste,
}
browser = browser_of_module()


@pytest.fixture
def site(live_server, transactional_db):
    for service in SERVICES:
        published(service)
    yield live_server.url.replace("127.0.0.1", "localhost")
    empty_the_log()
    empty_the_ledger()


def with_passkey(browser, site: str, account) -> None:
    """Add the telephone's passkey to the account, as a helper at the counter does with them."""
    browser.execute_cdp_cmd("WebAuthn.disable", {})  # the one before
    browser.execute_cdp_cmd("WebAuthn.enable", {"enableUI": False})
    browser.execute_cdp_cmd("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    browser.get(f"{site}/static/web/mark.svg")
    browser.add_cookie({"name": "madang", "value": session_key(account), "path": "/"})
    browser.get(f"{site}/account/passkeys/add/")
    browser.find_element("css selector", "form[data-passkey] button").click()
    Reader(browser, site, "ko", "senior").arrived("/account/")
    browser.delete_all_cookies()


@pytest.mark.long
@pytest.mark.parametrize("language", ["ko", "en"])
def test_five_errands_in_twelve_taps_each_without_a_password(browser, site, language: str):
    resize(browser, 360)
    account = resident("박순자", number=NUMBER, born=date(1951, 3, 2), latin="PARK Sunja")
    with_passkey(browser, site, account)
    sheet = counter.print_codes(Visit(NUMBER, "id-card"), by=system_actor("command-line"))
    left = list(sheet.codes)
    counts, wrong, small, looked_at = {}, [], [], set()
    for errand, run in ERRANDS.items():
        elder = Elder(browser, site, language, looked_at)
        elder.arrive()
        run(elder, lambda: (sheet.number, left.pop()))
        assert rows(Case).filter(number=elder.number()).exists()
        counts[errand] = elder.taps
        wrong += elder.wrong
        small += elder.small
    sys.stdout.write(f"taps ({language}): {', '.join(f'{k} {n}' for k, n in counts.items())}\n")
    assert rows(Case).count() == len(ERRANDS)
    assert max(counts.values()) <= MOST_TAPS, counts
    assert not wrong, "\n".join(wrong)
    assert not small, small


@pytest.mark.parametrize("language", ["ko", pytest.param("en", marks=pytest.mark.long)])
def test_a_property_tax_is_declared_and_paid_in_twelve_taps(browser, site, language: str):
    published("property-tax-payment")
    resize(browser, 360)
    account = resident("박순자", number=NUMBER, born=date(1951, 3, 2), latin="PARK Sunja")
    facts = (("property_due", 180_000), ("property_due_date", "2099-09-30"))
    take_in("tax", [Sent(account.person_id, name, value, THEN) for name, value in facts], "test")
    with_passkey(browser, site, account)
    elder = Elder(browser, site, language, set())
    elder.arrive()
    elder.service_of("taxes", "property-tax-payment")
    elder.tap("button[name=look][value=yes]")
    elder.write("#payment_number", "11440260900001234")
    elder.answer("no")
    elder.send()
    elder.sign_in_by_finger()
    elder.send()
    number = elder.number()
    assert "180,000" in elder.one("main").text, "what is paid is seen before it is"
    elder.tap("main form[action^='/pay/'] button")
    elder.tap("main button[value=pay]")
    elder.arrived("/done/")
    [paid] = records.intents_of(number)
    assert (paid.state, paid.amount) == ("captured", 180_000)
    sys.stdout.write(f"taps ({language}): a property tax, paid {elder.taps}\n")
    assert elder.taps <= MOST_TAPS
    # the page of the gateway stands for another company's
    assert not [one for one in elder.wrong if not one.startswith("/simulated-payment/")]
    assert not elder.small
