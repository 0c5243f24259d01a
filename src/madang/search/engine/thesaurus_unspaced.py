"""Terms found in texts whose words do not stand apart, such as Korean, Chinese, Thai, Burmese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from madang.search.engine.thesaurus_words import Candidate

INSIDE_A_WORD = 0.9  # a long Korean term behind other syllables
ENDS_A_WORD = 0.6  # a short one at the end of a compound, as 비자 in 관광비자

_DROPPED = " \u00a0\u200b\u200c\u200d\u2060\ufeff"
_THAI_LEADING, _THAI_FOLLOWING = "เแโใไ", "ะาำๅ"
_HANGUL = re.compile("[가-힣]")
_KATAKANA = re.compile("[ァ-ヺー]")
_HAN = re.compile("[一-鿿㐀-䶿々]")
# What may stand behind a Korean noun: its price (병원비), particles (조사); verbs made of it
# (하다, 되다, 받다), and what people ask without a space (등본떼는법, 여권어디서).
_PARTICLES = re.compile(
    r"(?:들|비|료|값)?(?:은|는|이|가|을|를|의|에|에서|에게|에게서|께|한테|로|으로|와|과|랑|이랑|도|만|나|이나|부터|까지|"
    r"보다|처럼|마다|라도|이라도|로는|으로는|에는|에도|에서는|만의|란|이란|이라|라고|이라고|인가|인지|인데|이면|"
    r"면|이며|입니다|이에요|예요|이야|좀|별|용|때|시)?(?:요)?"
)
_VERBS = re.compile(
    r"하|한|할|해|했|함|합|되|된|될|됐|됨|됩|돼|받|못|안|떼|뽑|버리|내는|내기|찾|없|있|알아|어디|언제|얼마|어떻|왜|뭐|무엇|필요|방법"
)


class _Fold(dict[int, int]):
    """Each sign as it is compared: one for one, so that places stay."""

    def __missing__(self, code: int) -> int:
        sign = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = ord(sign) if len(sign) == 1 else code
        return self[code]


_FOLD = _Fold()


class _Text(NamedTuple):
    """A text without spaces: its signs, the place of each, and where a word begins."""

    signs: str
    places: list[int]
    begins: list[bool]


def _without_spaces(text: str) -> _Text:
    places, begins, begin = [], [], True
    for place, sign in enumerate(text):
        if sign in _DROPPED:
            begin = True
        else:
            places.append(place)
            begins.append(begin)
            begin = False
    plain = text.translate(_FOLD)
    return _Text("".join(plain[place] for place in places), places, begins)


class UnspacedMatcher:
    """The terms of one language, by their signs; spaces in term and text do not count."""

    def __init__(self, language: str, terms: Iterable[tuple[int, str]]) -> None:
        self._is_korean = language == "ko"
        self._terms: dict[str, list[int]] = {}
        lengths: dict[str, set[int]] = {}
        for concept, term in terms:
            signs = _without_spaces(term).signs
            concepts = self._terms.setdefault(signs, [])
            if concept not in concepts:
                concepts.append(concept)
            lengths.setdefault(signs[:2], set()).add(len(signs))
        self._lengths = {
            head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()
        }

    def candidates(self, text: str) -> Iterator[Candidate]:
        """Yield the longest terms of a text from left to right; none lies in another."""
        found = _without_spaces(text)
        at = last = 0
        while at < len(found.signs):
            length, weight = self._longest(found, at, last)
            if length:
                start, end = found.places[at], found.places[at + length - 1] + 1
                for concept in self._terms[found.signs[at : at + length]]:
                    yield Candidate(start, end, concept, weight)
                last = at + length
            at += length or 1

    def _longest(self, text: _Text, at: int, last: int) -> tuple[int, float]:
        """Return length and weight of the longest term that may stand at a place; 0 for none."""
        signs = text.signs
        for head in (signs[at : at + 2], signs[at]):
            for length in self._lengths.get(head, ()):
                end = at + length
                if end > len(signs) or signs[at:end] not in self._terms:
                    continue
                weight = self._weight(text, at, end, last)
                if weight:
                    return length, weight
        return 0, 0.0

    def _weight(self, text: _Text, at: int, end: int, last: int) -> float:
        if not _stands_alone(text, at, end):
            return 0.0
        return self._korean_weight(text, at, end, last) if self._is_korean else 1.0

    def _korean_weight(self, text: _Text, at: int, end: int, last: int) -> float:
        """Return how surely a Korean term stands in an eojeol; 0 where other words make it up.

        이사 stands in 이사를, not in 이사회; 비자 in 관광비자, not in 소비자.
        """
        if not _HANGUL.match(text.signs[at]):
            return 1.0
        head = _before(text, at, last)
        if not head and (end - at >= 3 or self._may_end(text, end, end - at)):
            return 1.0
        if any(text.begins[at + 1 : end]):
            return 0.0
        if end - at >= 3:
            return INSIDE_A_WORD
        is_ended = _PARTICLES.fullmatch(_rest(text, end)) is not None
        return ENDS_A_WORD if end - at == 2 and head >= 2 and is_ended else 0.0

    def _may_end(self, text: _Text, end: int, length: int) -> bool:
        rest = _rest(text, end)
        if _PARTICLES.fullmatch(rest):
            return True
        if length < 2:
            return False
        return _VERBS.match(rest) is not None or any(
            text.signs[end : end + n] in self._terms for n in self._lengths.get(rest[:2], ())
        )


def _before(text: _Text, at: int, last: int) -> int:
    """Return how many syllables of the same eojeol stand before, behind the last term found."""
    count = 0
    while (
        count < 3
        and at - count > last
        and not text.begins[at - count]
        and _HANGUL.match(text.signs[at - count - 1])
    ):
        count += 1
    return count


def _rest(text: _Text, end: int) -> str:
    """Return the syllables of the eojeol behind a place, at most eight."""
    stop = end
    while (
        stop < len(text.signs)
        and stop - end < 8
        and not text.begins[stop]
        and _HANGUL.match(text.signs[stop])
    ):
        stop += 1
    return text.signs[end:stop]


def _stands_alone(text: _Text, at: int, end: int) -> bool:
    """Return whether no syllable, Latin word or Katakana word is cut at the ends of a term."""
    signs = text.signs
    before = signs[at - 1] if at and not text.begins[at] else " "
    behind = signs[end] if end < len(signs) and not text.begins[end] else " "
    if end - at == 1 and _HAN.match(signs[at]):  # 家 is a house, 家族 a family
        return not (_HAN.match(before) or _HAN.match(behind))
    return not (
        _belong_together(before, signs[at])
        or _belong_together(signs[end - 1], behind)
        or _is_final(signs[end : end + 2])
    )


def _belong_together(left: str, right: str) -> bool:
    if left.isascii() and right.isascii():
        return left.isalnum() and right.isalnum()
    return (
        left in _THAI_LEADING
        or right in _THAI_FOLLOWING
        or unicodedata.category(right) in ("Mn", "Mc")
        or (_KATAKANA.match(left) is not None and _KATAKANA.match(right) is not None)
    )


def _is_final(following: str) -> bool:
    """Return whether the sign behind a term closes its last syllable (Burmese asat or stacking)."""
    return len(following) == 2 and following[1] in "\u1039\u103a"
