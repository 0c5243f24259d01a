"""Parts of a page in another language than the page's carry their own ``lang`` and ``dir``.

A text that comes from a fallback language is marked where it is looked up, with characters that
Unicode keeps for such inside use (noncharacters, The Unicode Standard, section 23.7). Before the
page leaves, `labelled` turns the marks into ``<span lang dir>``; where no element can stand (in an
attribute, a title, a drawing) they are taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from unicodedata import name

from madang.kernel.languages import direction, script

_OPEN, _NAMED, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
_MARK = re.compile(f"{_OPEN}([A-Za-z0-9-]*){_NAMED}|{_CLOSE}")
# as JSON in ASCII and addresses have them
_ESCAPED = re.compile(
    r"\\ufdd0[A-Za-z0-9-]*\\ufdd1|\\ufdd2|%EF%B7%90[A-Za-z0-9-]*%EF%B7%91|%EF%B7%92",
    re.IGNORECASE,
)
_TAG = re.compile(r"(<!--.*?-->|</?[A-Za-z](?:[^>\"']|\"[^\"]*\"|'[^']*')*>)", re.DOTALL)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
# elements that hold text only, or drawings: a <span> cannot stand in them
_TEXT_ONLY = frozenset({"title", "script", "style", "textarea", "option", "svg", "math"})

# the first word of the names of its letters (Unicode Character Database), by script
_SIGNS = {
    "Kore": "HANGUL", "Hang": "HANGUL", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Ethi": "ETHIOPIC",
    "Khmr": "KHMER", "Mong": "MONGOLIAN", "Thai": "THAI", "Beng": "BENGALI", "Deva": "DEVANAGARI",
}  # fmt: skip

_marking: ContextVar[bool] = ContextVar("madang_marking", default=False)


@contextmanager
def marking() -> Iterator[None]:
    """Mark texts of other languages inside the block; what is made there passes `labelled`."""
    token = _marking.set(True)
    try:
        yield
    finally:
        _marking.reset(token)


def marked(text: str, language: str) -> str:
    """Return the text, marked as of that language where marks are taken care of."""
    return f"{_OPEN}{language}{_NAMED}{text}{_CLOSE}" if _marking.get() and text else text


def marked_unless(text: str, language: str, asked: str) -> str:
    """Return the text, marked where its language is another than the one that was asked for."""
    return text if not asked or language.lower() == asked.lower() else marked(text, language)


def marked_typed(text: str, own: str, asked: str) -> str:
    """Return a text that somebody typed, marked as of the city's own language if it has its script.

    Nobody says in which language they type; on a page in another script, signs of the city's own
    show it. Between languages of one script nothing tells, and nothing is marked.
    """
    sign = _SIGNS.get(script(own), "")
    if not sign or not asked or script(asked) == script(own):
        return text
    if not any(name(letter, "").startswith(sign) for letter in text if letter > "\u02ff"):
        return text
    return marked(text, own)


def has_marks(body: bytes) -> bool:
    """Return whether a response body has marks, as they are or escaped."""
    return _OPEN.encode() in body or b"\\ufdd0" in body or b"%EF%B7%90" in body


def unmarked(text: str) -> str:
    """Return the text without marks.

    >>> with marking():
    ...     unmarked(marked("Home", "en"))
    'Home'
    """
    return _ESCAPED.sub("", _MARK.sub("", text))


def labelled(html: str, language: str) -> str:
    """Return a page in `language` with each marked run of text in its own ``<span lang dir>``.

    >>> with marking():
    ...     labelled(f"<p title='{marked('a', 'en')}'>{marked('Home', 'en')}</p>", "ar")
    '<p title=\\'a\\'><span lang="en" dir="ltr">Home</span></p>'
    """
    pieces: list[str] = []
    open_languages: list[str] = []
    plain: list[str] = []  # the text-only element we are in, once for each level (drawings nest)
    for number, piece in enumerate(_TAG.split(html)):
        if number % 2:
            pieces.append(unmarked(piece))
            plain = _text_only(piece, plain)
        else:
            pieces.extend(_runs(piece, open_languages, language, plain=bool(plain)))
    return "".join(pieces)


def _text_only(tag: str, inside: list[str]) -> list[str]:
    """Return the text-only elements that the page is in after a tag, the outermost first."""
    match = _NAME.match(tag)
    name = match[1].lower() if match else ""
    if tag.startswith("</"):
        return inside[:-1] if inside[-1:] == [name] else inside
    opens = name in (inside[:1] or _TEXT_ONLY) and not tag.endswith("/>")
    return [*inside, name] if opens else inside


def _runs(text: str, open_languages: list[str], page: str, *, plain: bool) -> Iterator[str]:
    """Yield the runs of a text between tags, each in its span where it needs one."""
    at = 0
    for mark in _MARK.finditer(text):
        yield _run(text[at : mark.start()], open_languages, page, plain=plain)
        at = mark.end()
        if mark[1] is not None:
            open_languages.append(mark[1])
        elif open_languages:
            open_languages.pop()
    yield _run(text[at:], open_languages, page, plain=plain)


def _run(text: str, open_languages: list[str], page: str, *, plain: bool) -> str:
    other = open_languages[-1] if open_languages else page
    if plain or other.lower() == page.lower() or not text.strip():
        return _ESCAPED.sub("", text) if plain else text
    return f'<span lang="{escape(other)}" dir="{direction(other)}">{text}</span>'
