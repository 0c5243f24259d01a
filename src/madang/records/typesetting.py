"""From what a paper says to its PDF: texts checked, written as data, set by Typst.

The layouts are ours (``papers/*.typ``) and never change with what is printed: a text of a person
or a template reaches Typst as a value in JSON, never as markup. PDF/UA-1 is enforced on export:
Typst refuses a picture without words, headings out of order, a character that no font has.
"""

from __future__ import annotations

import dataclasses
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from madang.city.api import profile
from madang.kernel import apart, times
from madang.kernel.errors import Invalid
from madang.kernel.languages import direction
from madang.records.fonts import fonts, require_glyphs
from madang.records.layouts import Form, Letter, Question, Words
from madang.records.paper_words import words

_PRESS = "madang.records.press:paper"
WINDOW_LINES = 6


def pdf(layout: str, content: Any) -> bytes:
    """Return the paper as PDF/UA-1.

    Parameters
    ----------
    layout : name of a file in ``papers/`` without its suffix.
    content : the dataclass of `layouts` that goes with it.

    Raises
    ------
    MissingGlyphs, FontsNotLaid
    """
    found: bytes = _set(layout, content, format="pdf", pdf_standards=["ua-1"])
    return found


def png(layout: str, content: Any, *, ppi: float = 110) -> list[bytes]:
    """Return a picture of each page, for a look before it is printed."""
    found = _set(layout, content, format="png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found)


def pages(layout: str, content: Any) -> int:
    """Return the number of pages of a paper."""
    return len(png(layout, content, ppi=8))


def letters_file(letters: Sequence[Letter], title: str) -> bytes:
    """Return letters as one PDF/UA-1 file; raises as `pdf`, and `Invalid` without any."""
    if not letters:
        raise Invalid("a file of letters has one at least", {"letters": "empty"})
    given = {
        "title": title,
        "author": _first(letters[0].issuer.name, tuple(letters[0].languages)),
        "letters": [paper_data(one) for one in letters],
    }
    found: bytes = _compiled("letters", given, format="pdf", pdf_standards=["ua-1"])
    return found


def _set(layout: str, content: Any, **how: Any) -> Any:
    return _compiled(layout, paper_data(content), **how)


def _compiled(layout: str, given: dict[str, Any], **how: Any) -> Any:
    require_glyphs(texts_of(given))
    # a name typed on a Mac comes in parts (NFD), which no font has a glyph for
    data = unicodedata.normalize("NFC", json.dumps(given, ensure_ascii=False))
    folder = fonts().folder
    moment = int(times.now().timestamp())
    return apart.called(_PRESS, layout, data, str(folder) if folder else "", moment, how)


def paper_data(content: Any) -> dict[str, Any]:
    """Return what a layout reads: texts by language, days in words, our own words, the QR code."""
    languages = tuple(content.languages)
    if not 1 <= len(languages) <= 2:
        raise Invalid("a paper has one language, or two", {"languages": "one or two"})
    _check_window(content)
    given: dict[str, Any] = _plain(content, languages)
    title = content.subject if hasattr(content, "subject") else content.title
    given["title_words"] = _said(title, languages)
    given["title"] = given["title_words"][0]["text"] if given["title_words"] else ""
    given["author"] = _first(content.issuer.name, languages)
    given["description"] = content.mark.code or getattr(content, "reference", "")
    given["issuer"]["seal"] = list(content.issuer.seal[:9])
    own = [words(language) for language in languages]
    given["words"] = {
        key: [_one(language, said[key]) for language, said in zip(languages, own, strict=True)]
        for key in own[0]
    }
    given |= {
        "lang": languages[0].partition("-")[0],
        "dir": direction(languages[0]),
        "fonts": list(fonts().families),
    }
    return given | _code(content, own[0]) | _return_code(content, own[0])


def _return_code(content: Any, own: Mapping[str, str]) -> dict[str, str]:
    code = getattr(content, "return_code", "")
    alt = f"{own['return_qr']}: {code}"
    return {
        "return_code": code, "return_qr": qr_svg(code) if code else "", "return_alt": alt,
    }  # fmt: skip


def texts_of(given: Any) -> Iterator[str]:
    """Yield every text that a layout may print."""
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for key, value in given.items():
            if key not in ("qr", "qr_alt", "return_qr", "return_alt", "fonts", "lang", "dir"):
                yield from texts_of(value)
    elif isinstance(given, list):
        for value in given:
            yield from texts_of(value)


def _code(content: Any, own: Mapping[str, str]) -> dict[str, str]:
    if isinstance(content, Form):
        target, alt = content.intake_url or content.reference, own["form_qr"]
    else:
        target, alt = content.mark.verify_url, own["qr"]
    return {"qr": qr_svg(target) if target else "", "qr_alt": f"{alt}: {target}"}


def qr_svg(text: str) -> str:
    """Return a QR code as SVG, error correction M (15 %), for paper that is folded and copied."""
    import segno

    file = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        file, kind="svg", border=0, xmldecl=False, svgns=True, dark="#1b1f24"
    )
    return file.getvalue().decode()


# --- plain values -------------------------------------------------------------------------------


def _plain(value: Any, languages: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        given = getattr(value, field.name)
        is_words = "Words" in str(field.type)
        found[field.name] = _value(given, is_words, languages)
        if given is None and "date" in str(field.type):
            found[field.name] = []
    if isinstance(value, Question):
        found["field"] = value.kind
        found["answers"] = [part.strip() for part in value.answer.split(",")]
    else:
        found["kind"] = type(value).__name__.lower()
    if "rows" in found:
        found["rows"] = [[{"cell": _said(cell, languages)} for cell in row] for row in value.rows]
    return found


def _value(given: Any, is_words: bool, languages: tuple[str, ...]) -> Any:
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return _plain(given, languages)
    if isinstance(given, date):
        return [_one(one, profile().date_text(given, one)) for one in languages]
    if isinstance(given, tuple):
        return [_value(one, is_words, languages) for one in given]
    if is_words:
        return _said(given, languages)
    if given is None or isinstance(given, bool | int):
        return given
    return str(given)


def _said(text: Words, languages: tuple[str, ...]) -> list[dict[str, str]]:
    """Return a text in the paper's languages; in the first alone where it is one string."""
    if isinstance(text, str):
        return [_one(languages[0], text)] if text else []
    found = [_one(language, text[language]) for language in languages if text.get(language)]
    if not found:
        found = [_one(language, said) for language, said in text.items() if said][:1]
    return found


def _one(language: str, text: str) -> dict[str, str]:
    return {"lang": language.partition("-")[0], "dir": direction(language), "text": text}


def _first(text: Words, languages: tuple[str, ...]) -> str:
    found = _said(text, languages)
    return found[0]["text"] if found else ""


def _check_window(content: Any) -> None:
    recipient = getattr(content, "recipient", None)
    if recipient is not None and len(recipient.lines) > WINDOW_LINES:
        raise Invalid(
            f"an address has at most {WINDOW_LINES} lines under the name",
            {"recipient": f"at most {WINDOW_LINES} lines"},
        )
