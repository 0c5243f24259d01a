"""Whether a text can be read by people who read with difficulty: short sentences, everyday words.

The limits are ours, after "Information for all: European standards for making information easy to
read and understand" (Inclusion Europe, 2009: one idea per sentence, no difficult words, no
abbreviations) and, for Korean, after the plain-language duty of the Framework Act on the Korean
Language (국어기본법 제14조). They are checked by counting; whether a text is understood, only
people can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS = 12  # in a sentence of a language that writes words apart
SYLLABLES = 30  # in a Korean sentence
COMMAS = 1
LETTERS = 13  # in a word
_PLACE = re.compile(r"%\(\w+\)[sd]|\{\{?\s*\w+\s*\}?\}")
_SENTENCES = re.compile(r"(?<=[.!?:])\s+|\s·\s|\n")
_WORD = re.compile(r"[^\W_][\w'’%.]*")
_HANGUL = re.compile(r"[가-힣]")
_SHORTENED = re.compile(r"(?<![A-Za-z])[A-Z]{2,}\d*(?:\.\d+)?(?![A-Za-z])")
_EXPLAINED = re.compile(r"\([^()]*\)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words of offices and of science that a shorter or more usual word can replace.
HARD = {
    "en": _words(
        "administrator approximately authority browser concentration consent cookie cookies "
        "declared encrypted index indicator instance interval instruction lifted measure measures "
        "microgram micrograms notification obtain origin particulate pollutant pollutants "
        "prohibited provisional recipient regarding sensitive subscriber suspect unavailable "
        "utilise"
    ),
    "ko": _words(
        "감사기록 갱신 관측 권한 농도 단말 대기질 대기오염 마이크로그램 발령 브라우저 삭제 "
        "실내 실외 암호화 열람 유의 유효 응답 이용자 인증 자제 잠정 저감 "
        "정정 조치 준수 중단 지연 지표 질환 집계 추적 취약 쿠키 해제 "
        "해지 호흡기"
    ),
}


def reading_faults(text: str, language: str) -> Iterator[str]:
    """Yield what makes a text hard to read; nothing for an easy one.

    Values that are filled in (``%(name)s``) count as one word of three syllables; what stands in
    brackets explains and is not counted.

    >>> list(reading_faults("Stay inside. Close the windows.", "en"))
    []
    >>> list(reading_faults("Heed the PM10 index.", "en"))
    ["'PM10' is not explained", "'index' is a hard word"]
    """
    plain = _EXPLAINED.sub("", _PLACE.sub("이름값", text) if language == "ko" else text)
    plain = _PLACE.sub("name", plain)
    for sentence in _SENTENCES.split(plain):
        yield from _sentence_faults(sentence.strip(), language)
    yield from (f"{found!r} is not explained" for found in _SHORTENED.findall(plain))
    yield from (f"{word!r} is a hard word" for word in _hard_words(plain, language))


def _sentence_faults(sentence: str, language: str) -> Iterator[str]:
    words = _WORD.findall(sentence)
    syllables = len(_HANGUL.findall(sentence))
    if language == "ko" and syllables > SYLLABLES:
        yield f"{sentence!r} has {syllables} syllables, at most {SYLLABLES}"
    if language != "ko" and len(words) > WORDS:
        yield f"{sentence!r} has {len(words)} words, at most {WORDS}"
    if sentence.count(",") > COMMAS or ";" in sentence:
        yield f"{sentence!r} says more than one thing"
    for word in words:
        if len(word) > LETTERS:
            yield f"{word!r} is long"


def _hard_words(text: str, language: str) -> Iterator[str]:
    hard = HARD.get(language, frozenset())
    if language == "ko":  # endings are joined to Korean words
        yield from sorted(word for word in hard if word in text)
    else:
        words = (word.rstrip(".") for word in _WORD.findall(text.lower()))
        yield from (word for word in words if word in hard)
