"""Residents and staff of a running city, each at their own browser: one Chromium, many seats.

People are entered in one process, as clerks and imports would; everything else goes over pages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.system.instance import Instance
from tests.web.browser import arrived, console_errors, faults, resize, scripts

PASSWORD = "courtyard lantern persimmon"
PHONE, NARROW, DESK = 360, 320, 1280
STAFF = {"seo": "clerk", "han": "officer", "yun": "officer", "choi": "treasurer",
         "min": "treasurer"}  # fmt: skip
ENTER = """
import json, sys
from datetime import date, datetime, timezone
from madang.kernel import orm
orm.ready()
from madang.access.api import system_actor
from madang.cases.register_feed import Sent, take_in
from madang.identity import api, people
from madang.identity.people import NameForm, Particulars
staff, residents = json.loads(sys.argv[2]), json.loads(sys.argv[3])
codes = {}
for name, role in staff.items():
    api.add_user(name, [role], password=sys.argv[1])
    codes[name] = api.print_staff_codes(name)
then = datetime(2026, 11, 1, tzinfo=timezone.utc)
for number, (name, latin, born) in residents.items():
    person = people.add_person(
        Particulars((NameForm("registered", name), NameForm("latin", latin)),
                    born=date.fromisoformat(born), nationality="KR", district="11440",
                    register_number=number), by=system_actor("command-line"))
    take_in("residents", [Sent(person.pk, "is_registered", True, then)], "population office")
    welfare = {"basic_security": False, "half_price_entitled": False}
    take_in("welfare", [Sent(person.pk, k, v, then) for k, v in welfare.items()], "welfare office")
    take_in("buildings", [Sent(person.pk, "slot_free", True, then)], "facilities")
print(json.dumps(codes))
"""
# what is for machines only: accounts by number, names of registers, values of Python
RAW = re.compile(r"account:[0-9a-f]|is not known|\bNone\b|\b(?:residents|welfare)\b 대장")
HANGUL = re.compile(r"[가-힣]")


def entered(instance: Instance, residents: dict[str, tuple[str, str, str]]) -> dict[str, list[str]]:
    """Enter staff and residents by register number; return the printed codes of staff."""
    done = subprocess.run(
        [sys.executable, "-c", ENTER, PASSWORD, json.dumps(STAFF), json.dumps(residents)],
        env={**instance.environment, "DJANGO_SETTINGS_MODULE": "madang.app.settings"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@dataclass
class Town:
    """The instance, the browser, who sits at it, and what was wrong with the pages they saw."""

    instance: Instance
    browser: Any
    pictures: Any = None
    here: Seat | None = None
    staff: dict[str, Seat] = field(default_factory=dict)
    sheets: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    @property
    def site(self) -> str:
        """Return the address that all links of the instance are under."""
        return self.instance.url.replace("127.0.0.1", "localhost")


@dataclass
class Seat:
    """One person's own browser: their cookies, their screen, their language."""

    town: Town
    name: str
    language: str = "ko"
    width: int = PHONE
    with_scripts: bool = True
    cookies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def browser(self) -> Any:
        """Return the browser, with this person before it."""
        town = self.town
        if town.here is not self:
            if town.here is not None:
                kept = town.browser.execute_cdp_cmd("Network.getAllCookies", {})
                town.here.cookies = kept["cookies"]
            town.browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
            town.browser.get_log("browser")  # of whoever sat here before
            language = {"name": "django_language", "value": self.language, "url": town.site}
            mine = [language, *(one for one in self.cookies if one["name"] != "django_language")]
            town.browser.execute_cdp_cmd("Network.setCookies", {"cookies": mine})
            resize(town.browser, self.width)
            scripts(town.browser, on=self.with_scripts)
            town.here = self
        return town.browser

    def go(self, path: str) -> None:
        """Open a page."""
        self.browser.get(path if path.startswith("http") else self.town.site + path)

    def all(self, css: str) -> list[Any]:
        """Return the parts of the page."""
        found: list[Any] = self.browser.find_elements("css selector", css)
        return found

    def press(self, css: str, text: str = "") -> None:
        """Press a button or link; those with the text where there are several."""
        arrived(self.browser, css)
        part = next(one for one in self.all(css) if text in one.text)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
        before = self.browser.current_url, part.id
        part.click()
        deadline = time.monotonic() + 20
        while self.browser.current_url == before[0] and self._is_there(before[1], css):
            assert time.monotonic() < deadline, f"{css} leads nowhere"
            time.sleep(0.05)

    def _is_there(self, part: str, css: str) -> bool:
        try:
            return any(one.id == part for one in self.all(css))
        except Exception:
            return False

    def tick(self, css: str) -> None:
        """Choose an answer, which leads nowhere."""
        arrived(self.browser, css)
        self.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center'})", self.all(css)[0]
        )
        self.all(css)[0].click()

    def write(self, css: str, text: str) -> None:
        """Write into a field."""
        arrived(self.browser, css)
        self.all(css)[0].clear()
        self.all(css)[0].send_keys(text)

    @property
    def text(self) -> str:
        """Return what the page says."""
        found: str = self.all("main")[0].text
        return found

    def look(self, what: str, says: str = "", *, expected: str = "favicon") -> None:
        """Note what is wrong with the page that is shown; `says` has to stand on it.

        `expected` is part of an error that its browser may note.
        """
        browser, town = self.browser, self.town
        name = f"{self.name}-{self.language}-{what}"
        town.read.append(name)
        assert says in self.text, f"{name} does not say {says!r}:\n{self.text}"
        scripts(browser, on=True)
        found = [f"at {self.width}: {fault}" for fault in faults(browser)]
        if self.width == PHONE:
            resize(browser, NARROW)
            found += [f"at {NARROW}: {fault}" for fault in faults(browser, axe=False)]
            resize(browser, self.width)
        found += [f"prints {raw[0]!r}" for raw in RAW.finditer(self.text)]
        if self.language == "en" and HANGUL.search(self.all("h1")[0].text):
            found.append(f"the heading is Korean: {self.all('h1')[0].text}")
        found += console_errors(browser, expected)
        scripts(browser, on=self.with_scripts)
        town.wrong += [f"{name} ({browser.current_url}): {fault}" for fault in found]
        if town.pictures:
            tall = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, self.width, min(tall, 3000))
            browser.save_screenshot(str(town.pictures / f"{name}.png"))
            resize(browser, self.width)

    def sign_in_as_staff(self, code: str, path: str) -> None:
        """Sign in with the password, then with a printed code where the page asks for it."""
        self.go("/sign-in/")
        self.write("#name", self.name)
        self.write("#password", PASSWORD)
        self.press("form:has(#password) button[type=submit]")
        self.go(path)
        self.press("main a[href='/sign-in/paper/']")
        self.write("#code", code)
        self.press("main form button[type=submit]")
        arrived(self.browser, "h1")

    def sign_in_by_paper(self, account: str, code: str) -> None:
        """Sign in with the account number and a code that the counter printed."""
        self.press("main a[href='/sign-in/paper/']")
        self.write("#number", account)
        self.write("#code", code)
        self.press("main form button[type=submit]")

    def sent(self, path: str, body: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        """Send JSON as a program of this person's would, in their session; return the answer."""
        script = """
        const [path, body, key, done] = arguments;
        const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
        fetch(path, {method: 'POST', body: body, headers: {'Content-Type': 'application/json',
              'Idempotency-Key': key, 'X-CSRFToken': token}})
            .then(async (answer) => done([answer.status, await answer.text()]));
        """
        status, text = self.browser.execute_async_script(script, path, json.dumps(body), key)
        return int(status), json.loads(text)

    def fetched(self, path: str) -> httpx.Response:
        """Fetch what the browser would save."""
        cookies = {one["name"]: one["value"] for one in self.browser.get_cookies()}
        return httpx.get(self.town.site + path, cookies=cookies, timeout=30)


def printed_codes(clerk: Seat, number: str) -> tuple[str, list[str]]:
    """Have the counter print a sheet for whoever shows a card; return account number and codes."""
    clerk.go("/counter/paper-codes/")
    clerk.write("#register_number", number)
    clerk.tick("#evidence option:nth-of-type(2)")
    clerk.press("main form button[type=submit]")
    account = re.search(r"\d{3}-\d{3}-\d{4}", clerk.text)
    codes = re.findall(r"\d{4} \d{4} \d{4}", clerk.text)
    assert account and len(codes) == 10, clerk.text
    return account[0], codes
