"""Easy words: on every page that promises them, short, in its language, and only if asked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from madang.city.api import profile
from madang.kernel.easy import are_easy_words_wanted, easy_state, easy_words
from madang.kernel.readability import reading_faults
from madang.kernel.registry import Page, registry
from madang.web.context import easy_pages
from tests.air.conftest import MAPO
from tests.web.html import page
from tests.web.site import NOWHERE, furnish

LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
# read as one: what stands inside belongs to the same sentence or is one of its own
BLOCKS = ("p", "li", "dt", "dd", "h1", "h2", "h3", "label", "legend", "summary", "button", "a")
# links of the page's head and end are in easy words, too, but names of languages and cities are not
MAIN = "//main | //aside"


def addresses() -> list[str]:
    """Return the addresses of public pages in easy words without a signed link, and of an error."""
    pages = [page for page in registry().offers(Page) if page.easy and page.access == "public"]
    plain = [page.path for page in pages if "<" not in page.path]
    return [f"/{path}" for path in plain] + [f"/air/{MAPO}/", NOWHERE]


def blocks(root) -> list[str]:
    """Return the texts of the page, each block by itself, without what people named or measured."""
    found = []
    for element in root.xpath("|".join(f"({MAIN})//{name}" for name in BLOCKS)):
        own = [element.text or "", *(_words(child) for child in element)]
        if not any(child.tag in BLOCKS for child in element.iterdescendants()):
            found.append(" ".join("".join(own).split()))
    return [text for text in found if text]


def _words(child) -> str:
    if child.tag in ("time", "bdi", "small", "select", "option"):
        return f"00 {child.tail or ''}"
    return f"{child.text_content()} {child.tail or ''}"


@pytest.mark.data
@pytest.mark.django_db
@LANGUAGES
def test_every_sentence_of_the_pages_is_easy_to_read(station, language: str):
    furnish(station)
    client = Client()
    hard = {}
    for address in addresses():
        status = 404 if address == NOWHERE else 200
        root = page(client, f"{address}?display=easy", language, status)
        texts = blocks(root)
        assert texts, address
        assert root.xpath("//aside[@class='easy-note']"), f"{address} says who checked the words"
        hard |= {
            f"{address}: {text}": faults
            for text in texts
            if (faults := list(reading_faults(text, language)))
        }
    assert hard == {}


@pytest.mark.data
@pytest.mark.django_db
@LANGUAGES
def test_the_page_of_a_district_begins_with_what_to_do(station, language: str):
    furnish(station)
    root = page(Client(), f"/air/{MAPO}/?display=easy", language)
    assert root.get("lang") == language
    assert root.find(".//h1").text_content() == {
        "ko": "마포구의 공기가 나쁩니다", "en": "The air in Mapo-gu is bad",
    }[language]  # fmt: skip
    first = root.xpath("//main//h2")[0].getparent()
    steps = first.xpath(".//ul[@class='easy-steps']/li")
    assert len(steps) == 3
    assert all(len(step.xpath("svg")) == 1 for step in steps), "a picture beside each idea"
    text = root.xpath("//main")[0].text_content()
    assert {"ko": "아주 작은 먼지(초미세먼지)", "en": "Very small dust (PM2.5)"}[language] in text


@pytest.mark.data
@pytest.mark.django_db
def test_a_measure_is_told_in_the_words_that_the_profile_has_for_it(station):
    furnish(station)
    from madang.access.api import Actor
    from madang.air.api import approve, measures_in_force

    approve(measures_in_force()[0].id, Actor("lee", roles=frozenset({"officer"}), aal=2))
    card = page(Client(), "/air/measures/?display=easy", "ko").xpath("//main//article")[0]
    text = card.text_content()
    assert "짝수 날에는 짝수 차만 다닙니다." in text
    assert "초미세먼지가 많아지기 시작함" in text
    district = page(Client(), f"/air/{MAPO}/?display=easy", "ko")
    assert len(district.xpath("//main//article")) == 1
    hard = [fault for block in blocks(card.getroottree()) for fault in reading_faults(block, "ko")]
    assert hard == []
    names = {"ko": "차량 2부제", "ko-x-easy": "자동차 쉬는 날", "en": "Odd-even traffic"}
    with easy_words():
        assert profile().text(names, "ko") == "자동차 쉬는 날"
        assert profile().text(names, "en") == "Odd-even traffic"
    assert profile().text(names, "ko") == "차량 2부제"
    assert "차량 2부제" not in text


@pytest.mark.django_db
def test_other_languages_keep_the_usual_words_and_say_so():
    root = page(Client(), "/privacy/?display=easy", "vi")
    assert root.xpath("//table"), "the usual page"
    assert not root.xpath("//aside[@class='easy-note']")
    assert "dễ đọc" in root.xpath("//main")[0].text_content()


@pytest.mark.django_db
@LANGUAGES
def test_a_page_without_easy_words_says_so(language: str):
    root = page(Client(), "/design/?display=easy", language)
    assert not root.xpath("//aside[@class='easy-note']")
    assert "alerts" not in easy_pages()
    text = page(Client(), "/alerts/?display=easy", language).xpath("//main")[0].text_content()
    assert {"ko": "쉬운 글은 아직 없습니다", "en": "no easy-read text of this page yet"}[
        language
    ] in text


@pytest.mark.django_db
def test_the_kept_page_of_one_display_is_not_shown_in_another():
    client = Client()
    usual = client.get("/privacy/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert client.get("/privacy/", HTTP_ACCEPT_LANGUAGE="en").content.decode() == usual
    client.cookies["madang_display"] = "easy"
    easy = client.get("/privacy/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "We do not watch you" in easy
    assert "We do not watch you" not in usual
    client.cookies["madang_display"] = "normal"
    assert client.get("/privacy/", HTTP_ACCEPT_LANGUAGE="en").content.decode() == usual


def test_easy_words_are_spoken_only_where_asked_for_and_there():
    with translation.override("en"):
        assert gettext("Moderate") == "Moderate"
        with easy_words():
            assert gettext("Moderate") == "All right"
            assert gettext("Home") == "Home", "what is not written anew is plain"
            with easy_words(False):
                assert gettext("Moderate") == "Moderate"
        assert not are_easy_words_wanted()
    with translation.override("vi"), easy_words():
        assert gettext("Moderate") == "Trung bình"


def test_plural_forms_and_contexts_work_in_easy_words():
    one, many = "%(n)s answer needs a look", "%(n)s answers need a look"
    with translation.override("en"), easy_words():
        assert ngettext(one, many, 1) == "Look at %(n)s answer again"
        assert ngettext(one, many, 2) == "Look at %(n)s answers again"
        assert ngettext("%(n)s thing", "%(n)s things", 2) == "%(n)s things"
        assert pgettext("a context nobody has", "Moderate") == "Moderate"
    with translation.override("ko"), easy_words():
        assert ngettext(one, many, 2) == "답 %(n)s개를 다시 보세요"


def test_nobody_is_told_that_people_have_checked_what_none_has():
    assert easy_state("ko") == easy_state("en") == "machine"
    assert easy_state("vi") == ""
