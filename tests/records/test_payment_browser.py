"""Paying in a real browser: on a phone, in Korean and English, without JavaScript, too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from madang.records import api
from tests.records.conftest import OFFICER, hear, opened_intent, paid
from tests.staff import joined
from tests.web.browser import (
    BROWSER_TEST,
    arrived,
    browser_of_module,
    choose,
    come_anew,
    console_errors,
    faults,
    faults_at_widths,
    resize,
    scripts,
)  # fmt: skip

pytestmark = BROWSER_TEST
browser = browser_of_module(wait_s=2)
PHONE = 360
WORDS = {
    "ko": ("10,000원 납부하기", "모의 결제", "거절되기", "결제가 이루어지지 않았습니다", "납부하기",
           "납부되었습니다"),
    "en": ("Pay ₩10,000", "Simulated payment", "Be declined", "The payment did not go through",
           "Pay", "It is paid"),
}  # fmt: skip


def press(browser: Any, text: str) -> None:
    browser.find_element(By.XPATH, f"//button[normalize-space()={text!r}]").click()


def picture(browser: Any, name: str) -> None:
    if folder := os.environ.get("MADANG_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_resident_pays_on_a_phone(browser, live_server, transactional_db, language):
    come_anew(browser, live_server.url, django_language=language)
    resize(browser, PHONE)
    button, simulated, decline, declined, pay, done = WORDS[language]
    intent = opened_intent(return_to="/")
    pages = {}
    browser.get(live_server.url + intent.pay_url)
    picture(browser, f"pay-{language}")
    pages["pay"] = faults(browser)
    press(browser, button)
    arrived(browser, "h1", simulated)
    picture(browser, f"simulated-{language}")
    pages["simulated"] = faults(browser)
    press(browser, decline)
    arrived(browser, "h1", declined)
    picture(browser, f"declined-{language}")
    pages["declined"] = faults(browser)
    browser.get(live_server.url + intent.pay_url)
    press(browser, button)
    arrived(browser, "h1", simulated)
    press(browser, pay)
    arrived(browser, "h1", done)
    picture(browser, f"done-{language}")
    pages["done"] = faults(browser)
    assert not {page: found for page, found in pages.items() if found}
    assert not console_errors(browser)
    assert api.intent(intent.id).state == "captured"


def test_paying_needs_no_script(browser, live_server, transactional_db):
    come_anew(browser, live_server.url, django_language="en")
    resize(browser, PHONE)
    scripts(browser, on=False)
    intent = opened_intent()
    browser.get(live_server.url + intent.pay_url)
    press(browser, "Pay ₩10,000")
    arrived(browser, "h1", "Simulated payment")
    press(browser, "Pay")
    arrived(browser, "h1", "It is paid")
    scripts(browser, on=True)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_treasurers_page_is_whole(browser, live_server, transactional_db, language):
    client = joined("lee", ["treasurer"])
    intent = paid(400_000)
    api.refund(intent.id, 400_000, "issued twice", by=OFFICER, key="r")
    hear("captured", opened_intent(), 9_000)
    hear("captured", "nobody", 7_000, currency="USD")
    come_anew(browser, live_server.url)
    choose(browser, live_server.url, django_language=language,
           **{name: one.value for name, one in client.cookies.items()})  # fmt: skip
    browser.get(f"{live_server.url}/operations/payments/")
    resize(browser, 1280, 1400)
    picture(browser, f"desk-{language}")
    resize(browser, PHONE, 2400)
    picture(browser, f"desk-phone-{language}")
    assert browser.find_elements(By.CSS_SELECTOR, "article.card")
    assert not faults_at_widths(browser, "desk", PHONE, 1280)
