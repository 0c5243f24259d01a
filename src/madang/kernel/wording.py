"""The city's own words in the house's texts: a locality in Bogotá is not a district.

A catalogue says ``district`` (``distrito``, ``구``) wherever it means the city's main unit. A
profile may state what is said there instead. Phrases are possible, so that articles agree in
gender; the longest fitting phrase counts. Only whole words are changed, and never the names inside
placeholders or tags. A Korean word may carry its particle, which follows the last letter of the new
word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_LEFT_ALONE = r"%\([^)]*\)|\{[^}]*\}|<[^>]*>"
# (after a consonant, after a vowel) of the particles that follow the sound of their word
_BY_SOUND = (("을", "를"), ("은", "는"), ("이", "가"), ("과", "와"), ("으로", "로"))
_ALIKE = ("의", "에", "에는", "에서", "에서는", "별", "마다", "만", "까지", "부터", "입니다")
_PARTICLES = "|".join(sorted([*_ALIKE, *(p for pair in _BY_SOUND for p in pair)], key=len)[::-1])
_FIRST, _LAST, _RIEUL = 0xAC00, 0xD7A3, 8  # Hangul syllables; the final consonant ㄹ


def worded(text: str, words: Mapping[str, str]) -> str:
    """Return the text with the city's words.

    >>> worded("All districts: %(district)s", {"district": "locality", "districts": "localities"})
    'All localities: %(district)s'
    >>> worded("구를 고르세요", {"구": "칸"})
    '칸을 고르세요'
    """
    if not words:
        return text
    return _changed(text, tuple(sorted(words.items())))


@lru_cache(maxsize=4096)
def _changed(text: str, words: tuple[tuple[str, str], ...]) -> str:
    found = dict(words)

    def new(match: re.Match[str]) -> str:
        said = match["word"]
        if said is None:
            return match[0]
        word = found.get(said) or _capital(found[_small(said)])
        return word + _particle(match["particle"] or "", word)

    return _pattern(tuple(found)).sub(new, text)


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    forms = {form for word in words for form in (word, _capital(word))}
    listed = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(
        rf"{_LEFT_ALONE}|(?<!\w)(?P<word>{listed})(?P<particle>(?<=[가-힣])(?:{_PARTICLES}))?(?!\w)"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _particle(particle: str, word: str) -> str:
    last = ord(word[-1])
    if not _FIRST <= last <= _LAST:
        return particle
    final = (last - _FIRST) % 28
    for after_consonant, after_vowel in _BY_SOUND:
        if particle in (after_consonant, after_vowel):
            softens = particle in ("으로", "로") and final == _RIEUL
            return after_consonant if final and not softens else after_vowel
    return particle
