"""The widget, the page with its code and the public screen in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings

from madang.web.vendor import is_here
from tests.air.conftest import MAPO
from tests.web import site as sites
from tests.web.browser import (
    PHONE,
    arrived,
    console_errors,
    faults,
    needs_browser,
    open_browser,
    resize,
    tab_faults,
)
from tests.web.devtools import Target, attached

pytestmark = [
    pytest.mark.system,
    pytest.mark.data,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
    needs_browser,
]
WIDGET, DISPLAY, EMBED = (f"/air/{MAPO}/{name}/" for name in ("widget", "display", "embed"))
SHOWN = ["lang=ko", "lang=en&theme=dark", "lang=ar&theme=dark", "lang=vi", "lang=de"]
# a lobby, a column, an old projector, a phone
SCREENS = [(1920, 1080), (1080, 1920), (1024, 768), (360, 640)]
FRAME = (320, 260)  # as the code to copy says
_CUT = """
const cut = [...document.querySelectorAll("main, main *")].filter(e =>
  e.checkVisibility() && (e.getBoundingClientRect().bottom > innerHeight + 1));
return cut.map(e => e.tagName + " ends at " + e.getBoundingClientRect().bottom);
"""
# the screen asks again every minute; here a hundred times as often
_FAST = """
const each = window.setInterval;
window.setInterval = (work, ms) => { window.askedEach = ms; return each(work, ms / 100); };
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("screens")) as driver:
        yield driver


@pytest.fixture
def site(live_server, station) -> str:
    sites.furnish(station)
    return live_server.url


@pytest.mark.parametrize("shown", SHOWN)
def test_axe_finds_nothing_on_what_stands_elsewhere(browser, site, shown):
    found = []
    for path, sizes in {
        WIDGET: [FRAME, (280, 400)],
        DISPLAY: SCREENS,
        EMBED: [(PHONE, 800)],
    }.items():
        for width, height in sizes:
            resize(browser, width, height)
            browser.get(f"{site}{path}?{shown}")
            found += [f"{path} at {width}: {fault}" for fault in faults(browser)]
            if path == DISPLAY and width > PHONE:
                found += [f"{path} at {width}: {part}" for part in browser.execute_script(_CUT)]
    assert not found + console_errors(browser), "\n".join(found)


def test_the_widget_fits_the_frame_of_the_code_to_copy(browser, site):
    found = []
    browser.get(f"{site}{EMBED}?lang=en")
    code = browser.find_element("css selector", "pre code").text
    assert 'width="{}" height="{}"'.format(*FRAME) in code
    resize(browser, *FRAME)
    for shown in SHOWN:
        browser.get(f"{site}{WIDGET}?{shown}")
        found += [f"{shown}: {part}" for part in browser.execute_script(_CUT)]
    assert not found, "\n".join(found)


def test_the_keyboard_reaches_the_code_and_the_widgets_link(browser, site):
    for path in (WIDGET, EMBED):
        resize(browser, 1024)
        browser.get(f"{site}{path}?lang=en")
        assert not tab_faults(browser), path


def test_the_class_fits_an_upright_screen_in_every_language(browser, site):
    resize(browser, *SCREENS[1])
    found = []
    for language, _name in settings.LANGUAGES:
        browser.get(f"{site}{DISPLAY}?lang={language}")
        found += [f"{language}: {fault}" for fault in faults(browser, axe=False)]
    assert not found, "\n".join(found)


@pytest.mark.skipif(not is_here("fonts/khmer.css"), reason="fonts not fetched (make assets)")
def test_a_script_that_the_device_may_not_know_is_brought_along(browser, site):
    used = """
    return document.fonts.ready.then(() =>
      [...new Set([...document.fonts].filter(f => f.status === "loaded").map(f => f.family))]);
    """
    for path in (DISPLAY, WIDGET):
        browser.get(f"{site}{path}?lang=km")
        assert "Noto Sans Khmer" in browser.execute_script(used), path
    browser.get(f"{site}{WIDGET}?lang=en")
    assert browser.execute_script(used) == [], "the device's own fonts do"


@pytest.mark.parametrize(("path", "each_s"), [(DISPLAY, 60), (WIDGET, 300)])
def test_what_loses_its_city_says_so_and_comes_back_by_itself(browser, site, path, each_s):
    with _fast(browser):
        resize(browser, *SCREENS[0])
        browser.get(f"{site}{path}?lang=en")
        assert browser.execute_script("return window.askedEach") == each_s * 1000
        assert not _is_grey(browser)
        _network(browser, offline=True)
        arrived(browser, ".offline", "no connection")
        assert _is_grey(browser)
        assert browser.find_element("css selector", ".values").text, "the last values stay"
        assert not faults(browser)
        _network(browser, offline=False)
        arrived(browser, "body:not(.is-late) h1")
        assert not _is_grey(browser)
        assert not browser.find_element("css selector", ".offline").is_displayed()


@contextmanager
def elsewhere(frame: str) -> Iterator[str]:
    """Serve a page of somebody else, on an origin of its own, with that frame."""
    body = f"<!doctype html><html lang=en><title>Elsewhere</title><h1>A page</h1>{frame}".encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("closing", ["", "sandbox='allow-scripts' "])
def test_the_copied_code_shows_a_fresh_widget_on_another_site(browser, site, closing):
    browser.get(f"{site}{EMBED}?lang=en")
    code = browser.find_element("css selector", "pre code").text
    with elsewhere(code.replace("<iframe ", f"<iframe {closing}")) as address:
        browser.get(address)
        browser.switch_to.frame(0)
        arrived(browser, "h1", "Mapo-gu")
        browser.switch_to.default_content()
        with attached(browser, "iframe", WIDGET) as frame:
            frame.send("Page.enable")
            frame.send("Page.addScriptToEvaluateOnNewDocument", source=_FAST)
            frame.evaluate("location.reload()")
            _until(frame, "window.askedEach")
            _until(frame, "document.body.dataset.seen = 'yes'")
            _until(frame, "document.querySelector('h1') && !document.body.dataset.seen")
            assert not frame.evaluate("document.body.classList.contains('is-late')")


def _until(frame: Target, expression: str) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(None, 20, 0.1).until(lambda _: frame.evaluate(expression), expression)


@contextmanager
def _fast(browser: Any) -> Iterator[None]:
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _FAST})
    try:
        yield
    finally:
        browser.switch_to.default_content()
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def _is_grey(browser: Any) -> bool:
    style = "return getComputedStyle(document.body).filter"
    return browser.execute_script(style) == "grayscale(1)"


def _network(browser: Any, *, offline: bool) -> None:
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
