"""Faults of policy files: syntax, schema, annotations, words that nobody declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import asdict, dataclass
from pathlib import Path

from madang.access.engine.policies import NOTIFY, Policy, annotation_faults, read, schema_fault
from madang.kernel.errors import BadInput


@dataclass(frozen=True)
class Known:
    """What policies may speak of. `unlisted` are purposes whose looks are written down nowhere."""

    purposes: Set[str]
    datasets: Set[str]
    rooms: Set[str]
    roles: Set[str]
    unlisted: Set[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where."""

    file: str
    line: int
    message: str

    def as_row(self) -> dict[str, object]:
        """Return it for JSON."""
        return asdict(self)


def checked(sources: Iterable[tuple[str, str]], known: Known) -> tuple[list[Policy], list[Fault]]:
    """Return the policies that can be read, and all faults, in the order of the files."""
    policies: list[Policy] = []
    faults: list[Fault] = []
    for file, text in sources:
        found, unread = read(file, text)
        policies += found
        faults += [Fault(file, line, message) for line, message in unread]
    first: dict[str, Policy] = {}
    for one in policies:
        messages = [*annotation_faults(one), *_unknown_words(one, known)]
        wrong = schema_fault(one)
        if wrong:
            messages.append(wrong)
        other = first.setdefault(one.id, one)
        if one.id and other is not one:
            messages.append(f"the id {one.id!r} is taken in {other.file}:{other.line}")
        faults += [Fault(one.file, one.line, message) for message in messages]
    return policies, sorted(faults, key=lambda one: (one.file, one.line))


def files_of(folder: Path) -> list[tuple[str, str]]:
    """Return (path, text) of the policy files in a folder and below it.

    Raises
    ------
    BadInput
        If there are none, or one is no UTF-8.
    """
    paths = sorted(folder.rglob("*.cedar")) if folder.is_dir() else [folder]
    if not paths:
        raise BadInput(str(folder), "no file *.cedar here")
    found = []
    for path in paths:
        try:
            found.append((str(path), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise BadInput(str(path), "not UTF-8", line=line) from None
        except OSError as error:
            raise BadInput(str(path), str(error.strerror)) from None
    return found


def _unknown_words(policy: Policy, known: Known) -> Iterator[str]:
    for purpose in sorted((policy.purposes or frozenset()) - known.purposes):
        yield f"no room declares the purpose {purpose!r}"
    if NOTIFY in policy.obligations:
        for purpose in sorted((policy.purposes or frozenset()) & known.unlisted):
            yield f"nobody is told of looks for {purpose!r}: the purpose is not listed"
    names = {"Dataset": known.datasets, "Room": known.rooms, "Role": known.roles}
    for kind, name in sorted(policy.entities):
        if kind in names and name not in names[kind]:
            yield f'there is no {kind}::"{name}"'
