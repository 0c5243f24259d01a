"""Languages: which of those offered a reader wants. Pure; tags are BCP 47 in lower case.

What a browser asks for is looked up as RFC 4647, section 3.4, says, with two additions of CLDR:
old tags are read as new ones (``tl`` is ``fil``), and a tag without a script is given its likely
one (``zh-TW`` is ``zh-hant``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from babel.core import get_global

# Directions of scripts: Unicode Standard, Bidi_Class of their letters.
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})


@lru_cache(maxsize=2048)
def negotiated(header: str, offered: tuple[str, ...], default: str) -> str:
    """Return the offered language that an Accept-Language header wants most, else `default`.

    >>> negotiated("tl, en;q=0.5", ("ko", "en", "fil"), "ko")
    'fil'
    >>> negotiated("zh-TW,zh;q=0.9", ("ko", "zh-hans", "zh-hant"), "ko")
    'zh-hant'
    """
    from django.utils.translation.trans_real import parse_accept_lang_header

    for tag, _quality in parse_accept_lang_header(header):
        found = offered_for(tag, offered)
        if found is not None:
            return found
    return default


def offered_for(tag: str, offered: Sequence[str]) -> str | None:
    """Return the offered language that a tag asks for, None where none fits.

    >>> offered_for("pt-BR", ("ko", "en")) is None
    True
    """
    return next((item for item in _readings(tag.lower()) if item in offered), None)


def direction(tag: str) -> str:
    """Return ``rtl`` or ``ltr``, by the script that a language is written in.

    >>> direction("ur"), direction("uz"), direction("mn-mong")
    ('rtl', 'ltr', 'ltr')
    """
    return "rtl" if script(tag) in _RIGHT_TO_LEFT else "ltr"


def script(tag: str) -> str:
    """Return the ISO 15924 code of the script of a tag, stated or likely; empty where unknown.

    >>> script("zh-tw"), script("am")
    ('Hant', 'Ethi')
    """
    parts = tag.split("-")
    stated = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    return stated.capitalize() or _likely_script(parts[0].lower(), parts[1:])


def _readings(tag: str) -> Iterator[str]:
    first, *rest = tag.split("-")
    first = get_global("language_aliases").get(first, first).lower()
    parts = [first, *rest]
    yield "-".join(parts)
    likely = _likely_script(first, rest)
    if likely:
        yield f"{first}-{likely.lower()}"
    for length in range(len(parts) - 1, 0, -1):
        yield "-".join(parts[:length])


def _likely_script(language: str, rest: Sequence[str]) -> str:
    likely = get_global("likely_subtags")
    region = next((part.upper() for part in rest if len(part) == 2), "")
    full = likely.get(f"{language}_{region}") or likely.get(language) or ""
    return next((part for part in full.split("_")[1:] if len(part) == 4), "")
