"""From analysed Korean to the terms that are indexed: stems, nouns, and nouns that stand together.

An analyser (MeCab, Kiwi) only has to give `Morpheme`s with the tags of the Sejong corpus; what
becomes a term is decided here, once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A piece of a word: its form, its Sejong tag, and whether it touches the one before it."""

    form: str
    tag: str
    touches: bool = True


NOUNS = frozenset({"NNG", "NNP", "NR", "XR", "SL", "SH", "SN", "XPN", "NNBC", "UNKNOWN", "NF"})
_STEMS = frozenset({"VV", "VA", "MAG"})
_SUFFIX = "XSN"
_PLURAL = frozenset({"들"})

# Words that hold a sentence together, or that a question has because it is one. A word that names
# something people ask for (fee, period, document) is not among them.
_FUNCTION_WORDS = """
    것 수 때 등 및 바 데 점 중 위 내 이 그 저 나 제 우리
    저희 하 되 있 없 않 못하 아니 같 보 주 받 알 싶 위하 대하 통하
    따르 관하 인하 의하 가지 경우 관련 해당 어떻 어떤 무엇 뭐 어디 언제 누구 얼마나 어떻게
    알리 가르치 궁금 궁금하 말 지 좀 더 또 또는 그리고 만약 혹시 가능 있나요 알려줘 부탁
    드리 여쭙 문의
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


def terms(morphemes: Iterable[Morpheme], *, compounds: bool = True) -> list[str]:
    """Return the terms of a text in their order.

    Nouns that stand next to each other also give their compound, since Korean writes one notion
    with and without a space (주민 등록, 주민등록). A noun's suffix (비, 료, 증) stays glued to its
    noun beside the noun alone.

    Parameters
    ----------
    morphemes : what an analyser found, in the order of the text, folded.
    compounds : False for texts of single words, where they add nothing.

    Examples
    --------
    >>> terms([Morpheme("주민", "NNG", False), Morpheme("등록", "NNG"), Morpheme("을", "JKO"),
    ...        Morpheme("하", "XSV"), Morpheme("옮기", "VV", False)])
    ['주민', '등록', '주민등록', '옮기']
    """
    found: list[str] = []
    before = ""  # the noun that a next one would join
    for piece in morphemes:
        form, tag = piece.form, piece.tag
        if tag in NOUNS:
            if form not in FUNCTION_WORDS:
                found.append(form)
            if compounds and before:
                found.append(before + form)
            before = form
        elif tag == _SUFFIX and before:
            if form not in _PLURAL:
                found.append(before + form)
                before += form
        else:
            before = ""
            if tag in _STEMS and form not in FUNCTION_WORDS:
                found.append(form)
    return found
