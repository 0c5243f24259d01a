"""Pseudo-languages: every text of the catalogues in accented letters, 40 % longer, in brackets.

``en-xa`` reads left to right, ``ar-xb`` right to left. A text on a page that stands outside the
brackets never went through gettext: it is hard-coded.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.test import override_settings
from django.utils.translation import trans_real
from lxml import html

from madang.web import languages

LONGER = 0.4
_PLAIN, _ACCENTED = "aceinorsuyACEINORSUY", "áçéíñóřšúýÁÇÉÍÑÓŘŠÚÝ"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{\w*\}|<[^>]*>|&\w+;)")  # values, markup
_PADDING = " øńé ţŵø ţĥŕéé ƒøùŕ ƒîṽé šîẋ"
_MARKED = re.compile("\ufdd0[^\ufdd1]*\ufdd1(.*?)\ufdd2")
_IN_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
_CUT_BRACKETS = re.compile(r"⟦.*$|^.*⟧", re.DOTALL)  # where an element stands inside a text
# words that are the same in every language: symbols, standards, names, machine words
_SAME_EVERYWHERE = re.compile(
    r"PM\d|PM2\.5|[µu]g/m|mg/m|\b(?:pp[mb]|O3|NO2|SO2|CO|UTC|CSV|JSON|ms|MB|kB|madang)\b"
    r"|\b\w*\.(?:csv|json|xml)\b|^\w+ · [\w.-]+ ·|\S*/\S*|\S*@\S*|\b[a-z]+[._-][a-z._-]+\b"
)
# a time is CLDR's and the city's, a command is the machine's
_NOT_READ = ("script", "style", "pre", "code", "time")
_WORD = re.compile(r"[^\W\d_]{3,}")


def pseudo(text: str) -> str:
    """Return a text as the pseudo-language has it.

    >>> pseudo("Air in %(name)s")
    '⟦Áíř íñ %(name)s øńé⟧'
    """
    parts = _KEPT.split(text)
    shown = "".join(part if n % 2 else part.translate(_ACCENTS) for n, part in enumerate(parts))
    wanted = round(LONGER * sum(len(part) for part in parts[::2]))
    padding = (_PADDING * (wanted // len(_PADDING) + 1))[: max(wanted, 4)].rstrip()
    return f"⟦{shown}{padding}⟧"


class PseudoTranslation(gettext.NullTranslations):
    """A language that has every text."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def to_language(self) -> str:
        return self._language


@contextmanager
def pseudo_languages() -> Iterator[None]:
    """Offer both pseudo-languages inside the block."""
    from django.conf import settings

    offered = [*settings.LANGUAGES, ("en-xa", "⟦Þšéúðø⟧"), ("ar-xb", "⟦ðšéúþ⟧")]
    right_to_left = [*settings.LANGUAGES_BIDI, "ar-xb"]
    with override_settings(LANGUAGES=offered, LANGUAGES_BIDI=right_to_left):
        # a changed setting has emptied what Django has made, and empties it again afterwards
        made = trans_real._translations
        made.update({tag: PseudoTranslation(tag) for tag in ("en-xa", "ar-xb")})
        languages.offered.cache_clear()
        with mock.patch.object(languages, "labelled", _bracketed):
            yield
    languages.offered.cache_clear()


def _bracketed(page: str, language: str) -> str:
    """Return a page with what is marked as of another language (names) in brackets, too."""
    return _MARKED.sub(r"⟦\1⟧", page)


def hard_coded(page: bytes, data: frozenset[str] = frozenset()) -> list[str]:
    """Return the texts of a page that went through no catalogue, carry no language, are no data."""
    root = html.fromstring(page.decode())
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in _NOT_READ:
            continue
        own = not element.xpath("ancestor-or-self::*[@lang][not(self::html)]")
        outer = not element.xpath("ancestor::*[@lang][not(self::html)]")
        texts = [element.text or ""] if own else []
        texts += (
            [element.get(n) or "" for n in ("aria-label", "title", "alt", "placeholder")]
            if own
            else []
        )
        texts += [element.tail or ""] if outer else []
        found += [text.strip() for text in texts if _is_hard_coded(text)]
    return [text for text in found if text not in data]


def _is_hard_coded(text: str) -> bool:
    while _IN_BRACKETS.search(text):
        text = _IN_BRACKETS.sub(" ", text)
    text = _CUT_BRACKETS.sub(" ", text)
    return bool(_WORD.search(_SAME_EVERYWHERE.sub(" ", text)))
