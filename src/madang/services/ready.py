"""A folder made ready to be published: found good by the linter, read, packed and signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from madang.city.api import profile
from madang.services.errors import InvalidPackage
from madang.services.lint.examine import lint
from madang.services.lint.reading import fault_of
from madang.services.packages.package import Package
from madang.services.packages.packing import Packed, packed, source_files, sources_digest
from madang.services.packages.reader import read_package
from madang.services.packages.signing import signing_key


@dataclass(frozen=True)
class Ready:
    """A package that can be published; `sources` names the files it was made of."""

    package: Package
    packed: Packed
    sources: str


def prepared(folder: Path, bases: Path | None = None) -> Ready:
    """Return the package in a folder, packed and signed.

    Raises InvalidPackage with everything that keeps it from being published.
    """
    faults = lint(folder, profile(), bases)
    if faults:
        raise InvalidPackage(str(folder), faults)
    return unlinted(folder, bases)


def unlinted(folder: Path, bases: Path | None = None) -> Ready:
    """Return the package in a folder, packed and signed, whatever the linter says of it.

    Raises InvalidPackage where it cannot be read.
    """
    package, _sources, problems = read_package(folder, bases)
    if package is None:
        raise InvalidPackage(str(folder), [fault_of(problem, folder) for problem in problems])
    files = source_files(folder, package.extends, bases)
    return Ready(package, packed(package, files, signing_key()), sources_digest(files))


def folders_of(folder: Path) -> Iterable[Path]:
    """Return the packages in a folder, those that others extend first."""
    found = sorted(path.parent for path in folder.glob("*/service.yaml"))
    return sorted(found, key=lambda one: (bool(extended(one)), one.name))


def extended(folder: Path) -> str:
    """Return the id that the package in a folder extends; empty for none.

    Only the line is looked for: what is wrong with the file is said by the reader.
    """
    for line in (folder / "service.yaml").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "extends":
            return value.strip().strip("\"'")
    return ""
