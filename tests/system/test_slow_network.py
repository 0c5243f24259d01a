"""Pages over a slow network, and what happens when it breaks: an instance, and a real browser.

Slow 3G as Chromium's own tools name it: 400 ms to each request, 400 kbit/s both ways. The bounds
leave room for a busy machine; docs/explanation/pages.md has what was seen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.system.instance import Instance, until
from tests.web.browser import arrived, needs_browser, open_browser, resize

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(600), needs_browser]

MAPO = "11440"
DISTRICT = f"/air/{MAPO}/"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
READABLE_S = 5.0
_TIMES = """
const [page] = performance.getEntriesByType("navigation");
const [paint] = performance.getEntriesByName("first-contentful-paint");
const parts = performance.getEntriesByType("resource");
return paint && page.loadEventEnd ? {
  readable_s: paint.startTime / 1000, dom_s: page.domContentLoadedEventEnd / 1000,
  whole_s: page.loadEventEnd / 1000,
  kB: [page, ...parts].reduce((sum, part) => sum + part.transferSize, 0) / 1000} : null;
"""
_LISTEN = """
addEventListener("madang:live", (event) => (window.states ??= []).push(event.detail.state), true);
"""


@pytest.fixture(scope="module")
def instance(tmp_path_factory) -> Iterator[Instance]:
    with Instance(tmp_path_factory.mktemp("slow")) as running:
        until(lambda: _has_air(running), 240, "air of the district")
        yield running


def _has_air(running: Instance) -> bool:
    airs = running.get("/api/v1/air/districts").json()
    return any(air["district"] == MAPO and air["index"]["value"] is not None for air in airs)


@pytest.fixture
def browser(tmp_path) -> Iterator[Any]:
    """Return a phone's browser that has never been here, on a slow network."""
    with open_browser(tmp_path) as driver:
        resize(driver, 360)
        driver.execute_cdp_cmd("Network.enable", {})
        _network(driver, **SLOW)
        yield driver


def _network(driver: Any, **conditions: Any) -> None:
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**SLOW, **conditions})


@pytest.mark.parametrize("language", ["ko", "en", "ar"])
@pytest.mark.parametrize("path", ["/", DISTRICT])
def test_the_text_of_a_first_visit_is_soon_readable(
    instance, browser, path, language, record_property
):
    browser.get(f"{instance.url}{path}?lang={language}")
    times = until(lambda: browser.execute_script(_TIMES), 30, "the whole page")
    record_property("times", json.dumps(times))
    assert times["readable_s"] < READABLE_S
    assert times["dom_s"] < READABLE_S + 2
    shown = browser.find_element("css selector", "h1")
    assert shown.is_displayed()
    assert shown.text


def test_signing_up_takes_two_answers_and_no_patience(instance, browser, record_property):
    browser.get(f"{instance.url}/alerts/sign-up/?lang=en&district={MAPO}&pollutant=pm25")
    browser.find_element("css selector", "#email").send_keys("kim@example.org")
    button = browser.find_element("css selector", "button[value=email]")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    arrived(browser, "h1", "open your mail")
    times = until(lambda: browser.execute_script(_TIMES), 30, "the whole answer")
    record_property("times", json.dumps(times))
    assert times["readable_s"] < READABLE_S, "from the press of the button"


def test_live_updates_come_back_by_themselves(instance, browser, record_property):
    _sign_in(instance, browser)
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _LISTEN})
    browser.get(f"{instance.url}/operations/?lang=en")

    def states() -> list[str]:
        return browser.execute_script("return window.states || []")

    begun = time.monotonic()
    until(lambda: "live" in states(), 60, "the first connection")
    live_s = time.monotonic() - begun
    browser.execute_script("window.states = []")
    instance.kill("stream")  # its connections break; the supervisor starts it again
    until(lambda: "lost" in states(), 30, "a word on the lost connection")
    begun = time.monotonic()
    until(lambda: states()[-1] == "live", 90, "the connection again")
    record_property("times", json.dumps({"live_s": live_s, "again_s": time.monotonic() - begun}))
    assert browser.find_element("css selector", "[data-map-state]").text == ""


def _sign_in(instance: Instance, browser: Any) -> None:
    """Become the first administrator by the link in the log, with both proofs, in the browser."""
    words = instance.log.read_text().split()
    link = next(word for word in words if "/first-administrator/" in word)
    password = "courtyard lantern persimmon"
    fields = {"name": "kim", "password": password, "again": password}
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        page = client.get(link.replace("localhost", "127.0.0.1"))
        fields["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
        answer = client.post(page.url, data=fields)
        assert answer.status_code == 200, answer.text
        printed = instance.madang("identity", "user", "codes", "kim", "--json").stdout
        wanted = client.get(f"{instance.url}/operations/")
        assert wanted.url.path == "/sign-in/more/"
        code = {"code": json.loads(printed)["codes"][0]}
        code["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
        answer = client.post(f"{instance.url}/sign-in/paper/", data=code)
        assert (answer.status_code, answer.url.path) == (200, "/operations/"), answer.text
        session = client.cookies["madang"]
    browser.get(f"{instance.url}/static/web/mark.svg")
    browser.add_cookie({"name": "madang", "value": session, "path": "/"})


def test_a_public_screen_outlives_its_city(instance, browser):
    hurry = "const each = setInterval; window.setInterval = (work, ms) => each(work, ms / 60);"
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": hurry})
    resize(browser, 1920, 1080)
    browser.get(f"{instance.url}{DISTRICT}display/?lang=en")
    assert _shown(browser, ".values")
    instance.stop()
    until(lambda: _shown(browser, ".is-late .offline") == "no connection", 60, "a word on it")
    assert _shown(browser, ".values"), "the last values stay"
    instance.start()
    until(lambda: _shown(browser, "body:not(.is-late) h1"), 60, "its colours")
    assert not _shown(browser, ".offline")


def _shown(browser: Any, selector: str) -> str:
    """Return the text of a part that is seen; in one go, the screen replaces its parts."""
    script = """
    const part = document.querySelector(arguments[0]);
    return part?.checkVisibility() ? part.innerText.replace("·", "").trim() : "";
    """
    return browser.execute_script(script, selector)
