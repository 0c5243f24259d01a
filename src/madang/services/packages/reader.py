"""From the folder of a package to a `Package`, or to everything that is wrong with it.

Strict: a file or a key that is not known is a problem, with file and line. What the files mean
together is looked at by the linter, which uses the lines kept in `Sources`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from madang.kernel.data_files import Document, FieldPath, Problem, field_name, read_yaml
from madang.kernel.shapes import mismatches
from madang.services.packages.content import Document as IssuedDocument
from madang.services.packages.content import Notice, Tests, Translation
from madang.services.packages.inheritance import Overrides, merged, process_of
from madang.services.packages.package import Package
from madang.services.packages.process import Process
from madang.services.packages.questions import Pages
from madang.services.packages.rules import Decision, Parameter
from madang.services.packages.service import Service

KINDS: dict[str, Any] = {
    "service.yaml": Service,
    "pages.yaml": Pages,
    "process.yaml": Process,
    "rules": Decision,
    "parameters": Parameter,
    "documents": IssuedDocument,
    "notices": Notice,
    "i18n": Translation,
    "tests": Tests,
}
REQUIRED = ("service.yaml", "process.yaml")
LARGEST_FILE = 1_000_000
MOST_FILES = 500
Kind = TypeVar("Kind")


@dataclass
class Sources:
    """The files of a package, by their name relative to the folder.

    `below` are those of the package that a district's one extends.
    """

    folder: Path
    files: dict[str, Document] = field(default_factory=dict)
    below: Sources | None = None

    def problem(self, file: str, path: FieldPath, message: str) -> Problem:
        """Return a problem with a part of a file, with its line."""
        document = self.files.get(file)
        line = document.line(path) if document else 1
        return Problem(file, line, field_name(path), message)

    def values(self) -> dict[str, Any]:
        """Return what the files say, by file, as JSON has it."""
        return {name: plain(document.value) for name, document in self.files.items()}


def plain(value: Any) -> Any:
    """Return a value of YAML as JSON has it: dates as ISO text.

    >>> plain({"since": [dt.date(2026, 9, 23)]})
    {'since': ['2026-09-23']}
    """
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def read_package(
    folder: Path, bases: Path | None = None
) -> tuple[Package | None, Sources, list[Problem]]:
    """Return the package in a folder, where its parts stand, and all that is wrong with its files.

    Parameters
    ----------
    folder
        The package.
    bases
        Folder of the packages that one can extend; the folder beside it without one.
    """
    sources = Sources(folder)
    problems = list(_read_files(folder, sources))
    if problems:
        return None, sources, problems
    values = sources.values()
    overrides = None
    main = values.get("service.yaml")
    if isinstance(main, dict) and "extends" in main:
        overrides, problems = _based(folder, bases or folder.parent, sources)
        if overrides is None or problems:
            return None, sources, problems
        values = overrides.values
    problems = list(_mismatched(values, sources))
    if problems:
        return None, sources, problems
    return _package(values, sources, overrides)


def _read_files(folder: Path, sources: Sources) -> Iterator[Problem]:
    if not (folder / "service.yaml").is_file():
        yield Problem("service.yaml", 1, "", f"{folder} has no service.yaml: it is no package")
        return
    paths = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if len(paths) > MOST_FILES:
        yield Problem("service.yaml", 1, "", f"has {len(paths)} files, at most {MOST_FILES}")
        return
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or _kind(name) is None:
            yield Problem(name, 1, "", f"is no file of a package; those are {', '.join(KINDS)}")
        elif path.stat().st_size > LARGEST_FILE:
            yield Problem(name, 1, "", f"is larger than {LARGEST_FILE:,} bytes")
        else:
            sources.files[name], problems = read_yaml(path, name)
            yield from problems


def _kind(name: str) -> Any:
    folder, _, file = name.rpartition("/")
    if folder and (not file.endswith(".yaml") or folder not in KINDS):
        return None
    return KINDS.get(folder or file)


def _based(folder: Path, bases: Path, sources: Sources) -> tuple[Overrides | None, list[Problem]]:
    """Return the files of the package that this one extends, with its changes laid over them."""
    name = sources.files["service.yaml"].value["extends"]
    base = bases / str(name)
    if not isinstance(name, str) or base == folder or not (base / "service.yaml").is_file():
        return None, [
            sources.problem("service.yaml", ("extends",), f"there is no package {name!r}")
        ]
    below = Sources(base)
    problems = [
        Problem(f"{name}/{p.file}", p.line, p.field, p.message) for p in _read_files(base, below)
    ]
    if problems:
        return None, problems
    if "extends" in below.values()["service.yaml"]:
        message = f"{name!r} itself extends another package; extend that one"
        return None, [sources.problem("service.yaml", ("extends",), message)]
    sources.below = below
    found, wrong = merged(below.values(), sources.values())
    return found, [sources.problem(file, path, message) for file, path, message in wrong]


def _mismatched(values: dict[str, Any], sources: Sources) -> Iterator[Problem]:
    for required in REQUIRED:
        if required not in values:
            yield Problem("service.yaml", 1, "", f"the package lacks {required}")
    for name, value in values.items():
        for path, message in mismatches(value, _kind(name)):
            yield sources.problem(name, path, message)
        folder, _, file = name.rpartition("/")
        if folder in ("rules", "parameters", "documents", "notices") and isinstance(value, dict):
            wanted = file.removesuffix(".yaml")
            if value.get("id", wanted) != wanted:
                yield sources.problem(name, ("id",), f"must be {wanted!r}, as the file is called")


def _package(
    values: dict[str, Any], sources: Sources, overrides: Overrides | None
) -> tuple[Package | None, Sources, list[Problem]]:
    process, wrong = process_of(msgspec.convert(values["process.yaml"], Process))
    if process is None:
        return None, sources, [sources.problem("process.yaml", ("like",), wrong)]
    tests = [test for group in _all(values, "tests", Tests).values() for test in group.tests]
    package = Package(
        service=msgspec.convert(values["service.yaml"], Service),
        pages=msgspec.convert(values.get("pages.yaml", {}), Pages),
        process=process,
        rules=tuple(_all(values, "rules", Decision).values()),
        parameters=tuple(_all(values, "parameters", Parameter).values()),
        documents=tuple(_all(values, "documents", IssuedDocument).values()),
        notices=tuple(_all(values, "notices", Notice).values()),
        translations=_all(values, "i18n", Translation),
        tests=tuple(tests),
        extends=overrides.extends if overrides else "",
        district=overrides.district if overrides else "",
    )
    return package, sources, []


def _all(values: dict[str, Any], folder: str, kind: type[Kind]) -> dict[str, Kind]:
    """Return the files of a folder, by their name without `.yaml`."""
    return {
        name.removeprefix(f"{folder}/").removesuffix(".yaml"): msgspec.convert(value, kind)
        for name, value in sorted(values.items())
        if name.startswith(f"{folder}/")
    }
