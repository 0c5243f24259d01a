"""A conversation in a real browser: a move told, corrected, its checklist and form; a person."""

from __future__ import annotations

import pytest

from madang.assistant import throttle
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


SAID = {
    "ko": ("강남에서 마포로 이사해요", "2126년 12월 20일이요", "마포가 아니라 용산이에요",
           "용산구"),
    "en": ("I am moving from Gangnam to Mapo", "20 December 2126", "not Mapo, Yongsan",
           "Yongsan-gu"),
}  # fmt: skip


def _until(browser, what) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 20).until(what)


def _say(browser, text: str) -> None:
    turns = len(browser.find_elements("css selector", ".turn"))
    browser.find_element("css selector", ".ask-form textarea").send_keys(text)
    browser.execute_script("document.querySelector('.ask-form button').click()")
    _until(browser, lambda b: len(b.find_elements("css selector", ".turn")) == turns + 1)
    _until(browser, lambda b: not b.find_elements("css selector", "#now[aria-busy]"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_move_is_told_corrected_and_leads_to_its_form(browser, live_server, language):
    throttle.TURNS.forget()
    publish(load_profile("seoul").folder / "services" / "move-in-report")
    choose(browser, live_server.url, django_language=language)
    address = f"{live_server.url}/ask/"
    browser.get(address)
    assert not faults_at_widths(browser, address, PHONE, DESKTOP)
    first, day, correction, district = SAID[language]
    marker = "window.stays = true"
    browser.execute_script(marker)
    for text in (first, day, correction):
        _say(browser, text)
    assert browser.execute_script("return window.stays"), "the page was loaded anew"
    facts = [one.text for one in browser.find_elements("css selector", ".fact-value")]
    assert district in facts
    button = "//form[contains(@class,'ask-choices')]//button[@value='fact:foreign=no']"
    for _ in range(6):
        if browser.find_elements("xpath", button):
            browser.execute_script("arguments[0].click()", browser.find_element("xpath", button))
            break
        skip = browser.find_element("css selector", ".ask-choices button[value^='skip:']")
        turns = len(browser.find_elements("css selector", ".turn"))
        browser.execute_script("arguments[0].click()", skip)
        _until(browser, lambda b, n=turns: len(b.find_elements("css selector", ".turn")) == n + 1)
    _until(browser, lambda b: "2127" in b.find_elements("css selector", ".plan-card")[-1].text)
    assert not faults_at_widths(browser, address, PHONE, DESKTOP)
    checklist = "[...document.querySelectorAll('.plan-card form button')].at(-2).click()"
    browser.execute_script(checklist)
    _until(browser, lambda b: b.find_elements("id", "move-in-report"))
    report = browser.find_element("id", "move-in-report")
    assert district in report.text
    assert report.find_elements(
        "css selector", "form[action='/apply/move-in-report/'] input[value='2126-12-20']"
    )
    browser.execute_script(
        "document.querySelector(\"form[action='/apply/move-in-report/'] button\").click()"
    )
    _until(browser, lambda b: "/apply/" in b.current_url or "/sign-in/" in b.current_url)


def test_what_no_text_answers_leads_to_a_person(browser, live_server):
    throttle.TURNS.forget()
    choose(browser, live_server.url, django_language="ko")
    browser.get(f"{live_server.url}/ask/")
    _say(browser, "슈뢰딩거 파동함수의 붕괴")
    assert browser.find_elements("css selector", ".turn a[href='tel:120']")
    person = browser.find_element("css selector", ".ask-choices button[value='person']")
    turns = len(browser.find_elements("css selector", ".turn"))
    browser.execute_script("arguments[0].click()", person)
    _until(browser, lambda b: len(b.find_elements("css selector", ".turn")) == turns + 1)
    newest = browser.find_elements("css selector", ".turn")[-1]
    assert newest.find_elements("css selector", "[data-status='handed_over']")
