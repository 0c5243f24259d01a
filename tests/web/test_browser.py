"""Pages in a real browser: axe-core finds nothing, nothing runs off a phone, no console errors.

Skipped where chromium, chromedriver or axe-core (`make assets`) are not installed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from madang.air.present import forget_present_air
from madang.identity import api as identity
from madang.web import context
from tests.air.conftest import MAPO, feed
from tests.web.pseudo import pseudo_languages

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
MISSING = [n for n, there in (("chromium", CHROMIUM), ("chromedriver", DRIVER)) if not there]
MISSING += [] if AXE.exists() else ["axe-core (make assets)"]

pytestmark = [
    pytest.mark.system,
    pytest.mark.data,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]
PASSWORD = "courtyard lantern persimmon"
PAGES = (
    "/", "/air/", f"/air/{MAPO}/", "/air/measures/", "/status/", "/proof/", "/accessibility/",
    "/sign-in/", "/operations/", "/operations/pipeline/", "/operations/dead-letters/",
    "/operations/jobs/", "/operations/gateways/", "/operations/notices/",
    "/operations/notices/recorded/", "/alerts/", "/alerts/sign-up/?pollutant=pm25", "/call-back/",
    "/call-backs/", f"/air/{MAPO}/embed/", "/nowhere/",
)  # fmt: skip
# the missing page on purpose; the icon that a bare picture, without a page around it, asks for; the
# stream process, which is not part of this site
EXPECTED = ("/nowhere/", "/favicon.ico", "/events")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDEST = """
return [...document.body.querySelectorAll('*')].filter(element => {
  const box = element.getBoundingClientRect();
  return box.right > innerWidth + 1 || box.left < -1;
}).map(element => element.outerHTML.slice(0, 100)).slice(0, 3).join(' | ');
"""
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then(result => done(
  result.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))));
"""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def site(live_server, client, station) -> str:
    """Return a site with a day of dust, a declared measure, and an operator signed in."""
    from madang.kernel.times import HOUR, hour_end, now

    context._kept_alerts.clear()
    forget_present_air()
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    values = [30.0, 40.0, 55.0, 60.0, 61.0, 62.0]
    feed(
        streams["pm25"], "pm25", [(end - n * HOUR, v) for n, v in enumerate(reversed(values))][::-1]
    )
    identity.add_user("lee", ["operator", "officer"], password=PASSWORD)
    return live_server.url


@pytest.mark.parametrize("display", ["normal", "contrast"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(browser, site, language, display):
    found = []
    browser.get(f"{site}/static/web/mark.svg")
    browser.add_cookie({"name": "django_language", "value": language, "path": "/"})
    browser.add_cookie({"name": "madang_display", "value": display, "path": "/"})
    browser.add_cookie({"name": "sessionid", "value": signed_in(), "path": "/"})
    for width in (320, 1440):
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        for path in PAGES:
            browser.get(site + path)
            if browser.execute_script("return document.documentElement.scrollWidth") > width:
                found.append(f"{path} at {width}: runs off the screen")
            browser.execute_script(AXE.read_text(encoding="utf-8"))
            for violation in browser.execute_async_script(RUN_AXE, RULES):
                found.append(f"{path} at {width}: {violation}")
    found += [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] == "SEVERE" and not any(p in entry["message"] for p in EXPECTED)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_texts_two_fifths_longer_stay_on_a_small_phone(browser, site, language):
    found = []
    metrics = {"width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(f"{site}/static/web/mark.svg")
    browser.add_cookie({"name": "django_language", "value": language, "path": "/"})
    with pseudo_languages():
        for path in PAGES:
            browser.get(site + path)
            if browser.execute_script("return document.documentElement.scrollWidth") > 320:
                found.append(f"{path} runs off the screen: {browser.execute_script(WIDEST)}")
    assert not found, "\n".join(found)


def signed_in() -> str:
    """Return the session of the operator."""
    from django.test import Client

    client = Client()
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    return client.cookies["sessionid"].value
