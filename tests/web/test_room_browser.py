"""The operations room in a real browser: drawn, by keyboard alone, without WebGL, without a script.

Skipped where chromium, chromedriver, axe-core or the map library are not installed (`make assets`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from madang.city import api as city
from madang.identity import api as identity
from madang.kernel.times import now, to_ms
from madang.notices import api as notices
from madang.telemetry import api as telemetry
from madang.web import maps, vendor
from tests.air.conftest import MAPO
from tests.staff import PASSWORD
from tests.web.browser import CHROMIUM, DRIVER, arrived, console_errors, faults, needs_browser
from tests.web.site import session
from tests.web.test_maps import placed

pytestmark = [
    pytest.mark.system,
    pytest.mark.data,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
    needs_browser,
    pytest.mark.skipif(
        not vendor.is_here(maps.MAP_LIBRARY), reason="map library not fetched (make assets)"
    ),
]
DRAWN_IN_SOFTWARE = (
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)  # fmt: skip
WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")
STATIONS = 12
LAYER = "air-stations-pm25"


@pytest.fixture
def room(live_server, station, monkeypatch) -> str:
    """Return a site with twelve stations that report, one alert, and an operator."""
    streams = []
    for n in range(STATIONS):
        streams.append(station(f"S{n:02}", origin="simulated")["pm25"])
        placed(f"S{n:02}", 126.9 + 0.01 * n, 37.5 + 0.005 * n)
    t = to_ms(now())
    values = [10.0 + 8 * n for n in range(STATIONS)]
    readings = list(zip(streams, [t] * STATIONS, values, [0] * STATIONS, strict=True))
    counters = {"datastreams": STATIONS, "stale": 0, "lag": 0, "newest_received": t}
    monkeypatch.setattr(telemetry, "readings", lambda ids: readings)
    monkeypatch.setattr(telemetry, "series", lambda *a, **k: hours())
    monkeypatch.setattr(telemetry, "pipeline_counters", lambda: counters)
    monkeypatch.setattr(telemetry, "dead_letter_counts", lambda since: {})
    detectors = {"id": ["silence"], "series": [STATIONS], "events": [4], "ran": [t], "errors": [0]}
    monkeypatch.setattr("madang.kernel.lake.client.columns", lambda *a, **k: detectors)
    city.ensure_basemap()
    identity.add_user("lee", ["operator"], password=PASSWORD)
    notices.open_alert(
        notices.Trouble(
            "test:1", "air.measure", "critical", "%(name)s in %(place)s is in force",
            {"name": {"en": "Measure"}, "place": {"en": "Mapo-gu"}},
            layer="air-districts", thing=MAPO,
        )
    )  # fmt: skip
    return live_server.url


def hours() -> dict[str, NDArray[Any]]:
    end = to_ms(now()) // 3_600_000 * 3_600_000
    t = [end - n * 3_600_000 for n in range(5)]
    columns = {"t": t, "sum": [30.0 + n for n in range(5)], "n": [1] * 5}
    return {name: np.array(values) for name, values in columns.items()}


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a browser with these switches."""
    from selenium import webdriver

    opened = []

    def browser(*switches: str) -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM or ""
        for argument in (
            "--headless", "--no-sandbox", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--window-size=1366,900", f"--user-data-dir={tmp_path / 'profile'}", *switches,
        ):  # fmt: skip
            options.add_argument(argument)
        wanted = {"browser": "ALL", "performance": "ALL"}
        options.set_capability("goog:loggingPrefs", wanted)
        driver = webdriver.Chrome(
            options=options, service=webdriver.ChromeService(executable_path=DRIVER)
        )
        driver.set_script_timeout(60)
        opened.append(driver)
        return driver

    yield browser
    for driver in opened:
        driver.quit()


def enter(driver: Any, site: str, path: str = "/operations/") -> None:
    driver.get(f"{site}/static/web/mark.svg")
    for name, value in (("madang", session()), ("django_language", "en")):
        driver.add_cookie({"name": name, "value": value, "path": "/"})
    driver.get(site + path)


def until(driver: Any, script: str, *arguments: Any) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(driver, 40, 0.1).until(lambda d: d.execute_script(script, *arguments))


def press(driver: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def focused(driver: Any) -> str:
    return driver.execute_script("return document.activeElement.textContent.trim()")


READY = "return document.querySelector('[data-map]').dataset.mapReady === ''"


def test_stations_are_drawn_without_errors_and_nobody_else_is_asked(browse, room):
    driver = browse(*DRAWN_IN_SOFTWARE)
    enter(driver, room)
    until(driver, READY)
    press(driver, "2")
    drawn = (
        "const map = document.querySelector('[data-map]').madangMap; "
        "return map.canvas.queryRenderedFeatures({layers: [arguments[0]]}).length"
    )
    assert until(driver, drawn, LAYER) == STATIONS
    until(driver, drawn, "air-districts/area")  # the base map has come, and its areas are there
    count = driver.execute_script(
        f"return document.querySelector('[data-count=\"{LAYER}/very_bad\"]').textContent"
    )
    assert count == "3"  # 10 + 8 n above 75.5 for n = 9, 10, 11
    assert faults(driver) == []
    assert console_errors(driver) == []
    assert {address for address in asked(driver) if not address.startswith(room)} == set()


def test_detectors_open_by_keyboard_and_stay_open_when_the_strip_is_fresh(browse, room):
    from selenium.webdriver.common.keys import Keys

    driver = browse(*WITHOUT_WEBGL)
    enter(driver, room)
    until(driver, READY)
    driver.execute_script("document.querySelector('.room-watches summary').focus()")
    press(driver, Keys.ENTER)
    open_ = "return document.querySelector('.room-watches').open"
    assert until(driver, open_)
    row = driver.find_element("css selector", "tr[data-watch=silence]")
    assert str(STATIONS) in row.text
    driver.execute_script("document.querySelector('[data-stage]').dataset.old = ''")
    until(driver, "return !document.querySelector('[data-old]')")  # the strip has come again
    assert driver.execute_script(open_)
    assert focused(driver) == "Detectors and rules"
    for width in (320, 1366):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        assert faults(driver) == []
        if folder := os.environ.get("MADANG_SCREENSHOTS"):
            driver.save_screenshot(f"{folder}/room-{width}.png")


def asked(driver: Any) -> list[str]:
    """Return the addresses that went over the network (not data or blob)."""
    found = []
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return [address for address in found if address.startswith(("http", "ws"))]


def test_a_shift_by_keyboard_alone(browse, room):
    from selenium.webdriver.common.keys import Keys

    driver = browse(*DRAWN_IN_SOFTWARE)
    enter(driver, room)
    until(driver, READY)
    press(driver, "2", "t")
    rows = "return document.querySelectorAll('[data-map-table] tbody button').length"
    assert until(driver, rows) == STATIONS
    driver.find_element("css selector", "[data-map-table] tbody button").send_keys(Keys.ENTER)
    thing = "return document.querySelector('[data-room-thing] h3')?.textContent"
    assert until(driver, thing) == "S11"  # the worst goes first
    press(driver, "m", Keys.ENTER)  # the map: what is nearest to its middle
    assert driver.execute_script("return document.activeElement.tagName") == "CANVAS"
    until(driver, f"{thing} !== 'S11'")
    press(driver, "a")
    assert focused(driver) == "Acknowledge"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert driver.execute_script(outline) != "none"
    press(driver, Keys.ENTER)
    until(driver, "return document.querySelector('.desk-waits') === null")
    assert notices.on_desk()[0].acknowledged_by == "lee"
    assert driver.execute_script("return document.activeElement !== document.body")
    heading = driver.execute_script("return document.querySelector('h1').textContent")
    assert heading == "No alert waits to be acknowledged"
    press(driver, ",")
    assert until(driver, "return document.querySelector('.room-past') !== null")
    press(driver, "l")
    assert until(driver, "return document.querySelector('.room-past') === null")


def test_the_rows_speak_the_language_that_the_address_names(browse, room):
    driver = browse(*WITHOUT_WEBGL)
    enter(driver, room, "/operations/?lang=ko")  # the reader's own choice is English
    until(driver, READY)
    table = "return document.querySelector('[data-map-table] tbody').textContent"
    assert "마포구" in until(driver, table)
    strip = "return document.querySelector('[data-room-strip]').textContent"
    first = driver.execute_script(strip)
    assert "데이터스트림" in first
    until(driver, f"{strip} !== arguments[0]", first)  # fetched anew, five seconds later
    assert "데이터스트림" in driver.execute_script(strip)


def test_without_webgl_the_table_does_the_work_and_it_is_said(browse, room):
    driver = browse(*WITHOUT_WEBGL)
    enter(driver, room)
    until(driver, READY)
    assert "WebGL" in driver.find_element("css selector", "[data-map-away]").text
    assert not driver.find_element("css selector", "[data-map-stage]").is_displayed()
    press(driver, "2")
    until(
        driver, "return document.querySelector('[data-map-table] caption').textContent === 'PM2.5'"
    )
    driver.find_element("css selector", "[data-map-table] tbody button").click()
    assert until(driver, "return document.querySelector('[data-room-thing] h3')?.textContent")
    assert console_errors(driver) == []


def test_without_a_script_it_is_tables_and_forms(browse, room):
    driver = browse(*WITHOUT_WEBGL)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    enter(driver, room, f"/operations/?layer={LAYER}")
    text = driver.find_element("css selector", "main").text
    assert "Without JavaScript" in text
    table = driver.find_element("css selector", "[data-map-table] table")
    assert table.is_displayed()
    assert "S11" in table.text
    driver.find_element("link text", "S11").click()
    arrived(driver, "h1", "S11")
    driver.get(f"{room}/operations/")
    driver.find_element("css selector", ".desk-acts button").click()
    arrived(driver, ".desk", "Acknowledged by lee")
