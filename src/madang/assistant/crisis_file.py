"""The check of a city's ``crisis.yaml``: dangers that are known, numbers that are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from madang.assistant.lexicons import lexicon
from madang.city.api import Profile
from madang.kernel.data_files import read_yaml

WORDS = ("care", "danger")


class Number(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number to call; `names` where the profile's own numbers have none, `source` of the rule."""

    number: str
    source: str
    names: dict[str, str] = {}
    hours: dict[str, str] = {}


class CrisisFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: `lines` by danger, `words` that are said first."""

    version: str
    lines: dict[str, tuple[Number, ...]]
    words: dict[str, dict[str, str]]


def problems(path: Path, profile: Profile) -> Iterator[tuple[int | None, str]]:
    """Yield line and message of what is wrong with a city's file."""
    document, found = read_yaml(path, path.name)
    if found:
        yield from ((one.line, one.message) for one in found)
        return
    try:
        file = msgspec.convert(document.value, CrisisFile)
    except msgspec.ValidationError as error:
        yield None, str(error)
        return
    yield from ((None, text) for text in _faults(file, profile))


def _faults(file: CrisisFile, profile: Profile) -> Iterator[str]:
    known: Any = {one.number for one in profile.city.phones.numbers}
    dangers = lexicon().crisis.patterns
    for danger, numbers in file.lines.items():
        if danger not in dangers:
            yield f"lines: there is no danger {danger!r}; there are {', '.join(dangers)}"
        for one in numbers:
            if not one.names and one.number not in known:
                yield f"lines.{danger}: {one.number} has no names, here or in city.yaml"
    for danger in dangers:
        if danger not in file.lines:
            yield f"lines: {danger} is missing"
    for name in WORDS:
        if name not in file.words:
            yield f"words: {name} is missing"
