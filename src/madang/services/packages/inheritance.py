"""What a package takes from others: a district from the city's, a process from the house's.

A district's package states `extends`, `district`, and only what differs: texts, fees, hours and
offices. Maps are laid over maps, lists of things with an `id` (channels: with a `kind`) over the
things of the same name; a parameter's dated values replace the city's. Everything else of the
service is the city's, so what it decides is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from madang.kernel.data_files import FieldPath
from madang.services.packages.process import Process, State, Timer, Verb

Wrong = tuple[str, FieldPath, str]

# What a district may state, by file; `*` is any key.
_OPEN: dict[str, frozenset[str]] = {
    "service.yaml": frozenset(
        {"version", "title", "summary", "description", "keywords", "channels", "fees", "related"}
    ),
    "pages.yaml": frozenset({"questions", "pages", "consent"}),
}
_TEXTS = frozenset({"id", "ask", "why", "hint", "title", "choices", "value", "add", "repeat"})
_CHANNEL = frozenset({"kind", "hours", "phone", "address", "note"})
_FEE = frozenset({"id", "title", "amount"})


@dataclass(frozen=True)
class Overrides:
    """The files of a district's package, complete."""

    values: dict[str, Any]
    extends: str
    district: str


def merged(base: dict[str, Any], changes: dict[str, Any]) -> tuple[Overrides | None, list[Wrong]]:
    """Return the files of a package with a district's changes, and changes it may not make."""
    wrong = list(_refused(changes))
    main = dict(changes["service.yaml"])
    extends, district = str(main.pop("extends")), str(main.pop("district", ""))
    if not district:
        wrong.append(("service.yaml", ("extends",), "needs 'district', the code of the district"))
    if wrong:
        return None, wrong
    own = {**changes, "service.yaml": main}
    values = {name: _laid_over(value, own.get(name)) for name, value in base.items()}
    values |= {name: value for name, value in own.items() if name not in base}
    return Overrides(values, extends, district), []


def _refused(changes: dict[str, Any]) -> Iterator[Wrong]:
    for name, value in changes.items():
        folder = name.rpartition("/")[0]
        if folder in ("parameters", "i18n", "notices", "tests"):
            continue
        if name not in _OPEN:
            yield name, (), "cannot be a district's: what a service decides is the city's"
        elif isinstance(value, dict):
            yield from _refused_keys(name, value)


def _refused_keys(name: str, value: dict[str, Any]) -> Iterator[Wrong]:
    marks = {"extends", "district", "id"} if name == "service.yaml" else set()
    for key, items in value.items():
        if key not in _OPEN[name] | marks:
            yield name, (key,), "cannot be a district's; texts, fees, hours and offices can"
            continue
        allowed = {"channels": _CHANNEL, "fees": _FEE, "questions": _TEXTS, "pages": _TEXTS}.get(
            key
        )
        if allowed is None or not isinstance(items, list):
            continue
        for number, item in enumerate(items):
            for part in item if isinstance(item, dict) else ():
                if part not in allowed:
                    yield name, (key, number, part), "cannot be changed by a district"


def _laid_over(below: Any, above: Any) -> Any:
    if above is None:
        return below
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            **{key: _laid_over(value, above.get(key)) for key, value in below.items()},
            **{key: value for key, value in above.items() if key not in below},
        }
    if isinstance(below, list) and isinstance(above, list):
        name = _name_of([*below, *above])
        if name:
            changed = {item[name]: item for item in above}
            kept = [_laid_over(item, changed.get(item[name])) for item in below]
            known = {item[name] for item in below}
            return kept + [item for item in above if item[name] not in known]
    return above


def _name_of(items: list[Any]) -> str:
    """Return the key by which things of two lists are the same; empty: the upper list stands alone.

    Dated values do: a later one of the city must not overrule what the district has set.
    """
    if any(isinstance(item, dict) and "since" in item for item in items):
        return ""
    for name in ("id", "kind", "value"):
        if items and all(isinstance(item, dict) and name in item for item in items):
            return name
    return ""


@cache
def house_processes() -> dict[str, Process]:
    """Return the processes that packages can be like, by name."""
    folder = files("madang.services") / "processes"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            value = yaml.safe_load(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".yaml")] = msgspec.convert(value, Process)
    return found


def process_of(process: Process) -> tuple[Process | None, str]:
    """Return a process with what it takes from the one that it is like, or what is wrong."""
    if process.like is None:
        return process, ""
    base = house_processes().get(process.like)
    if base is None:
        return (
            None,
            f"there is no process {process.like!r}; there are {', '.join(house_processes())}",
        )
    return msgspec.structs.replace(
        process,
        first=base.first if process.first == "received" else process.first,
        states=_by_id(base.states, process.states),
        verbs=_by_id(base.verbs, process.verbs),
        timers=_by_id(base.timers, process.timers),
        automation=process.automation or base.automation,
    ), ""


def _by_id(
    below: tuple[State | Verb | Timer, ...], above: tuple[State | Verb | Timer, ...]
) -> tuple[Any, ...]:
    changed = {item.id: item for item in above}
    kept = [changed.pop(item.id, item) for item in below]
    return (*kept, *changed.values())
