"""A resident is handed over to an operator, who answers with help and closes with a case."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from madang.access.api import purpose
from madang.assistant import throttle
from madang.callcentre.contact_models import Contact
from madang.callcentre.operator_models import Suggestion, WrapUp
from madang.callcentre.purposes import CENTRE, KEEP
from madang.cases.models import Case
from madang.kernel import times
from tests.cases.applying import COPY, published
from tests.cases.test_application_browser import empty_the_log
from tests.identity.residents import resident as enrolled
from tests.identity.residents import session_key, staff
from tests.looking import rows
from tests.records.conftest import empty_the_ledger
from tests.web.browser import BROWSER_TEST, choose, console_errors, faults, open_browser, resize

pytestmark = BROWSER_TEST
PICTURES = os.environ.get("MADANG_PICTURES", "")
WIDTHS = (320, 1440)


@pytest.fixture
def resident(tmp_path):
    with open_browser(tmp_path / "resident") as opened:
        yield opened


@pytest.fixture
def operator(tmp_path):
    with open_browser(tmp_path / "operator") as opened:
        yield opened


@pytest.fixture
def services(transactional_db):
    published()
    enrolled("박셋", number="510324-2000000")
    throttle.TURNS.forget()
    yield
    empty_the_log()
    empty_the_ledger()


def until(browser, what) -> None:
    WebDriverWait(browser, 20).until(what)


def pressed(browser, css: str) -> None:
    browser.execute_script("arguments[0].click()", browser.find_element("css selector", css))


def told(browser, text: str) -> None:
    turns = len(browser.find_elements("css selector", ".turn"))
    browser.find_element("css selector", ".ask-form textarea").send_keys(text)
    pressed(browser, ".ask-form button")
    until(browser, lambda b: len(b.find_elements("css selector", ".turn")) > turns)
    until(browser, lambda b: not b.find_elements("css selector", "#now[aria-busy]"))


def filled(browser, given: dict[str, str]) -> None:
    for css, text in given.items():
        field = browser.find_element("css selector", css)
        field.clear()
        field.send_keys(text)


def looked_at(browser, name: str) -> None:
    for width in WIDTHS:
        resize(browser, width, 900)
        assert faults(browser) == [], (name, width)
        if PICTURES:
            height = browser.execute_script("return document.documentElement.scrollHeight")
            resize(browser, width, min(height, 4000))
            browser.save_screenshot(str(Path(PICTURES) / f"{name}-{width}.png"))


def test_from_a_question_without_answer_to_a_case(resident, operator, live_server, services):
    at = live_server.url
    choose(operator, at, django_language="ko", madang=session_key(staff("kim", "clerk")))
    operator.get(f"{at}/operations/contacts/")
    operator.find_element("css selector", "select[name=state] option[value=available]").click()
    pressed(operator, "section[aria-labelledby=me] button")
    looked_at(operator, "desk")

    choose(resident, at, django_language="ko")
    resident.get(f"{at}/ask/")
    told(resident, "슈뢰딩거 파동함수의 붕괴")
    pressed(resident, ".ask-choices button[value=person]")
    until(resident, lambda b: b.find_elements("css selector", "#now[data-person='1']"))
    told(resident, f"{times.now().year + 1}년 12월 20일에 강남에서 마포로 이사해요")
    answers = [one.text for one in resident.find_elements("css selector", ".turn-answer")]
    assert "이어받" in answers[1], "the page says that a person takes over, not whom to call"
    looked_at(resident, "ask-with-person")

    operator.get(f"{at}/operations/contacts/")
    pressed(operator, "main form button")
    until(operator, lambda b: "/one/" in b.current_url)
    said = operator.find_element("css selector", "[role=log]").text
    assert "슈뢰딩거" in said
    assert "12월 20일에 강남에서" in said, "the day that is planned with is not covered"
    looked_at(operator, "contact")
    contact = operator.current_url
    pressed(operator, "main form:has(input[value=say]) button")
    until(operator, lambda b: "도시가스" in b.find_element("css selector", "[role=log]").text)
    resident.get(f"{at}/ask/")
    person = resident.find_elements("css selector", ".turn-person")
    assert "도시가스" in person[-1].text

    operator.get(f"{at}/apply/{COPY}/key-in/")
    for css in ("input[name=copy_kind][value=household]", "input[name=show_numbers][value=no]",
                "input[name=channel][value=phone]"):  # fmt: skip
        pressed(operator, css)
    filled(operator, {"[name=copies]": "1", "[name=name]": "박셋", "[name=born]": "1980-05-01"})
    pressed(operator, "button[value=open]")
    until(operator, lambda _b: rows(Case).exists())
    number = rows(Case).get().number

    operator.get(contact)
    pressed(operator, "main form:has(input[value=finish]) button")
    until(operator, lambda b: b.find_elements("css selector", "[name=summary]"))
    looked_at(operator, "wrap-up")
    filled(operator, {"[name=summary]": "이사 신고 안내", "[name=case]": number})
    pressed(operator, "main form:has(input[value=wrap]) button")
    until(operator, lambda b: b.current_url == f"{at}/operations/contacts/")
    with purpose(CENTRE, KEEP):
        kept = Contact.objects.get()
        assert (kept.state, kept.case) == ("done", number)
        assert WrapUp.objects.get().summary == "이사 신고 안내"
        assert {one.state for one in Suggestion.objects.all()} == {"accepted"}
    assert not console_errors(operator)
    choose(operator, at, madang=session_key(staff("lee", "operator")))
    operator.get(f"{at}/operations/contacts/wall/")
    looked_at(operator, "wall")
