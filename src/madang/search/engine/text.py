"""What is done to any text before it is read: one form, nothing invisible, bounded."""

from __future__ import annotations

import re
import unicodedata

from madang.search.engine.keyboard import composed

QUERY_LIMIT = 1000
"""Characters of a question that are read; what a person asks is shorter, an attack is not."""

_SPACES = re.compile(r"\s+")
# Control but tab and line ends, format (zero width, direction, tags), surrogates, private use.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_JAMO = re.compile(r"[\u3131-\u3163]{2,}")


def visible(text: str) -> str:
    """Return a text without what no reader sees; line ends and tabs stay."""
    return _HIDDEN.sub("", text)


def folded(text: str) -> str:
    """Return the form in which texts are compared: compatible, composed, lower case, one space.

    Loose Korean letters are put together to syllables first, since Unicode's own composition
    never makes a final consonant of a compatibility letter.

    References
    ----------
    .. [1] Unicode Standard Annex 15, "Unicode normalization forms" (NFKC).

    Examples
    --------
    >>> folded("  ㅈㅜㅁㅣㄴ등록  ＡＢＣ\u200b ")
    '주민등록 abc'
    """
    text = _JAMO.sub(lambda run: composed(run[0]), visible(text))
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def question(text: str) -> str:
    """Return what is read of a question: its first `QUERY_LIMIT` characters, folded.

    Examples
    --------
    >>> len(question("등본" * 40_000))
    1000
    """
    # Folding can lengthen a character, so the limit holds before and after.
    return folded(text[: 4 * QUERY_LIMIT])[:QUERY_LIMIT].strip()
