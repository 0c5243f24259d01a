"""An application in a real browser, from start to done: on a phone, in Korean and English."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from madang.access.api import maintenance
from madang.cases import case_triggers
from madang.cases.models import Case, CaseEvent
from tests.cases.applying import COPY, published
from tests.identity.residents import resident, session_key
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    arrived,
    browser_of_module,
    choose,
    come_anew,
    faults,
    resize,
    scripts,
)

pytestmark = BROWSER_TEST
PHONE, NARROW = 360, 320
# where pictures of the pages go, for whoever wants to look at them
PICTURES = os.environ.get("MADANG_PICTURES", "")


opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server):
    come_anew(opened, live_server.url)
    resize(opened, PHONE)
    return opened


@pytest.fixture
def kim(transactional_db):
    published()
    yield resident("김하늘", latin="KIM Haneul")
    empty_the_log()
    empty_the_ledger()


def empty_the_log() -> None:
    """Take away what happened to cases, so that the database can be emptied behind the test."""
    with maintenance("the database is emptied behind a test that commits"):
        case_triggers.remove(connection)
        CaseEvent.objects.all().delete()
        case_triggers.install(connection)


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


class Taps:
    """Counts what a hand does: presses of buttons and links, and fields that are filled in."""

    def __init__(self, browser) -> None:
        self.browser = browser
        self.count = 0

    def tap(self, selector: str) -> None:
        arrived(self.browser, selector)
        found = self.browser.find_element("css selector", selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()
        self.count += 1

    def write(self, selector: str, text: str) -> None:
        arrived(self.browser, selector)
        self.browser.find_element("css selector", selector).send_keys(text)
        self.count += 1


def arrive(browser, site: str, account, **cookies: str) -> Taps:
    choose(browser, site, madang=session_key(account), **cookies)
    browser.get(f"{site}/apply/{COPY}/")
    return Taps(browser)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_start_to_done(browser, live_server, kim, language):
    taps = arrive(browser, live_server.url, kim, django_language=language)
    looked_at(browser, f"{language}-start")
    taps.tap("button[name=look][value=yes]")
    taps.tap(".actions button[value=next]")  # nothing chosen yet
    looked_at(browser, f"{language}-fault")
    assert browser.find_element("css selector", ".error-summary a").get_attribute(
        "href").endswith("#copy_kind")  # fmt: skip
    taps.tap("label[for=copy_kind--household]")
    taps.tap(".actions button[value=next]")
    taps.tap("label[for=show_numbers--no]")
    taps.tap(".actions button[value=next]")
    looked_at(browser, f"{language}-number")
    taps.write("#copies", "2")
    taps.tap(".actions button[value=next]")
    looked_at(browser, f"{language}-check")
    taps.tap("button[value=send]")
    arrived(browser, ".case-number")
    looked_at(browser, f"{language}-done")
    number = browser.find_element("css selector", ".case-number").text
    assert number == rows(Case).get().number


def test_in_large_type_the_errand_takes_at_most_twelve_taps(browser, live_server, kim):
    scripts(browser, on=True)
    taps = arrive(browser, live_server.url, kim, madang_display="senior", django_language="ko")
    looked_at(browser, "senior-start")
    taps.tap("button[name=look][value=yes]")
    looked_at(browser, "senior-question")
    taps.tap(".tap-answer[value=household]")
    taps.tap(".tap-answer[value=no]")
    taps.write("#copies", "1")
    taps.tap(".actions button[value=next]")
    looked_at(browser, "senior-check")
    taps.tap("button[value=send]")
    arrived(browser, ".case-number")
    assert rows(Case).count() == 1
    assert taps.count <= 12


def test_without_scripts_it_is_the_same(browser, live_server, kim):
    arrive(browser, live_server.url, kim, django_language="en")
    scripts(browser, on=False)
    taps = Taps(browser)
    browser.get(f"{live_server.url}/apply/{COPY}/")
    taps.tap("button[name=look][value=no]")
    for one in ("label[for=copy_kind--personal]", "label[for=show_numbers--yes]"):
        taps.tap(one)
        taps.tap(".actions button[value=next]")
    taps.write("#copies", "1")
    taps.tap(".actions button[value=next]")
    taps.tap("button[value=send]")
    arrived(browser, ".case-number")
    scripts(browser, on=True)
    assert rows(Case).count() == 1
