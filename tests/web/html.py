"""What every page of the house must be: checked on the parsed page."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from babel.messages.pofile import read_po
from django.test import Client
from lxml import html

from tools import messages

HANGUL = re.compile(r"[가-힣]")
SKIPPED = {"script", "style", "pre", "code"}
SYMBOLS = {"PM2.5", "PM10"}  # the same in every language, where they head a column


def page(client: Client, path: str, language: str, status: int = 200) -> html.HtmlElement:
    """Return the page at `path` in a language, after checking how it is built."""
    client.cookies["django_language"] = language
    response = client.get(path, headers={"accept": "text/html"})
    assert response.status_code == status, response.content[:2000]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    root = html.fromstring(response.content.decode())
    check_structure(root, language)
    check_language(root, language)
    return root


def check_structure(root: html.HtmlElement, language: str) -> None:
    assert root.get("lang") == language
    assert root.get("dir") == "ltr"
    assert len(root.findall(".//h1")) == 1
    assert root.find(".//h1").text_content().strip()
    assert root.findtext(".//title").strip()
    assert len(root.findall(".//main")) == 1
    ids = [element.get("id") for element in root.xpath("//*[@id]")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    assert not root.xpath("//*[@style]"), "inline style"
    assert not root.xpath("//script[not(@src)]"), "inline script"
    assert not root.xpath("//*[@*[starts-with(name(), 'on')]]"), "inline handler"
    _check_names(root, set(ids))
    levels = [int(h.tag[1]) for h in root.xpath("//h1|//h2|//h3|//h4")]
    assert all(b - a <= 1 for a, b in pairwise(levels)), "a level is skipped"


def _check_names(root: html.HtmlElement, ids: set[str | None]) -> None:
    """Everything that can be used or read has a name."""
    labelled = {label.get("for") for label in root.findall(".//label")}
    for field in root.xpath("//input[not(@type='hidden')]|//select|//textarea"):
        assert field.get("id") in labelled, f"no label for {html.tostring(field)!r}"
        for name in (field.get("aria-describedby") or "").split():
            assert name in ids
    for header in root.findall(".//th"):
        assert header.get("scope") in ("col", "row")
    for table in root.findall(".//table"):
        assert table.find("caption") is not None
        columns = {len(row.xpath("th|td")) for row in table.xpath(".//tr")}
        assert len(columns) == 1, "rows of different length"
    for element in root.xpath("//a|//button|//summary"):
        assert element.text_content().strip(), f"no name: {html.tostring(element)!r}"
    for picture in root.findall(".//svg"):
        assert picture.get("aria-hidden") == "true" or picture.get("aria-label")
    for form in root.xpath("//form[@method='post']"):
        assert form.xpath(".//input[@name='csrfmiddlewaretoken']"), "a form without token"


def check_language(root: html.HtmlElement, language: str) -> None:
    """No text is left in another language than the page's, unless marked so."""
    for text in texts(root):
        if text in SYMBOLS:
            continue
        if language == "ko":
            assert text not in korean_of() or korean_of()[text] == text, f"not translated: {text!r}"
        else:
            assert not HANGUL.search(text), f"Korean on the page: {text!r}"


def texts(root: html.HtmlElement) -> list[str]:
    """Return the texts that are in the page's own language."""
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in SKIPPED:
            continue
        foreign = element.xpath("ancestor-or-self::*[@lang][not(self::html)]")
        if element.text and not foreign:
            found.append(" ".join(element.text.split()))
        parent_foreign = element.xpath("ancestor::*[@lang][not(self::html)]")
        if element.tail and not parent_foreign:
            found.append(" ".join(element.tail.split()))
        for name in ("aria-label", "title", "data-label", "alt"):
            if element.get(name) and not foreign:
                found.append(element.get(name))
    return [text for text in found if text]


@cache
def korean_of() -> dict[str, str]:
    """Return the Korean of every English text of the house."""
    found: dict[str, str] = {}
    for room in messages.rooms():
        path = messages.catalogue_path(room, "ko")
        if path.exists():
            with path.open("rb") as file:
                for message in read_po(file, locale="ko"):
                    ids = message.id if isinstance(message.id, tuple) else (message.id,)
                    strings = message.string
                    first = strings[0] if isinstance(strings, tuple) else strings
                    found |= dict.fromkeys(ids, first)
    found.pop("", None)
    return found
