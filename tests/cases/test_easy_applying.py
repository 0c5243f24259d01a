"""Applying in easy words: the questions of the package and the page around them."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.kernel.easy import easy_words
from madang.kernel.readability import reading_faults
from madang.services import api as services
from tests.cases.applying import begun, published

pytestmark = [pytest.mark.data, pytest.mark.django_db]
CARD = "library-card"


def page(client: Client, url: str, language: str, display: str = "easy") -> str:
    address = f"{url}{'&' if '?' in url else '?'}display={display}"
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize(
    ("language", "easy", "plain"),
    [
        ("ko", "왜 서울에 있습니까?", "서울과 어떤 인연이 있습니까?"),
        ("en", "Why are you in Seoul?", "What is your tie to Seoul?"),
    ],
)
def test_whoever_wants_easy_words_is_asked_in_them(language, easy, plain):
    published(CARD)
    client = Client(headers={"Accept-Language": language})
    url = begun(client, CARD, "no")
    asked = page(client, url, language)
    assert easy in asked
    assert plain not in asked
    assert "easy-note" in asked
    assert f'lang="{language}-x-easy"' not in asked
    usual = page(client, url, language, "normal")
    assert plain in usual
    assert easy not in usual


def test_the_page_of_a_service_is_told_in_its_easy_words():
    published(CARD)
    shown = page(Client(), f"/services/{CARD}/", "ko")
    assert "돈은 내지 않습니다." in shown
    assert "easy-note" in shown


def test_a_service_without_easy_words_is_told_as_it_stands():
    published("youth-allowance")
    with easy_words():
        form = services.form_in(services.current("youth-allowance").hash, "ko")
    plain = services.package(services.current("youth-allowance").hash).package
    assert form.package.service.title == plain.service.title


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_a_package_says_in_easy_words_is_easy(language):
    published(CARD)
    with easy_words():
        form = services.form_in(services.current(CARD).hash, language)
    texts = [q.ask for q in form.package.pages.questions]
    texts += [q.why for q in form.package.pages.questions]
    texts += [form.package.service.summary, form.package.pages.consent]
    hard = {text: list(reading_faults(text, language)) for text in texts}
    assert not any(hard.values()), hard
