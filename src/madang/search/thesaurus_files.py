"""The thesaurus as files: one per subject, and one of the city; read, checked, kept.

from madang.search.thesaurus_files import thesaurus

thesaurus().concepts_in("how to register a birth", "en")
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from madang.kernel.data_files import Document, Problem, field_name, read_yaml
from madang.kernel.errors import Invalid
from madang.kernel.shapes import mismatches
from madang.search.engine.thesaurus import Concept, Thesaurus
from madang.search.thesaurus_checks import Written, faults, is_clean, unclean
from madang.search.thesaurus_lines import plain_value

if TYPE_CHECKING:
    from madang.city.api import Profile

FOLDER = Path(__file__).parent / "thesaurus"
CITY_FILE = "thesaurus.yaml"
_MOST_BYTES = 4_000_000


class InvalidThesaurus(Invalid):
    """Files of the thesaurus cannot be used; `problems` names file, line and field of each."""

    code = "invalid-thesaurus"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"the thesaurus has {len(self.problems)} problem(s):\n{lines}")


class Entry(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A concept as it is written."""

    terms: dict[str, tuple[str, ...]]
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


class Subject(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A file as it is written; `edition` grows with each release of the file."""

    subject: str
    edition: int
    state: Literal["machine", "reviewed"]
    concepts: dict[str, Entry]


@cache
def thesaurus() -> Thesaurus:
    """Return the thesaurus of this instance: the house's subjects and the city's own words.

    Read once per process, when it is first asked for. Of the house's files, which the tests check
    in full, the normal form of letters is not looked at again.

    Raises
    ------
    InvalidThesaurus
        If a file has faults; each names file, line and field.
    """
    from madang.city.api import profile

    own = profile().folder / CITY_FILE
    paths = [*subject_files(), *([own] if own.is_file() else [])]
    digest = hashlib.sha256()
    written = [item for item in (_plain(path, digest) for path in paths) if item]
    is_sound = len(written) == len(paths) and next(faults(written), None) is None
    if not is_sound or (own.is_file() and not is_clean(own.read_text(encoding="utf-8"))):
        return load_thesaurus(paths)
    return _made(written, digest)


def subject_files() -> list[Path]:
    """Return the files of subjects that come with Madang."""
    return sorted(FOLDER.glob("*.yaml"))


def load_thesaurus(paths: Sequence[Path]) -> Thesaurus:
    """Return the thesaurus that files make together.

    Raises
    ------
    InvalidThesaurus
        With all faults, each naming file, line and field.
    """
    made, problems = read_thesaurus(paths)
    if made is None:
        raise InvalidThesaurus(problems)
    return made


def read_thesaurus(paths: Sequence[Path]) -> tuple[Thesaurus | None, list[Problem]]:
    """Return the thesaurus that files make together, and all that is wrong with them.

    The version is the highest edition and a hash of all files, such as ``3-9f86d081884c``.
    """
    digest, written, problems = hashlib.sha256(), [], []
    documents: dict[str, Document] = {}
    for path in paths:
        item = _plain(path, digest)
        if item is None or not is_clean(path.read_text(encoding="utf-8")):
            document, item, found = _with_lines(path)
            documents[path.name] = document
            problems += found
        if item is not None:
            written.append(item)
    for file, field, message in faults(written):
        if file not in documents:
            path = next(path for path in paths if path.name == file)
            documents[file] = read_yaml(path, file)[0]
        problems.append(Problem(file, documents[file].line(field), field_name(field), message))
    return (None if problems else _made(written, digest)), problems


def city_file_problems(path: Path, _profile: Profile) -> Iterator[tuple[int | None, str]]:
    """Yield line and message of what is wrong with a city's own file beside the house's."""
    _thesaurus, problems = read_thesaurus([*subject_files(), path])
    for problem in problems:
        if problem.file == path.name:
            field = f"{problem.field}: " if problem.field else ""
            yield problem.line, field + problem.message


def _plain(path: Path, digest: Any) -> Written | None:
    """Return a file in the plain form, unchecked; None for one that must be looked at."""
    try:
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data + b"\0")
        value = plain_value(data.decode()) if len(data) <= _MOST_BYTES else None
        return None if value is None else Written(path.name, msgspec.convert(value, Subject))
    except (OSError, UnicodeDecodeError, msgspec.ValidationError):
        return None


def _with_lines(path: Path) -> tuple[Document, Written | None, list[Problem]]:
    """Return a file as YAML, its content where it has the right shape, and what is wrong."""
    document, found = read_yaml(path, path.name)
    if not found and path.stat().st_size > _MOST_BYTES:
        found = [Problem(path.name, 1, "", f"has more than {_MOST_BYTES:,} bytes")]
    if not found:
        text = path.read_text(encoding="utf-8")
        found = [Problem(path.name, line, "", message) for line, message in unclean(text)]
    if not found:
        found = [
            Problem(path.name, document.line(field), field_name(field), message)
            for field, message in mismatches(document.value, Subject)
        ]
    return document, None if found else _written(path, document), found


def _written(path: Path, document: Document) -> Written:
    return Written(path.name, msgspec.convert(document.value, Subject))


def _made(written: Sequence[Written], digest: Any) -> Thesaurus:
    concepts = [
        Concept(
            name,
            entry.terms,
            item.subject.subject,
            entry.broader,
            entry.related,
            tuple(entry.terms) if item.subject.state == "reviewed" else entry.reviewed,
        )
        for item in written
        for name, entry in item.subject.concepts.items()
    ]
    edition = max((item.subject.edition for item in written), default=0)
    return Thesaurus(concepts, f"{edition}-{digest.hexdigest()[:12]}")
