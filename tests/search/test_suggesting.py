"""Suggestions while typing, and the nearest known words."""

from __future__ import annotations

import pytest

from madang.search.engine.keyboard import letters_of_keys
from madang.search.engine.spelling import Spelling
from madang.search.engine.suggestions import Suggestable, Suggestions

TEXTS = [
    Suggestable("주민등록표 등본", "ko", "copy", 5.0),
    Suggestable("전입신고", "ko", "move", 5.0),
    Suggestable("Move-in report", "en", "move", 5.0),
    Suggestable("마포구청", "ko", "office", 4.0),
    Suggestable("Đăng ký khai sinh", "vi", "birth", 5.0),
]


@pytest.fixture(scope="module")
def suggestions() -> Suggestions:
    return Suggestions(TEXTS)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("주민드", "copy"),  # half a syllable
        ("주민ㄷ", "copy"),
        ("주민등록표등", "copy"),  # spaces do not count
        ("ㅈㅁㄷ", "copy"),  # first consonants
        ("ㅁㅍㄱㅊ", "office"),
        ("wnalsemd", "copy"),  # the other keyboard, in the middle of a syllable
        ("WNALSE", "copy"),
        ("등본", "copy"),  # from the second word
        ("move", "move"),
        ("đăng", "birth"),
    ],
)
def test_what_begins_so_is_suggested(suggestions: Suggestions, typed: str, first: str):
    assert suggestions.beginning_with(typed, "ko")[0].thing == first


@pytest.mark.parametrize("typed", ["", "   ", "zzz", "😀", "\u200b", "x" * 100_000])
def test_what_begins_nothing_suggests_nothing(suggestions: Suggestions, typed: str):
    assert suggestions.beginning_with(typed, "ko") == []


def test_one_thing_is_suggested_once_in_the_readers_language(suggestions: Suggestions):
    texts = Suggestions([*TEXTS, Suggestable("전입신고 안내", "ko", "move")])
    assert [one.text for one in texts.beginning_with("전입", "ko")] == ["전입신고"]
    assert len(texts.beginning_with("전", "en", limit=1)) == 1


def test_what_many_ask_comes_before_titles():
    texts = Suggestions([*TEXTS, Suggestable("전입신고 기한", "ko", "?q", 120.0)])
    assert next(one.text for one in texts.beginning_with("전입", "ko")) == "전입신고 기한"


def test_keys_become_letters_or_nothing():
    assert letters_of_keys("wnalsemd") == "ㅈㅜㅁㅣㄴㄷㅡㅇ"
    assert letters_of_keys("a1") is None
    assert letters_of_keys("") is None


SPELLING = Spelling(
    {"주민등록표": 3, "전입신고": 5, "등본": 4, "passport": 4, "report": 2, "세금": 9}
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("주민등럭표", "주민등록표"),
        ("전입싱고", "전입신고"),
        ("전입신거를", "전입신고를"),  # the particle stays
        ("pasport", "passport"),
        ("passprot", "passport"),  # two letters changed places: one fault
        ("재곰", None),  # too short for two faults
        ("안녕하세요", None),
        ("1234567", None),
        ("x" * 3000, None),
    ],
)
def test_the_nearest_known_word(typed: str, meant: str | None):
    assert SPELLING.nearest(typed) == meant


def test_of_two_near_words_the_frequent_one_is_meant():
    near = Spelling({"전입신고": 1, "전입신구": 50})
    assert near.nearest("전입신규") == "전입신구"
