"""The conversation page, as people without JavaScript use it."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.assistant import throttle
from madang.assistant.purposes import CONVERSE, opened
from madang.assistant.review.models import Helpful
from madang.kernel import times
from tests.assistant.talks import public_of, talk
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def fresh() -> None:
    throttle.TURNS.forget()


def said(client: Client, language: str = "ko", **form: str):
    answer = client.post("/ask/", form, headers={"accept-language": language})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return page(client, "/ask/", language)


def words(root, path: str = "//main") -> str:
    return " ".join(" ".join(e.text_content().split()) for e in root.xpath(path))


def test_the_page_says_that_a_machine_answers(client: Client):
    root = page(client, "/ask/", "en")
    assert "A machine answers here" in words(root)
    assert root.xpath("//div[@role='log'][@aria-live='polite']")
    assert "기계가 답합니다" in words(page(client, "/ask/", "ko"))


def test_a_move_is_planned_corrected_and_led_to_its_checklist(client: Client):
    root = said(client, text="강남에서 마포로 이사해요")
    assert "언제 이사합니까?" in words(root)
    root = said(client, text="2126년 12월 20일")
    assert "2126년 12월 20일" in words(root, "//span[@class='fact-value']")
    root = said(client, text="마포가 아니라 용산이에요")
    facts = words(root, "//span[@class='fact-value']")
    assert "용산구" in facts
    assert "마포구" not in facts
    (form,) = root.xpath("(//div[@class='turn'])[last()]//form[@action='/plan/move/']")
    sent = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    assert (sent["from"], sent["to"], sent["date"]) == ("11680", "11170", "2126-12-20")
    checklist = client.post("/plan/move/", sent, headers={"accept-language": "ko"})
    assert "용산구" in checklist.content.decode()
    assert "전입신고" in checklist.content.decode()


def test_a_fact_is_corrected_and_forgotten_in_its_panel(client: Client):
    said(client, "en", text="I am moving from Gangnam to Mapo")
    root = said(client, "en", correct="to", to="11170")
    assert "Yongsan-gu" in words(root, "//span[@class='fact-value']")
    root = said(client, "en", choice="forget:to")
    assert "Yongsan-gu" not in words(root, "//span[@class='fact-value']")


def test_a_button_is_shown_by_its_words(client: Client):
    said(client, "en", text="I am moving from Gangnam to Mapo on 20 December 2126")
    root = said(client, "en", choice="fact:tenure=lease")
    assert "Rented" in words(root, "(//div[@class='turn-said'])[last()]")


def test_danger_names_whom_to_call(client: Client):
    root = said(client, text="죽고 싶어요")
    assert root.xpath("//div[@class='turn']//a[@href='tel:109']")
    assert "혼자 견디지 마세요" in words(root)


def test_a_person_is_always_there(client: Client):
    root = said(client, "en", choice="person")
    assert root.xpath("//div[@class='turn']//a[@href='tel:120']")
    assert root.xpath("//div[@class='turn']//a[contains(@href, 'call-back')]")


def test_too_long_and_nothing_are_told_in_words(client: Client):
    answer = client.post("/ask/", {"text": "가" * 3000}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "longer than 2,000 characters" in answer.content.decode()
    answer = client.post("/ask/", {"text": " "}, headers={"accept-language": "en"})
    assert "Write what you need." in answer.content.decode()


def test_the_conversation_is_deleted_at_once(client: Client):
    said(client, "en", text="hello")
    key = client.cookies["madang_ask"].value
    client.post("/ask/", {"act": "forget"})
    assert client.get(f"/api/v1/assistant/conversations/{key}").status_code == 404
    assert not page(client, "/ask/", "en").xpath("//div[@class='turn']")


@pytest.mark.parametrize(("pressed", "kept"), [("yes", True), ("no", False)])
def test_whether_an_answer_helped_is_asked_once_and_kept(client: Client, pressed: str, kept: bool):
    (turn,) = talk("answered", at=times.now())
    client.cookies["madang_ask"] = public_of(turn)
    root = page(client, "/ask/", "ko")
    (number,) = root.xpath("//form[contains(@class, 'ask-helpful')]/input[@name='turn']/@value")
    answer = client.post("/ask/", {"turn": number, "helpful": pressed})
    with opened(CONVERSE):
        assert [one.is_helpful for one in Helpful.objects.all()] == [kept]
    root = page(client, answer["location"].partition("#")[0], "ko")
    assert "고맙습니다" in words(root)
    assert not root.xpath("//form[contains(@class, 'ask-helpful')]")


def test_nobody_is_asked_whether_the_number_for_a_crisis_helped(client: Client):
    (turn,) = talk("crisis", at=times.now())
    client.cookies["madang_ask"] = public_of(turn)
    assert not page(client, "/ask/", "en").xpath("//form[contains(@class, 'ask-helpful')]")


@pytest.mark.parametrize("number", ["", "x", "99", "9" * 30])
def test_a_turn_that_is_not_there_is_not_judged(client: Client, number: str):
    (turn,) = talk("answered", at=times.now())
    client.cookies["madang_ask"] = public_of(turn)
    assert client.post("/ask/", {"turn": number, "helpful": "yes"}).status_code == 302
    with opened(CONVERSE):
        assert not Helpful.objects.exists()
