"""A first visit in a real browser: how many bytes it takes with its fonts, and whether text moves.

The instance answers as in the city's house, compressed by the front; the browser starts with an
empty cache and counts what reached it, headers with it, as its network log says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from madang.web import vendor
from tests.system.instance import Instance, until
from tests.web.browser import needs_browser, open_browser, resize

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    needs_browser,
    pytest.mark.skipif(not vendor.is_here("fonts/first.json"), reason="not fetched (make assets)"),
]
MOST_BYTES = 100_000
MOST_SHIFT = 0.05  # half of what web.dev calls good for the cumulative layout shift
NARROW = ("ko", "vi", "ar", "bn", "th", "my", "km", "ne")  # one of each script with its own file
OTHERS = ("en", "zh-hans", "zh-hant", "ja", "mn", "fil", "id", "uz", "ru", "si", "ur", "fr", "es",
          "de")  # fmt: skip
READABLE_MS = 5_000
_PAINTED = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
_SAID = "return document.body.innerText"
_SHIFT = """
const done = arguments[arguments.length - 1];
document.fonts.ready.then(() => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 300);
});
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("browser"), network=True) as driver:
        resize(driver, 360)
        yield driver


@pytest.fixture(scope="module")
def seoul(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with Instance(tmp_path_factory.mktemp("seoul")) as running:
        until(lambda: "cai-" in running.get("/air/11440/").text, 60, "the air of a district")
        yield running


@pytest.fixture(scope="module")
def addis_ababa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("addis")
    with Instance(folder, "--no-sim", environment={"MADANG_CITY": "addis_ababa"}) as running:
        yield running


@pytest.mark.parametrize("language", ["ko", "ar", "bn"])
def test_a_first_visit_is_light_and_stands_still(browser, seoul, language):
    check(browser, f"{seoul.url}/?lang={language}")


@pytest.mark.parametrize("language", ["ko", "bn", "my"])  # the heaviest
def test_so_is_that_of_a_district(browser, seoul, language):
    check(browser, f"{seoul.url}/air/11440/?lang={language}")


def test_the_text_of_a_district_is_soon_readable_over_a_slow_network(browser, seoul):
    """One of tests/system/test_slow_network.py, which is long."""
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000,
            "uploadThroughput": 50_000}  # fmt: skip
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        first_visit(browser, f"{seoul.url}/air/11440/?lang=ko")
        assert browser.execute_script(_PAINTED) < READABLE_MS
    finally:
        fast = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow | fast)


@pytest.mark.long
@pytest.mark.parametrize("path", ["/", "/air/11440/", "/air/", "/air/measures/"])
@pytest.mark.parametrize("language", NARROW)
def test_it_is_so_in_each_script_and_on_the_other_pages_of_air(browser, seoul, path, language):
    check(browser, f"{seoul.url}{path}?lang={language}")


@pytest.mark.long
@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", ["/", "/air/11440/"])
def test_it_is_so_in_the_other_languages(browser, seoul, path, language):
    check(browser, f"{seoul.url}{path}?lang={language}")


@pytest.mark.long
def test_it_is_so_in_amharic(browser, addis_ababa):
    check(browser, f"{addis_ababa.url}/?lang=am")


def check(browser: Any, address: str) -> None:
    parts, shift = first_visit(browser, address)
    assert any(".woff2" in part for part in parts), "no font was loaded"
    assert sum(parts.values()) <= MOST_BYTES, (parts, browser.execute_script(_SAID))
    assert shift <= MOST_SHIFT


def first_visit(browser: Any, address: str) -> tuple[dict[str, int], float]:
    """Return the bytes of each part that came, by address, and the cumulative layout shift."""
    browser.get("about:blank")
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.get_log("performance")
    browser.get(address)
    shift = browser.execute_async_script(_SHIFT)
    asked, came = {}, {}
    for entry in browser.get_log("performance"):
        event = json.loads(entry["message"])["message"]
        about = event["params"]
        if event["method"] == "Network.responseReceived":
            asked[about["requestId"]] = about["response"]["url"]
        elif event["method"] == "Network.loadingFinished":
            came[about["requestId"]] = int(about["encodedDataLength"])
    return {asked[part]: size for part, size in came.items() if part in asked}, shift
