"""All pages in a real browser: axe finds nothing, nothing runs off, the keyboard reaches all.

Skipped where chromium, chromedriver or axe-core (`make assets`) are not installed. The gallery in
every language and display is a long drill; a sample of it is checked here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.web.choices import DISPLAYS
from madang.web.gallery import addresses
from tests.web import site as sites
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    browser_of_module,
    choose,
    console_errors,
    faults,
    open_browser,
    resize,
    tab_faults,
)
from tests.web.pseudo import pseudo_languages

pytestmark = BROWSER_TEST


browser = browser_of_module()


@pytest.fixture
def site(live_server, station, browser) -> str:
    sites.furnish(station)
    browser.delete_all_cookies()
    choose(browser, live_server.url, madang=sites.session())
    return live_server.url


@pytest.mark.parametrize(
    "shown",
    [
        "lang=ko",
        pytest.param("lang=ar&display=senior&theme=dark", marks=pytest.mark.long),
        pytest.param("lang=en&display=contrast", marks=pytest.mark.long),
        pytest.param("lang=vi&display=easy", marks=pytest.mark.long),
    ],
)  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(browser, site, shown):
    found = []
    for path in sites.pages():
        resize(browser, PHONE)
        browser.get(f"{site}{path}?{shown}")
        for width in (PHONE, DESKTOP):
            resize(browser, width)
            axe = width == DESKTOP or shown == "lang=ko"
            found += [f"{path} at {width}: {fault}" for fault in faults(browser, axe=axe)]
    found += console_errors(browser, sites.NOWHERE)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_texts_two_fifths_longer_stay_on_a_small_phone(browser, site, language):
    found = []
    resize(browser, PHONE)
    browser.add_cookie({"name": "django_language", "value": language, "path": "/"})
    with pseudo_languages():
        for path in sites.pages():
            browser.get(site + path)
            found += [f"{path}: {fault}" for fault in faults(browser, axe=False)]
    assert not found, "\n".join(found)


def test_every_page_can_be_walked_by_the_keyboard(browser, site):
    found = []
    resize(browser, DESKTOP)
    for path in sites.pages():
        browser.get(f"{site}{path}?lang=en")
        found += [f"{path}: {fault}" for fault in tab_faults(browser)]
    assert not found, "\n".join(found)


SAMPLE = [
    *(f"/design/?lang={lang}&display=normal&theme=light" for lang in ("ko", "ur", "th", "de")),
    *(f"/design/?lang=en&display={name}&theme=dark" for name in DISPLAYS),
    "/design/?lang=km&display=senior&theme=light",
    "/design/?lang=bn&display=contrast&theme=dark",
]


def test_a_sample_of_the_gallery_is_without_faults(browser, site):
    check_gallery(browser, site, SAMPLE)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_gallery_in_every_language_and_display_is_without_faults(browser, site):
    check_gallery(browser, site, addresses())


def check_gallery(browser, site: str, paths: list[str]) -> None:
    found = []
    for path in paths:
        resize(browser, PHONE)
        browser.get(site + path)
        # what is wide shows on a phone; colours, names and order are the same at every width
        for width in (PHONE, DESKTOP):
            resize(browser, width)
            found += [f"{path} at {width}: {f}" for f in faults(browser, axe=width == DESKTOP)]
    assert not found, "\n".join(found)


def test_text_may_be_twice_as_large(site, tmp_path: Path):
    """Text of 200 % by the reader's own setting: all there, no scrolling sideways (WCAG 1.4.4)."""
    found = []
    with open_browser(tmp_path, text_percent=200) as browser:
        choose(browser, site, madang=sites.session())
        for path in [*sites.pages(), "/design/"]:
            browser.get(f"{site}{path}?lang=en")
            for width in (640, DESKTOP):
                resize(browser, width)
                size = browser.execute_script(
                    "return parseFloat(getComputedStyle(document.body).fontSize)"
                )
                assert size >= 34
                found += [f"{path} at {width}: {f}" for f in faults(browser, axe=False)]
    assert not found, "\n".join(found)
