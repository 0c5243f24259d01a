"""From the folder of a profile to a `Profile`, or to everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

from madang.city.checks import disagreements
from madang.city.errors import InvalidProfile, UnknownCity
from madang.city.languages import fallback_chain
from madang.city.profile import Profile
from madang.city.schema import City
from madang.city.tables import Bindings, group_problems, read_units
from madang.city.translations import in_all_languages, read_translations
from madang.city.units import Unit, UnitTable
from madang.kernel.data_files import Document, FieldPath, Problem, field_name, read_yaml, texts
from madang.kernel.shapes import mismatches

MAIN = "city.yaml"
FILL = "FILL"  # a value that begins so is one that `madang city new` left to be filled
_SECTIONS = City.__struct_fields__


@dataclass(frozen=True)
class Sources:
    """The YAML files of a profile: the sections, each with its document, and the domain rules."""

    main: Document
    sections: Mapping[str, Document]
    rules: Mapping[str, Document]

    def value(self) -> dict[str, Any]:
        """Return all sections as one value."""
        main = self.main.value if isinstance(self.main.value, dict) else {}
        return {**main, **{name: document.value for name, document in self.sections.items()}}

    def problem(self, path: FieldPath, message: str) -> Problem:
        """Return a problem with the part at that path, with its file and line."""
        document = self.sections.get(str(path[0])) if path else None
        if document is None:
            return Problem(self.main.file, self.main.line(path), field_name(path), message)
        return Problem(document.file, document.line(path[1:]), field_name(path), message)


def cities_folder() -> Path:
    """Return the folder of the profiles that come with Madang: packed with it, or beside `src`."""
    packed = Path(__file__).parent / "profiles"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "cities"


def known_cities() -> list[str]:
    """Return the names of the profiles that come with Madang."""
    return sorted(path.parent.name for path in cities_folder().glob(f"*/{MAIN}"))


def profile_folder(path_or_name: str | Path) -> Path:
    """Return the folder of a profile given by name or by path.

    Raises
    ------
    UnknownCity
        If there is no such folder with a city.yaml.
    """
    named = cities_folder() / str(path_or_name)
    if re.fullmatch(r"[a-z][a-z0-9_-]*", str(path_or_name)) and (named / MAIN).is_file():
        return named
    folder = Path(path_or_name)
    if (folder / MAIN).is_file():
        return folder.resolve()
    raise UnknownCity(
        f"there is no city profile {str(path_or_name)!r}: no folder with a {MAIN}, and none of "
        f"{', '.join(known_cities())}; 'madang city new NAME' makes one"
    )


def read_profile(
    folder: Path, boundaries: Path | None = None
) -> tuple[Profile | None, list[Problem]]:
    """Return the profile in a folder, and all its problems; None where it cannot be built."""
    sources, problems = _sources(folder)
    if not problems:
        problems = _unfilled(folder, sources)
        marked = {(item.file, item.field) for item in problems}
        wrong = [sources.problem(*item) for item in mismatches(sources.value(), City)]
        problems += [item for item in wrong if (item.file, item.field) not in marked]
    if problems:
        return None, problems
    written = msgspec.convert(sources.value(), City)
    translations, problems = read_translations(folder, written)
    city = msgspec.convert(in_all_languages(sources.value(), translations), City)
    problems += [sources.problem(*item) for item in disagreements(city)]
    made: list[Profile] = []
    chain = cache(partial(fallback_chain, city))

    def outline(unit: Unit) -> Any:
        return made[0].outline_of(unit)

    placed, found = read_units(folder, city, Bindings(chain, outline))
    problems += found or [sources.problem(*item) for item in group_problems(city, placed)]
    systems = tuple(system.id for system in city.code_systems)
    table = UnitTable(tuple(item.unit for item in placed), systems)
    rules = {name: document.value for name, document in sources.rules.items()}
    made.append(Profile(city, folder, boundaries, rules, table, chain, translations))
    return made[0], problems


def load(folder: Path, boundaries: Path | None = None) -> Profile:
    """Return the profile in a folder.

    Raises
    ------
    InvalidProfile
        With all problems, each naming file, line and field.
    """
    profile, problems = read_profile(folder, boundaries)
    if problems or profile is None:
        raise InvalidProfile(folder.name, problems)
    return profile


def _sources(folder: Path) -> tuple[Sources, list[Problem]]:
    main, problems = read_yaml(folder / MAIN, MAIN)
    sections: dict[str, Document] = {}
    rules: dict[str, Document] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == MAIN:
            continue
        document, found = read_yaml(path, path.name)
        problems += found
        (sections if path.stem in _SECTIONS else rules)[path.stem] = document
    sources = Sources(main, sections, rules)
    return sources, problems or list(_misplaced(sources))


def _unfilled(folder: Path, sources: Sources) -> list[Problem]:
    """Return what `madang city new` marked to be filled and still is."""
    found = [
        sources.problem((name, *path), _to_fill(text))
        for name, value in sources.value().items()
        for path, text in texts(value)
        if text.startswith(FILL)
    ]
    for document in sources.rules.values():
        found += [
            Problem(document.file, document.line(path), field_name(path), _to_fill(text))
            for path, text in texts(document.value)
            if text.startswith(FILL)
        ]
    for path in sorted(folder.rglob("*.csv")):
        content = path.read_bytes()
        if FILL.encode() not in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            if any(cell.strip('" ').startswith(FILL) for cell in line.split(",")):
                file = str(path.relative_to(folder))
                found.append(Problem(file, number, "", "is still to be filled, and rows added"))
    return found


def _to_fill(text: str) -> str:
    return f"is still to be filled: {text[len(FILL) :].strip()}"


def _misplaced(sources: Sources) -> Iterator[Problem]:
    if not isinstance(sources.main.value, dict):
        yield Problem(MAIN, 1, "", "must be a mapping of sections")
        return
    for name, document in sources.sections.items():
        if name in sources.main.value:
            line = sources.main.line((name,))
            yield Problem(MAIN, line, name, f"stands in {document.file}, too")
    for document in sources.rules.values():
        if not isinstance(document.value, dict):
            yield Problem(document.file, 1, "", "must be a mapping: the rules of one domain")
