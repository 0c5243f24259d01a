"""The residents' own page in a real browser: phone and wide, every display, without scripts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cases.conftest import clock  # noqa: F401
from tests.cases.test_application_browser import empty_the_log
from tests.identity.residents import resident, session_key
from tests.records.conftest import empty_the_ledger
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    arrived,
    choose,
    faults,
    open_browser,
    resize,
    scripts,
)
from tests.web.own_things import furnished, published

pytestmark = [*BROWSER_TEST, pytest.mark.usefixtures("clock")]
PHONE, NARROW = 360, 320
PICTURES = os.environ.get("MADANG_PICTURES", "")


@pytest.fixture
def browser(tmp_path):
    with open_browser(tmp_path) as opened:
        resize(opened, PHONE)
        yield opened


@pytest.fixture
def people(transactional_db, clock):  # noqa: F811
    """Kim, who has something in every part, and Lee, who acts for nobody and has nothing."""
    published()
    kim, lee = resident("김하늘", latin="Kim Haneul"), resident("이봄", latin="Lee Bom")
    furnished(kim, lee)
    yield kim, lee
    empty_the_log()
    empty_the_ledger()


def looked_at(browser, name: str) -> None:
    """Check the page shown at three widths; keep its picture where asked to."""
    for width in (NARROW, PHONE, DESKTOP):
        resize(browser, width)
        assert faults(browser, axe=width != NARROW) == [], f"{name} at {width}"
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, height)
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}.png"))
    resize(browser, PHONE)


def test_the_page_is_good_in_every_display_and_language(browser, live_server, people):
    key = session_key(people[0])
    for name, cookies in {
        "ko": {"django_language": "ko"},
        "en": {"django_language": "en"},
        "senior": {"django_language": "ko", "madang_display": "senior"},
        "contrast": {"django_language": "ko", "madang_display": "contrast"},
        "easy": {"django_language": "ko", "madang_display": "easy"},
    }.items():
        choose(browser, live_server.url, madang=key, **cookies)
        browser.get(f"{live_server.url}/my/")
        arrived(browser, "#suggested")
        looked_at(browser, f"my-{name}")


def test_empty_chosen_and_acting_without_scripts(browser, live_server, people):
    kim, lee = people
    choose(browser, live_server.url, madang=session_key(lee), django_language="en")
    browser.get(f"{live_server.url}/my/")
    arrived(browser, "#suggested")
    looked_at(browser, "my-empty")
    browser.get(f"{live_server.url}/suggestions/")
    arrived(browser, "#from_cases")
    looked_at(browser, "my-suggestions")
    scripts(browser, on=False)
    choose(browser, live_server.url, madang=session_key(kim), django_language="en")
    browser.get(f"{live_server.url}/my/")
    arrived(browser, "#mandates")
    browser.find_element("css selector", "form[action='/account/act-for/'] button").click()
    arrived(browser, "[aria-label='Acting for somebody else']")
    assert browser.current_url == f"{live_server.url}/my/"
    assert browser.find_element("css selector", "h1").text == "Nothing waits for Lee Bom"
    scripts(browser, on=True)
    browser.refresh()
    arrived(browser, "#cases")
    looked_at(browser, "my-acting")
