"""What is read of texts and questions: one form, Korean letters, terms of any writing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.search.analysers import KiwiAnalyser, analyser, pieces
from madang.search.engine import keyboard
from madang.search.engine.text import QUERY_LIMIT, folded, question, visible
from madang.search.reading import Reader

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=8)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(analyser())


@given(SYLLABLES)
def test_syllables_taken_apart_and_put_together_are_the_same(text):
    assert keyboard.composed(keyboard.letters(text)) == text


@given(SYLLABLES.filter(bool))
def test_korean_typed_on_the_latin_keyboard_comes_back(text):
    typed = keyboard.keys_of_hangul(text)
    assert typed is not None
    assert keyboard.hangul_of_keys(typed) == text


@pytest.mark.parametrize("word", ["tax", "visa", "bus", "covid19", "ㅋㅋ", ""])
def test_what_is_no_korean_on_the_other_keyboard_stays(word):
    assert keyboard.hangul_of_keys(word) is None


def test_invisible_characters_say_nothing():
    hidden = "주민\u200b등\u2060록\U000e0041"
    assert visible(hidden) == "주민등록"
    assert folded(hidden) == "주민등록"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=3000))
def test_a_question_is_bounded(text):
    assert len(question(text)) <= QUERY_LIMIT


def test_a_hundred_kilobytes_are_cut_before_they_are_read(reader):
    asked = reader.question("전입신고 " * 20_000, "ko")
    assert len(asked.text) <= QUERY_LIMIT
    assert next(t.term for t in asked.words) == "전입"


def test_a_question_without_words_is_empty(reader):
    assert reader.question("🤔🤔 ?!", "ko").empty


def test_words_of_every_writing_are_terms(reader):
    assert "전입신고" in reader.words("전입 신고를 하려면")
    assert "전입신고" in reader.words("전입신고를 하려면")
    assert reader.words("applications") == reader.words("Application")
    assert reader.words("регистрация") == ["регистрация"]
    assert reader.words("户口登记") == ["户口", "口登", "登记"]
    assert reader.words("ใบขับขี่")
    assert "lpg" in reader.words("ＬＰＧ 가스요금")


def test_a_word_said_twice_counts_less_than_two_words(reader):
    once = {t.term: t.weight for t in reader.question("보육료", "ko").words}
    twice = {t.term: t.weight for t in reader.question("보육료 보육료", "ko").words}
    assert 1.0 == once["보육료"] < twice["보육료"] < 2.0


def test_names_given_by_an_expander_count_as_they_are_weighed():
    named = Reader(analyser(), lambda text, language: [("북한이탈주민", 0.5)])
    weights = {t.term: t.weight for t in named.question("탈북자", "ko").words}
    assert weights["탈북자"] == 1.0
    assert weights["북한"] == 0.5


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    Reader(_MECAB).question(text, "ko")


_MECAB = analyser()


def test_kiwi_reads_behind_the_same_port():
    pytest.importorskip("kiwipiepy", reason="the extra 'local-models' is not installed")
    assert "전입신고" in Reader(KiwiAnalyser()).words("전입 신고를 하려면")


@given(st.text(alphabet="가나다 ab\n", max_size=400), st.integers(5, 40))
def test_pieces_are_cut_at_spaces_and_lose_nothing(text, limit):
    found = pieces(text, limit)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert all(len(piece) <= 10 * limit for piece in found)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("đăng ký tạm trú", ["đăng", "ký", "tạm", "trú"]),
        ("여권 déclaration 발급", ["여권", "déclaration", "발급"]),
        ("Oʻzbek tilida", ["oʻzbek", "tilida"]),
        ("l'état", ["l", "état"]),
    ],
)
def test_a_latin_word_with_marks_is_one_word(text: str, terms: list[str]):
    assert Reader(analyser()).words(text) == terms


def test_long_runs_of_letters_beside_marked_ones_cost_no_more():
    begun = time.process_time()
    Reader(analyser()).words("a" * 50_000 + " é " + "b " * 20_000)
    assert time.process_time() - begun < 5.0
