"""What makes a text hard to read, by counting: long sentences, hard words, abbreviations."""

from __future__ import annotations

import pytest

from madang.kernel.readability import reading_faults


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Stay inside. Close the windows.", "en"),
        ("Very small dust (PM2.5)", "en"),
        ("You asked for %(n)s alerts. You can have %(most)s.", "en"),
        ("This rule holds in %(place)s until about %(time)s", "en"),
        ("밖에는 잠깐만 있으세요. 아픈 사람은 집 안에 있으세요.", "ko"),
        ("아주 작은 먼지(초미세먼지, PM2.5)가 많습니다.", "ko"),
        ("", "ko"),
    ],
)
def test_short_sentences_of_everyday_words_are_easy(text: str, language: str):
    assert list(reading_faults(text, language)) == []


@pytest.mark.parametrize(
    ("text", "language", "fault"),
    [
        ("one two three four five six seven eight nine ten eleven twelve more", "en", "13 words"),
        ("Put on a mask, go home, close the windows.", "en", "more than one thing"),
        ("Close the windows; stay inside.", "en", "more than one thing"),
        ("Heed the PM10 values.", "en", "'PM10' is not explained"),
        ("The concentration is high.", "en", "'concentration' is a hard word"),
        ("Acknowledgements are read.", "en", "'Acknowledgements' is long"),
        ("가나다라마바사아자차 " * 3 + "카", "ko", "31 syllables"),
        ("대기질이 나쁩니다.", "ko", "'대기질' is a hard word"),
        ("CAI가 높습니다.", "ko", "'CAI' is not explained"),
    ],
)  # fmt: skip
def test_what_is_hard_is_named(text: str, language: str, fault: str):
    assert any(fault in found for found in reading_faults(text, language))


def test_each_sentence_is_counted_by_itself():
    twelve = "one two three four five six seven eight nine ten eleven twelve"
    assert list(reading_faults(f"{twelve}. {twelve}? {twelve}", "en")) == []
    assert len(list(reading_faults(f"{twelve} {twelve}. {twelve}", "en"))) == 1


def test_a_language_without_a_list_of_words_is_counted_all_the_same():
    long = " ".join(["mot"] * 13)
    assert list(reading_faults(long, "fr")) == [f"{long!r} has 13 words, at most 12"]
