"""A reader's way through the pages by keyboard alone, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.air.conftest import MAPO
from tests.web import site as sites
from tests.web.browser import (
    BROWSER_TEST,
    PHONE,
    arrived,
    browser_of_module,
    come_anew,
    console_errors,
    resize,
    scripts,
)

pytestmark = BROWSER_TEST
HTML = "document.documentElement"


opened = browser_of_module()


@pytest.fixture
def browser(opened, live_server, station) -> Iterator:
    sites.furnish(station)
    come_anew(opened, live_server.url, django_language="en")
    resize(opened, PHONE)
    yield opened
    scripts(opened, on=True)


def press(browser, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def channels(colour: str) -> int:
    """Return the sum of red, green and blue of a colour as the browser tells it."""
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


def tab_to(browser, selector: str) -> int:
    """Press Tab until the part has the focus; return how often."""
    from selenium.webdriver import Keys

    for presses in range(1, 60):
        press(browser, Keys.TAB)
        if browser.execute_script(f"return document.activeElement.matches({selector!r})"):
            return presses
    raise AssertionError(f"{selector} is not reached by Tab")


def until(browser, holds) -> None:
    """Wait until the page that a key led to is there and `holds`."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(browser, 30, ignored_exceptions=[WebDriverException])
    wait.until(lambda _browser: holds())


def test_a_reader_chooses_large_text_and_a_district_by_keyboard(browser, live_server):
    from selenium.webdriver import Keys

    browser.get(live_server.url)
    assert tab_to(browser, ".skip") == 1
    press(browser, Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "answer"
    browser.get(live_server.url)
    tab_to(browser, ".tools details:nth-of-type(2) summary")
    press(browser, Keys.ENTER)
    tab_to(browser, "a[href^='/display/senior/']")
    press(browser, Keys.ENTER)
    until(browser, lambda: browser.execute_script(f"return {HTML}.dataset.display") == "senior")
    assert (
        browser.execute_script("return parseFloat(getComputedStyle(document.body).fontSize)") == 22
    )
    tab_to(browser, "select[name=code]")
    press(browser, "M", "a", "p")
    tab_to(browser, "form[data-near] button[type=submit]")
    press(browser, Keys.ENTER)
    until(browser, lambda: "Mapo-gu now" in browser.find_element("tag name", "main").text)
    tab_to(browser, f"article a[href='/air/{MAPO}/']")
    press(browser, Keys.ENTER)
    until(browser, lambda: "Mapo-gu" in browser.find_element("tag name", "h1").text)
    assert not console_errors(browser)


def test_an_open_list_closes_by_escape_and_gives_the_focus_back(browser, live_server):
    from selenium.webdriver import Keys

    browser.get(live_server.url)
    tab_to(browser, ".tools summary")
    press(browser, Keys.ENTER)
    assert browser.find_element("css selector", ".tools .panel").is_displayed()
    tab_to(browser, "a[hreflang='ar']")
    press(browser, Keys.ESCAPE)
    assert not browser.find_element("css selector", ".tools .panel").is_displayed()
    assert browser.execute_script("return document.activeElement.tagName") == "SUMMARY"


def test_tabs_go_by_arrow_keys_and_follow_the_direction(browser, live_server):
    from selenium.webdriver import Keys

    for language, forward in (("en", Keys.ARROW_RIGHT), ("ar", Keys.ARROW_LEFT)):
        browser.get(f"{live_server.url}/design/?lang={language}")
        assert not browser.find_element("id", "as-table").is_displayed()
        browser.execute_script("document.querySelector('[data-tabs] a').focus()")
        press(browser, forward)
        assert browser.find_element("id", "as-table").is_displayed()
        assert not browser.find_element("id", "as-map").is_displayed()


def test_a_dialog_opens_takes_the_focus_and_gives_it_back(browser, live_server):
    from selenium.webdriver import Keys

    browser.get(f"{live_server.url}/design/")
    browser.execute_script("document.querySelector('[data-opens]').focus()")
    press(browser, Keys.ENTER)
    assert browser.execute_script("return document.querySelector('dialog').open")
    assert browser.execute_script("return !!document.activeElement.closest('dialog')")
    press(browser, Keys.ESCAPE)
    assert browser.execute_script("return document.activeElement.dataset.opens") == "sample-dialog"


def test_without_a_script_everything_is_there_and_choices_are_kept(browser, live_server):
    scripts(browser, on=False)
    browser.get(f"{live_server.url}/design/")
    for part in ("as-map", "as-table"):
        assert browser.find_element("id", part).is_displayed()
    for promise in ("[data-read-aloud]", "[data-locate]", "[data-print]"):
        shown = browser.find_elements("css selector", promise)
        assert not any(button.is_displayed() for button in shown)
    browser.get(live_server.url)
    browser.find_element("css selector", ".tools details:nth-of-type(2) summary").click()
    browser.find_element("css selector", "a[href^='/theme/dark/']").click()
    arrived(browser, "html[data-theme=dark]")
    browser.find_element("css selector", f"option[value='{MAPO}']").click()
    browser.find_element("css selector", "form[data-near] button[type=submit]").click()
    arrived(browser, "main", "Mapo-gu now")
    browser.find_element("css selector", ".tools summary").click()
    browser.find_element("css selector", "a[hreflang='ar']").click()
    arrived(browser, "html[lang=ar][dir=rtl][data-theme=dark]")


def test_a_place_is_compared_on_the_device_and_chooses_the_nearest_district(browser, live_server):
    from selenium.webdriver.support.wait import WebDriverWait

    browser.execute_cdp_cmd(
        "Browser.grantPermissions", {"origin": live_server.url, "permissions": ["geolocation"]}
    )
    mapo = {"latitude": 37.56, "longitude": 126.905, "accuracy": 50}
    browser.execute_cdp_cmd("Emulation.setGeolocationOverride", mapo)
    browser.get(live_server.url)
    browser.find_element("css selector", "[data-locate]").click()
    WebDriverWait(browser, 10).until(lambda b: "Mapo-gu now" in b.page_source)
    requests = [entry["name"] for entry in browser.get_cookies()]
    assert "madang_district" in requests
    assert "126.9" not in browser.current_url
    sea = {"latitude": 0, "longitude": 0, "accuracy": 50}
    browser.execute_cdp_cmd("Emulation.setGeolocationOverride", sea)
    browser.get(live_server.url)
    browser.find_element("css selector", "main summary").click()
    browser.find_element("css selector", "[data-locate]").click()
    said = browser.find_element("css selector", "[data-said]")
    WebDriverWait(browser, 10).until(lambda b: "outside the city" in said.text)


def test_mongolian_stands_in_columns_from_left_to_right(browser, live_server):
    browser.get(f"{live_server.url}/design/?lang=ar")
    block = browser.find_element("css selector", ".vertical")
    assert block.value_of_css_property("writing-mode") == "vertical-lr"
    first, second = block.find_elements("tag name", "p")
    assert first.rect["x"] < second.rect["x"]
    assert first.rect["height"] > first.rect["width"]
    assert (block.get_attribute("lang"), block.get_attribute("dir")) == ("mn-Mong", "ltr")


def test_on_paper_stands_the_answer_and_nothing_to_click(browser, live_server):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.get(f"{live_server.url}/air/{MAPO}/?theme=dark")
        assert browser.find_element("tag name", "h1").is_displayed()
        for gone in (".tools", ".menu", ".crumbs"):
            assert not browser.find_element("css selector", gone).is_displayed()
        for part in ("body", ".soft", "html"):  # dark colours stay on the screen
            shown = browser.find_element("css selector", part)
            assert channels(shown.value_of_css_property("color")) < 3 * 0x70, part
        ground = browser.find_element("tag name", "html").value_of_css_property("background-color")
        assert channels(ground) == 3 * 255
        assert browser.find_element("css selector", ".ways-out strong").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
