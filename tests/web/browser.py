"""A real browser for tests of pages, and the checks that axe does not make.

A room's own tests may use them::

    pytestmark = BROWSER_TEST
    browser = browser_of_module()

They look at boxes and never at pictures, so that no font of the machine decides.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
_MISSING = [n for n, there in (("chromium", CHROMIUM), ("chromedriver", DRIVER)) if not there]
_MISSING += [] if AXE.exists() else ["axe-core (make assets)"]
needs_browser = pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}")
# marks of tests of pages with a server and a database of their own
BROWSER_TEST = [
    pytest.mark.system,
    pytest.mark.data,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
    needs_browser,
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP = 320, 1440
# asked for by a bare picture without a page around it; the stream process, which no test site has
EXPECTED = ("/favicon.ico", "/events")
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']}).then(result => done(
  result.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))));
"""
_WIDE = """
const wide = document.documentElement.clientWidth + 1;
if (document.documentElement.scrollWidth <= wide) return [];
const scrolls = e => e && e !== document.documentElement
  && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
return [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.right > wide || box.left < -1) && !scrolls(e.parentElement)
    && getComputedStyle(e).clipPath === 'none';
}).slice(-4).map(e => e.outerHTML.slice(0, 100)).concat('scrolls to '
  + document.documentElement.scrollWidth);
"""
_FOCUSED = """
const e = document.activeElement;
if (!e || e === document.body) return null;
e.scrollIntoView({block: 'nearest'});
// of a link over two lines, the first
const style = getComputedStyle(e), box = e.getClientRects()[0] || e.getBoundingClientRect();
// a shape in a drawing shows its focus by its own line
const shape = e.ownerSVGElement && getComputedStyle(e.querySelector('path,rect,circle') || e);
const at = document.elementFromPoint(
  Math.max(1, Math.min(box.left + box.width / 2, innerWidth - 2)),
  Math.max(1, Math.min(box.top + Math.min(box.height / 2, 12), innerHeight - 2)));
return {
  html: e.outerHTML.slice(0, 100), key: [...document.querySelectorAll('*')].indexOf(e),
  // the focus is on a part of the frame's own page, which is walked by itself
  outline: e.tagName === 'IFRAME' ? 9
    : style.outlineStyle !== 'none' ? parseFloat(style.outlineWidth)
    : shape && shape.stroke !== 'none' ? parseFloat(shape.strokeWidth) : 0,
  inside: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
  covered: !!at && !e.contains(at) && !at.contains(e) && !e.ownerSVGElement
    && ![...(e.labels || [])].some(label => label.contains(at)),
};
"""


@contextmanager
def open_browser(folder: Path, *, text_percent: int = 100, network: bool = False) -> Iterator[Any]:
    """Open Chromium with a profile in `folder`; `text_percent` is the reader's own text size.

    With `network` it keeps a log of what it asks for and gets, under the name ``performance``.
    """
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (*_ARGUMENTS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(argument)
    logs = {"browser": "ALL", **({"performance": "ALL"} if network else {})}
    options.set_capability("goog:loggingPrefs", logs)
    options.add_experimental_option(
        "prefs", {"webkit.webprefs.default_font_size": 16 * text_percent // 100}
    )
    service = webdriver.ChromeService(executable_path=DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


def browser_of_module(*, network: bool = False, wait_s: float = 0) -> Any:
    """Return a fixture: one browser for all tests of a module.

    Parameters
    ----------
    network : whether it keeps a log of what it asks for and gets.
    wait_s : how long it waits for a part that is looked for and not there yet.
    """

    @pytest.fixture(scope="module")
    def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        with open_browser(tmp_path_factory.mktemp("browser"), network=network) as driver:
            driver.implicitly_wait(wait_s)
            yield driver

    return browser


def resize(browser: Any, width: int, height: int = 800) -> None:
    """Make the page that wide, in CSS pixels, as a phone or a screen."""
    metrics = {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
    }  # fmt: skip
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def choose(browser: Any, site: str, **cookies: str) -> None:
    """Set a reader's cookies."""
    browser.get(f"{site}/static/web/mark.svg")
    for name, value in cookies.items():
        browser.add_cookie({"name": name, "value": value, "path": "/"})


def come_anew(browser: Any, site: str, **cookies: str) -> None:
    """Be a reader who was never here, with scripts on and these cookies alone."""
    browser.delete_all_cookies()
    scripts(browser, on=True)
    choose(browser, site, **cookies)


def scripts(browser: Any, on: bool) -> None:
    """Switch JavaScript off or on, from the next page on."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})


# colours on their way from one theme to the next are nobody's
_SETTLE = """
for (const moving of document.getAnimations())
  if (moving.effect.getComputedTiming().endTime < Infinity) moving.finish();
"""


def faults(browser: Any, *, axe: bool = True) -> list[str]:
    """Return what is wrong with the page shown: axe's findings, and what is wider than the page."""
    found = [f"runs off the screen: {part}" for part in browser.execute_script(_WIDE)]
    if axe:
        browser.execute_script(_SETTLE)
        if not browser.execute_script("return 'axe' in window"):
            browser.execute_script(AXE.read_text(encoding="utf-8"))
        found += browser.execute_async_script(_RUN_AXE, RULES)
    return found


_HAS_PARTS = re.compile(r'type="(?:date|time|datetime-local|month|week)"')


def tab_faults(browser: Any, limit: int = 400) -> list[str]:
    """Return what goes wrong on the way through the page by the Tab key, from start to end.

    Each stop shows its focus by an outline of 2 pixels at least, is on the screen and not covered
    by another part (WCAG 2.2, 2.4.7, 2.4.11, 2.4.13), and the way ends (2.1.2).
    """
    from selenium.webdriver import ActionChains, Keys

    found, seen = [], []
    for _step in range(limit):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        stop = browser.execute_script(_FOCUSED)
        if stop and seen and stop["key"] == seen[-1] and _HAS_PARTS.search(stop["html"]):
            continue  # day, month, year: stops within one field
        if stop is None or (seen and stop["key"] == seen[0]):
            return found if seen else ["nothing can be reached by the keyboard"]
        if stop["key"] in seen:
            return [*found, f"the way goes round: {stop['html']}"]
        seen.append(stop["key"])
        if stop["outline"] < 2:
            found.append(f"focus is not seen: {stop['html']}")
        if not stop["inside"]:
            found.append(f"focus is off the screen: {stop['html']}")
        if stop["covered"]:
            found.append(f"focus is covered: {stop['html']}")
    return [*found, f"the way does not end within {limit} stops"]


def faults_at_widths(browser: Any, page: str, *widths: int) -> list[str]:
    """Return what is wrong with the page shown at these widths, and on its way by Tab at the last.

    Without `widths`, on a phone and on a desk.
    """
    found = []
    for width in widths or (PHONE, DESKTOP):
        resize(browser, width)
        found += [f"{page} at {width}: {fault}" for fault in faults(browser)]
    return [*found, *(f"{page}: {fault}" for fault in tab_faults(browser))]


def console_errors(browser: Any, *expected: str) -> list[str]:
    """Return the errors in the browser's console whose text has none of `expected`."""
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] == "SEVERE"
        and not any(part in entry["message"] for part in (*EXPECTED, *expected))
    ]


def arrived(browser: Any, part: str, text: str = "") -> None:
    """Wait until the page that a click led to has a part with a text; the old page may go on."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.wait import WebDriverWait

    # no such part, or one of the page that goes just then, for which the driver has many words
    gone = (WebDriverException,)
    WebDriverWait(browser, 20, 0.1, ignored_exceptions=gone).until(
        lambda b: text in b.find_element("css selector", part).text, f"{part} with {text!r}"
    )
