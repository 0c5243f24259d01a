"""The planner in a real browser: axe, no sideways scroll, and the way from question to dates."""

from __future__ import annotations

import pytest

from madang.city.api import load_profile
from tests.services.publishing import publish
from tests.web.browser import (
    BROWSER_TEST,
    DESKTOP,
    PHONE,
    browser_of_module,
    choose,
    faults_at_widths,
)

pytestmark = BROWSER_TEST
browser = browser_of_module()


@pytest.mark.parametrize("language", ["ko", "en", "ar"])
def test_pages_of_the_planner_have_no_faults(browser, live_server, language):
    choose(browser, live_server.url, django_language=language)
    for path in ("/plan/", "/plan/move/"):
        address = f"{live_server.url}{path}"
        browser.get(address)
        assert not faults_at_widths(browser, address, PHONE, DESKTOP), (language, path)


def _put(browser, name: str, value: str) -> None:
    script = "document.getElementsByName(arguments[0])[0].value = arguments[1]"
    browser.execute_script(script, name, value)


def _send(browser) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    before = browser.find_element("tag name", "html").id
    browser.execute_script("document.querySelector('.plan-form button').click()")
    WebDriverWait(browser, 20).until(
        lambda b: (
            b.find_element("tag name", "html").id != before
            and b.execute_script("return document.readyState") == "complete"
        )
    )


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_checklist_is_reached_corrected_and_has_no_faults(browser, live_server, language):
    publish(load_profile("seoul").folder / "services" / "move-in-report")
    choose(browser, live_server.url, django_language=language)
    browser.get(f"{live_server.url}/plan/move/")
    for name, value in (("from", "11680"), ("to", "11440"), ("date", "2126-12-20"),
                        ("tenure", "other"), ("foreign", "no")):  # fmt: skip
        _put(browser, name, value)
    _send(browser)
    report = browser.find_element("id", "move-in-report")
    assert "2127" in report.text
    wanted = "마포구 주민센터" if language == "ko" else "Mapo-gu Community Centre"
    assert wanted in report.text
    assert report.find_elements("css selector", "form[action='/apply/move-in-report/'] button")
    address = f"{live_server.url}/plan/move/"
    assert not faults_at_widths(browser, address, PHONE, DESKTOP)
    _put(browser, "to", "11710")
    _send(browser)
    corrected = browser.find_element("id", "move-in-report").text
    assert ("송파구" if language == "ko" else "Songpa-gu") in corrected
