"""From any text to its terms: Korean by morphemes, alphabets by words, the rest by characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from madang.search.engine.morphemes import Morpheme, terms
from madang.search.engine.ngrams import pairs

# Runs of one kind of writing. Korean texts are full of Latin words and digits, which an analyser
# of Korean reads as well; what it cannot read is cut out of its way. A Latin word with one letter
# beyond ASCII is cut out whole (ký, déclaration, oʻzbek): only texts with such letters pay for it.
_SPACELESS = (
    r"(?P<spaceless>[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    r"\uf900-\ufaff]+)"
)
_LETTERS = r"[\u00c0-\u0dff\u10a0-\u10ff\u1200-\u137f\u1e00-\u1fff]"
_PLAIN = r"[\x00-\x7f\uac00-\ud7a3\u3131-\u318e\u2000-\u206f\u3000-\u303f]"
_ALPHABET = rf"(?P<alphabet>[a-z0-9'’]{{0,40}}{_LETTERS}[\w'’]*)"
_RUN = re.compile(rf"{_SPACELESS}|(?P<korean>{_PLAIN}+)")
_MIXED_RUN = re.compile(
    rf"{_SPACELESS}|{_ALPHABET}|(?P<korean>(?:(?![a-z0-9'’]{{1,40}}{_LETTERS}){_PLAIN})+)"
)
_BEYOND = re.compile(_LETTERS)
_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_WORD = re.compile(r"\w+")

_ENGLISH_FUNCTION_WORDS = """
    a an and any are as at be by can could do does for from get have how i if in is it me my of on
    or our please should some that the their there this to us want was we what when where which
    who will with would you your
"""
ENGLISH_FUNCTION_WORDS = frozenset(_ENGLISH_FUNCTION_WORDS.split())


def word_terms(
    text: str,
    korean: Callable[[str], Iterable[Morpheme]],
    stem: Callable[[str], str],
    *,
    compounds: bool = True,
) -> list[str]:
    """Return the terms of a folded text in their order.

    Parameters
    ----------
    text : folded.
    korean : takes Korean apart.
    stem : the stem of a Latin word.
    compounds : see `morphemes.terms`.
    """
    found: list[str] = []
    for run in (_MIXED_RUN if _BEYOND.search(text) else _RUN).finditer(text):
        piece = run[0]
        if run.lastgroup == "spaceless":
            found += pairs(piece)
        elif run.lastgroup == "alphabet":
            found += _WORD.findall(piece)
        elif _KOREAN.search(piece):
            found += terms(korean(piece), compounds=compounds)
        else:
            found += _WORD.findall(piece)
    return [_stemmed(each, stem) for each in found if each not in ENGLISH_FUNCTION_WORDS]


def _stemmed(term: str, stem: Callable[[str], str]) -> str:
    return stem(term) if term.isascii() and term.isalpha() and len(term) > 3 else term
