"""Concepts found in texts, and put into other words."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.search.engine.thesaurus import RELATED, Concept, Match, Thesaurus
from madang.search.engine.thesaurus_folding import accented, folded, stem
from madang.search.thesaurus_files import load_thesaurus, subject_files, thesaurus

HOUSE = load_thesaurus(subject_files())


def small(*concepts: Concept) -> Thesaurus:
    return Thesaurus(concepts)


def concept(name: str, **terms: str) -> Concept:
    return Concept(
        name, {tag.replace("_", "-"): (*text.split(","),) for tag, text in terms.items()}
    )


def ids(text: str, language: str | None = None, of: Thesaurus = HOUSE) -> list[str]:
    return [match.concept for match in of.concepts_in(text, language)]


def test_every_term_of_the_house_is_found_as_it_is_written():
    for item in HOUSE.concepts.values():
        for language, terms in item.terms.items():
            for term in terms:
                matches = HOUSE.concepts_in(term, language)
                assert item.id in [m.concept for m in matches], (item.id, language, term, matches)
                assert matches[0].start == 0
                assert matches[0].end == len(term)


def test_every_preferred_term_leads_to_the_official_korean_one():
    for item in HOUSE.concepts.values():
        for language, terms in item.terms.items():
            if language != "ko" and "ko" in item.terms:
                said = [term.text for term in HOUSE.expand(terms[0], language, "ko")]
                assert item.terms["ko"][0] in said, (item.id, language)


def test_the_longest_term_wins():
    words = small(concept("birth", en="birth"), concept("paper", en="birth certificate"))
    assert words.concepts_in("a birth certificate, a birth") == [
        Match("paper", 2, 19, 1.0),
        Match("birth", 23, 28, 1.0),
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "marriage certificates", "marriage-certificate"),
        ("en", "Community Center", "community-centre"),
        ("ru", "без свидетельства о браке", "marriage-certificate"),
        ("ru", "с заявлением о чём", None),
        ("uz", "nikoh guvohnomasini olish", "marriage-certificate"),
        ("uz", "никоҳ гувоҳномаси", "marriage-certificate"),
        ("mn", "гэрлэлтийн гэрчилгээний хуулбар", "marriage-certificate"),
        ("ne", "विवाह दर्ताको लागि", "marriage-registration"),
        ("bn", "বিবাহ নিবন্ধনের", "marriage-registration"),
        ("si", "විවාහ සහතිකයක්", "marriage-certificate"),
        ("de", "Eheschließungsantrag", "marriage-registration"),
        ("de", "Heiratsurkunden", "marriage-certificate"),
        ("fr", "certificats de mariage", "marriage-certificate"),
        ("fr", "l'adoption", "adoption"),
        ("es", "ACTAS DE MATRIMONIO", "marriage-certificate"),
        ("ar", "والطلاق", "divorce"),
        ("ar", "الطَّلَاق", "divorce"),
        ("id", "akta nikahnya", "marriage-certificate"),
        ("vi", "dang ky ket hon", "marriage-registration"),
        ("th", "อยากจดทะเบียนสมรสวันนี้", "marriage-registration"),
        ("zh-Hans", "我想结婚登记", "marriage-registration"),
        ("zh-Hans", "我想結婚登記", "marriage-registration"),  # in the other spelling
        ("ja", "きょう転入届を出す", "move-in-report"),
        ("km", "ខ្ញុំចង់លែងលះ", "divorce"),
        ("my", "ကွာရှင်းခြင်းအတွက်", "divorce"),
        ("ko", "등본떼는법", "resident-register-copy"),
        ("ko", "가족관계 증명서를", "family-relations-certificate"),
        ("ko", "온라인전입신고", "move-in-report"),
    ],
)
def test_words_are_found_as_people_bend_and_join_them(language, text, expected):
    found = ids(text, language)
    assert expected in found if expected else "marriage-certificate" not in found
    if expected:
        assert expected in ids(text)  # and without knowing the language


@pytest.mark.parametrize("text", ["이사회 회의록", "상담이사람", "시장조사관"])
def test_a_short_korean_word_is_not_found_inside_another(text):
    words = small(concept("moving", ko="이사"), concept("market", ko="시장"))
    assert ids(text, "ko", words) == []


def test_a_short_korean_word_ends_a_compound_but_not_any_word():
    words = small(concept("visa", ko="비자"))
    assert words.concepts_in("관광비자를", "ko") == [Match("visa", 2, 4, 0.6)]
    assert words.concepts_in("소비자를", "ko") == []


def test_korean_words_beside_each_other_are_each_found():
    words = small(concept("passport", ko="여권"), concept("issue", ko="발급"))
    assert ids("여권발급", "ko", words) == ["passport", "issue"]


def test_vietnamese_tones_part_words_only_where_they_are_typed():
    words = small(concept("tax", vi="thuế"), concept("rent", vi="thuê"))
    assert ids("thuế", "vi", words) == ["tax"]
    assert ids("thuê", "vi", words) == ["rent"]
    assert words.concepts_in("thue", "vi") == [Match("tax", 0, 4, 0.4), Match("rent", 0, 4, 0.4)]
    assert accented("hòa") == accented("hoà")


@pytest.mark.parametrize(
    ("language", "term", "text"),
    [
        ("th", "ด", "เด็ก"),
        ("km", "ក", "កា"),
        ("my", "ရ", "ရန်"),
        ("my", "က", "ကား"),
        ("ja", "バス", "バスケット"),
        ("ja", "家", "家族"),
        ("ja", "川", "神奈川"),
        ("th", "ATM", "ATMS"),
    ],
)
def test_no_syllable_or_foreign_word_is_cut(language, term, text):
    words = small(concept("one", **{language: term}))
    assert ids(text, language, words) == []
    assert ids(f"{term} {text}", language, words) == ["one"]


def test_an_ambiguous_term_shares_its_weight():
    words = small(concept("a", en="ward"), concept("b", en="ward"))
    assert words.concepts_in("ward", "en") == [Match("a", 0, 4, 0.5), Match("b", 0, 4, 0.5)]


def test_related_words_count_little():
    words = small(
        Concept("old-age", {"ko": ("노령연금",)}, related=("basic",)),
        concept("basic", ko="기초연금,기초노령연금"),
    )
    said = words.expand("노령연금 신청", "ko", "ko")
    assert [(term.text, term.weight) for term in said] == [("기초연금", RELATED)]


def test_the_house_and_the_city_speak_as_one():
    assert thesaurus() is thesaurus()
    assert thesaurus().concepts.keys() > HOUSE.concepts.keys()
    assert "북한이탈주민" in [term.text for term in thesaurus().expand("탈북자", "ko", "ko")]


def test_a_text_without_known_words_has_no_concepts():
    assert HOUSE.concepts_in("") == []
    assert HOUSE.concepts_in("😀 ☂ ... 12345") == []
    assert HOUSE.expand("qwrtz", "de", "ko") == []
    assert HOUSE.concepts_in("마당", "xx") == []


def test_folding_sets_aside_what_people_leave_out():
    assert folded("Oʻzbekiston", "uz") == folded("O'zbekiston", "uz") == "ozbekiston"
    assert folded("Ämter", "de") == folded("Aemter", "de") == folded("AMTER", "de")
    assert folded("қўшимча", "uz") == folded("qoʻshimcha", "uz")
    assert folded("إقامة", "ar") == folded("اقامه", "ar")
    assert folded("өргөдөл", "mn") == folded("оргодол", "mn")
    assert stem("centers", "en") == stem("centre", "en")


ANY = st.text(max_size=60) | st.lists(
    st.sampled_from([t for c in HOUSE.concepts.values() for ts in c.terms.values() for t in ts])
    | st.text(max_size=3),
    max_size=5,
).map("".join)


@given(ANY, st.none() | st.sampled_from(HOUSE.languages))
def test_matches_lie_in_the_text_in_order_with_a_weight(text, language):
    length = len(unicodedata.normalize("NFC", text))
    matches = HOUSE.concepts_in(text, language)
    assert [m.start for m in matches] == sorted(m.start for m in matches)
    for match in matches:
        assert 0 <= match.start < match.end <= length
        assert 0 < match.weight <= 1
        assert match.concept in HOUSE.concepts
    if language is not None:
        spans = sorted({(m.start, m.end) for m in matches})
        if language not in ("zh-Hans", "zh-Hant"):
            assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(ANY, st.sampled_from(HOUSE.languages))
def test_the_same_text_decomposed_has_the_same_concepts(text, language):
    apart = unicodedata.normalize("NFD", text)
    assert HOUSE.concepts_in(apart, language) == HOUSE.concepts_in(text, language)


@given(ANY, st.sampled_from(HOUSE.languages))
def test_terms_are_of_the_language_asked_for_once_each_and_in_order(text, into):
    said = HOUSE.expand(text, None, into)
    assert [t.weight for t in said] == sorted((t.weight for t in said), reverse=True)
    assert len({t.text for t in said}) == len(said)
    every = {t for c in HOUSE.concepts.values() for t in c.terms.get(into, ())}
    assert {t.text for t in said} <= every


@pytest.mark.parametrize(
    "unit",
    ["가", "전입신고 ", "register a marriage ", "ก", "a", "가족 관계", "đ ", "ෙ", "결혼이민자"],
)
def test_the_time_grows_with_the_text_no_faster(unit):
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        times = []
        for _ in range(2):
            start = time.process_time()
            HOUSE.concepts_in(text)
            times.append(time.process_time() - start)
        return min(times)

    HOUSE.concepts_in(unit)
    small_one, large_one = seconds(5_000), seconds(50_000)
    assert large_one < 25 * small_one + 0.2
