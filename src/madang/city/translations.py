"""Texts of a profile in further languages: ``texts/<language>.yaml``, each under its English.

The sections of a profile hold their texts in the languages of the city's own people; a file per
further language keeps those sections readable, and a translator has one file. A text whose English
was changed is found no more, so that an old translation is never shown for it.

A translation is a text, made by a machine; one that a person answers for says so:
``{text: ..., state: reviewed, by: NAME}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.city.schema import City
from madang.kernel.data_files import Problem, read_yaml

FOLDER = "texts"
SOURCE = "en"
STATES = ("machine", "reviewed", "approved")  # as in the catalogues of pages, lowest first
_PLACE = re.compile(r"\{\w*\}")
_FIELDS = {"text", "state", "by"}


@dataclass(frozen=True)
class Translation:
    """A text in one language: how far it is, who answers for it, and its line in the file."""

    text: str
    state: str = STATES[0]
    by: str = ""
    line: int = 1


Translations = Mapping[str, Mapping[str, Translation]]
"""By language: English text, and what it is called there."""


def read_translations(
    folder: Path, city: City
) -> tuple[dict[str, dict[str, Translation]], list[Problem]]:
    """Return the further texts of the profile in a folder, and what is wrong with them."""
    known = {language.code for language in city.languages}
    found: dict[str, dict[str, Translation]] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        name = file_of(path.stem)
        document, wrong = read_yaml(path, name)
        if not wrong:
            wrong = [
                Problem(name, document.line(field), ".".join(map(str, field)), message)
                for field, message in _faults(path.stem, document.value, known)
            ]
        problems += wrong
        if not wrong:
            found[path.stem] = {
                source: _translation(value, document.line((source,)))
                for source, value in document.value.items()
            }
    return found, problems


def file_of(tag: str) -> str:
    """Return the file of a language, from the profile's folder."""
    return f"{FOLDER}/{tag}.yaml"


def in_all_languages(value: Any, translations: Translations) -> Any:
    """Return a value of YAML in which each text by language has the further languages, too."""
    if isinstance(value, list):
        return [in_all_languages(item, translations) for item in value]
    if not isinstance(value, dict):
        return value
    source = value.get(SOURCE)
    if not isinstance(source, str):
        return {name: in_all_languages(item, translations) for name, item in value.items()}
    further = {tag: texts[source].text for tag, texts in translations.items() if source in texts}
    return {**value, **{tag: text for tag, text in further.items() if tag not in value}}


def texts_by_language(value: Any) -> Iterator[Mapping[str, str]]:
    """Yield each text by language inside a value of YAML that has its English."""
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_by_language(item)
    elif isinstance(value, dict) and isinstance(value.get(SOURCE), str):
        yield value
    elif isinstance(value, dict):
        yield from texts_by_language(list(value.values()))


def _translation(value: str | Mapping[str, str], line: int) -> Translation:
    if isinstance(value, str):
        return Translation(value, line=line)
    return Translation(value["text"], value["state"], value.get("by", ""), line)


def _faults(tag: str, value: Any, known: set[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    if tag not in known:
        yield (), f"{tag!r} is no language of the city"
    elif not isinstance(value, dict):
        yield (), "must be a mapping of English texts to translations"
    else:
        for source, given in value.items():
            fault = _fault(source, given)
            if fault:
                yield (str(source),), fault


def _fault(source: Any, given: Any) -> str:
    text = given.get("text") if isinstance(given, dict) else given
    if not isinstance(source, str) or not isinstance(text, str) or not text:
        return "must be a text"
    if set(_PLACE.findall(source)) != set(_PLACE.findall(text)):
        return "must have the places {…} of its English text"
    return "" if isinstance(given, str) else _state_fault(given)


def _state_fault(given: Mapping[str, Any]) -> str:
    if given.keys() - _FIELDS or not isinstance(given.get("by", ""), str):
        return "has fields other than text, state and by"
    if given.get("state") not in STATES:
        return f"must have one of the states {', '.join(STATES)}"
    if given["state"] != STATES[0] and not given.get("by"):
        return f"is {given['state']}: 'by' says by whom"
    return ""
