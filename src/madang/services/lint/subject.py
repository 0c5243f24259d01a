"""A package that is looked at: what it says, where each part stands, and for which city."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from madang.city.api import Profile
from madang.kernel.data_files import Document, FieldPath
from madang.services.lint.fault import CODES, Fault
from madang.services.lint.written import Written, written_in
from madang.services.packages.decide import Rules
from madang.services.packages.package import Package
from madang.services.packages.reader import Sources
from madang.services.packages.trial import Trials

_NAMES = ("id", "kind", "value", "name", "source")


@dataclass(frozen=True)
class Subject:
    """What a check is given."""

    package: Package
    sources: Sources
    profile: Profile
    today: date

    def fault(self, code: str, file: str, path: FieldPath, message: str) -> Fault:
        """Return a fault with its line.

        A key of `path` that is text names an item of a list by its id (kind, value or name).
        """
        assert code in CODES, code
        for prefix, sources in self._layers:
            document = sources.files.get(file)
            if document is None:
                continue
            found = list(steps(document.value, path))
            if len(found) == len(path) or sources is self._layers[-1][1]:
                return Fault(code, prefix + file, self._line(document, found, path), message)
        return Fault(code, "service.yaml", 1, message)

    @cached_property
    def _layers(self) -> list[tuple[str, Sources]]:
        own = [("", self.sources)]
        below = self.sources.below
        return [*own, (f"{below.folder.name}/", below)] if below else own

    @staticmethod
    def _line(document: Document, found: list[str | int], path: FieldPath) -> int:
        """Return the line of a part; of what comes from the house, that of `like`."""
        if not found and path and document.file == "process.yaml":
            return document.line(("like",))
        if found and len(found) < len(path) and document.file == "process.yaml":
            return document.line(("like",)) if len(found) == 1 else document.line(tuple(found))
        return document.line(tuple(found))

    @cached_property
    def rules(self) -> Rules:
        """Return the rules, compiled."""
        return Rules(self.package)

    @cached_property
    def trials(self) -> Trials:
        """Return what runs the tests of the package."""
        return Trials(self.package, self.rules, self.profile)

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Return every expression of the package, read."""
        return tuple(written_in(self.package))

    @cached_property
    def words(self) -> frozenset[str]:
        """Return every name that an expression of the package uses."""
        return frozenset(name for item in self.written for name in item.names)


def steps(value: Any, path: FieldPath) -> Iterator[str | int]:
    """Yield the path with names of items as their numbers, as far as it exists."""
    for key in path:
        at: Any = key
        if isinstance(value, list):
            at = _place(value, key)
        elif not isinstance(value, dict) or key not in value:
            return
        if at is None:
            return
        value = value[at]
        yield at


def _place(items: list[Any], name: str | int) -> int | None:
    if isinstance(name, int) and not isinstance(name, bool) and name < len(items):
        return name
    for number, item in enumerate(items):
        if isinstance(item, dict) and any(item.get(key) == name for key in _NAMES):
            return number
    return None
