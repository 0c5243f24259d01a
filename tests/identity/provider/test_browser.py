"""Signing in at an application in a real browser: our forms lead on to another site.

Skipped where chromium, chromedriver or axe-core (`make assets`) are not installed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from madang.identity import api
from madang.identity.provider_models import SigningKey
from tests.identity.relying import Party, party
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    browser_of_module,
    come_anew,
    faults,
    resize,
    scripts,
)

pytestmark = BROWSER_TEST
PASSWORD = "courtyard lantern persimmon"


class Callback(BaseHTTPRequestHandler):
    """The application's address on another site."""

    forms: list[dict[str, list[str]]] = []  # noqa: RUF012 -- one server, one list

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.forms.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self._answer()

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>back</title>")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


browser = browser_of_module(wait_s=15)


@pytest.fixture
def callback() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/cb"
    server.shutdown()
    server.server_close()


@pytest.fixture
def rp(callback: str, made_keys: list[SigningKey], browser: Any, live_server: Any) -> Party:
    SigningKey.objects.bulk_create(made_keys)
    api.add_user("lee", ["officer"], password=PASSWORD)
    come_anew(browser, live_server.url, django_language="en")
    return party(redirect_uris=(callback,), asks_consent=True, purpose="To lend you books.")


def signed_in(browser: Any, site: str, rp: Party, **asked: Any) -> None:
    """Go through the sign-in page."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{site}/oauth/authorize?{urlencode(rp.parameters(**asked))}")
    browser.find_element("name", "name").send_keys("lee")
    browser.find_element("name", "password").send_keys(PASSWORD)
    browser.find_element("css selector", "main button[type=submit]").click()
    # without scripts a click does not wait for the page that it leads to
    WebDriverWait(browser, 15).until(lambda b: "/sign-in/" not in b.current_url)


def query_of(browser: Any, rp: Party) -> dict[str, list[str]]:
    """Return what came back at the application."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 15).until(lambda b: b.current_url.startswith(rp.client.redirect_uris[0]))
    return parse_qs(urlsplit(browser.current_url).query)


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_reader_signs_in_agrees_and_is_led_back(
    browser: Any, live_server: Any, rp: Party, with_scripts: bool
):
    scripts(browser, with_scripts)
    try:
        signed_in(browser, live_server.url, rp)
        assert "/consent/" in browser.current_url
        browser.find_element("css selector", "button[value=yes]").click()
        assert query_of(browser, rp)["state"] == [rp.state]
    finally:
        scripts(browser, on=True)


def test_once_agreed_the_sign_in_form_itself_leads_back(browser: Any, live_server: Any, rp: Party):
    signed_in(browser, live_server.url, rp)
    browser.find_element("css selector", "button[value=yes]").click()
    assert "code" in query_of(browser, rp)
    browser.get(f"{live_server.url}/static/web/mark.svg")
    browser.delete_all_cookies()
    signed_in(browser, live_server.url, rp)
    assert "code" in query_of(browser, rp)


def test_an_answer_by_form_sends_itself(browser: Any, live_server: Any, rp: Party):
    Callback.forms.clear()
    signed_in(browser, live_server.url, rp, response_mode="form_post")
    browser.find_element("css selector", "button[value=yes]").click()
    query_of(browser, rp)
    assert Callback.forms[0]["state"] == [rp.state]
    assert Callback.forms[0]["code"]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_pages_are_in_order(browser: Any, live_server: Any, rp: Party, width: int):
    resize(browser, width)
    signed_in(browser, live_server.url, rp, scope="openid profile birthdate district")
    assert faults(browser) == []
    browser.find_element("css selector", "button[value=yes]").click()
    query_of(browser, rp)
    for path in ("device/", "approve/", "account/agreed/", "oauth/logout"):
        browser.get(f"{live_server.url}/{path}")
        assert faults(browser) == [], path
