"""Named people for planned shifts: the file of operators, and who works what."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from madang.callcentre.engine import roster
from madang.callcentre.engine.roster import LONGEST_WEEK_H, WEEKLY_H, Operator, Slot
from madang.callcentre.errors import InvalidCalls, Unstaffable
from madang.callcentre.scheduling import Need, Scheme
from madang.kernel.data_files import Row, read_table

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Assignment:
    """Who works what.

    people : name, paid hours, and the starts of their shifts
    open : start and number of people missing
    """

    people: tuple[tuple[str, float, tuple[str, ...]], ...]
    open: tuple[tuple[str, int], ...]
    gap: float
    optimal: bool


def read_operators(path: Path, need: Need) -> list[Operator]:
    """Return the people of a CSV file: name, skills, days_off, weekly_hours, weekly_days.

    skills and days_off hold several words, separated by spaces, `;` or `|`; a day off is a date or
    a weekday (`mon` to `sun`).

    Raises
    ------
    InvalidCalls
        If the file cannot be read or a cell is no such value.
    """
    file = str(path)
    header, rows, problems = read_table(path, file)
    for problem in problems:
        raise InvalidCalls(file, f"{problem.field} {problem.message}".strip(), line=problem.line)
    if "name" not in header:
        raise InvalidCalls(file, f"has no column name; it has {', '.join(header)}", line=1)
    found: list[Operator] = []
    lines: dict[str, int] = {}
    for row in rows:
        one = _operator(file, row, need)
        if one.name in lines:
            told = f"name {one.name!r}: also in line {lines[one.name]}"
            raise InvalidCalls(file, told, line=row.line)
        lines[one.name] = row.line
        found.append(one)
    if not found:
        raise InvalidCalls(file, "has no row below its header")
    return found


def _operator(file: str, row: Row, need: Need) -> Operator:
    if "name" not in row.cells:
        raise InvalidCalls(file, "name is empty", line=row.line)
    off: set[int] = set()
    for text in _words(row.cells.get("days_off", "")):
        off |= _days_off(file, row.line, text, need)
    hours = _number(file, row, "weekly_hours", WEEKLY_H, LONGEST_WEEK_H)
    days = _number(file, row, "weekly_days", 5.0, 7.0)
    skills = frozenset(_words(row.cells.get("skills", "")))
    return Operator(row.cells["name"], skills, frozenset(off), hours, int(days))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s;|]+", text) if word]


def _days_off(file: str, line: int, text: str, need: Need) -> set[int]:
    first = need.first.date()
    if text.lower()[:3] in _DAYS and text.isalpha():
        if not need.dated:
            told = f"days_off {text!r}: the forecast has no dates; leave it empty"
            raise InvalidCalls(file, told, line=line)
        weekday = _DAYS.index(text.lower()[:3])
        return {d for d in range(need.days) if (first.weekday() + d) % 7 == weekday}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        told = f"days_off {text!r} is no date and no weekday mon to sun"
        raise InvalidCalls(file, told, line=line) from None
    number = (day - first).days
    return {number} if 0 <= number < need.days else set()


def _number(file: str, row: Row, name: str, usual: float, most: float) -> float:
    text = row.cells.get(name)
    if text is None:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= most:
        told = f"{name} {text!r} is no number above 0, at most {most:g}"
        raise InvalidCalls(file, told, line=row.line)
    return value


def assigned_people(
    need: Need, scheme: Scheme, people: list[Operator], rest_h: float, seconds: float
) -> Assignment:
    """Return who works which of the planned shifts.

    Raises
    ------
    Unstaffable
        If no roster was found in time.
    """
    step_h = need.interval.total_seconds() / 3600
    slots = []
    for shift in scheme.plan.worked:
        kind = scheme.kinds[shift.kind]
        begins = shift.start * step_h
        slots.append(Slot(begins, begins + kind.length * step_h, kind.paid * step_h, shift.people))
    try:
        found = roster.assign(people, slots, rest_h=rest_h, seconds=seconds)
    except ValueError as error:
        raise Unstaffable(str(error)) from error
    stamps = [need.at(shift.start).isoformat(timespec="minutes") for shift in scheme.plan.worked]
    if not need.dated:
        stamps = [stamp[11:] for stamp in stamps]
    missing: dict[str, int] = {}
    for stamp, count in zip(stamps, found.open.tolist(), strict=True):
        if count:
            missing[stamp] = missing.get(stamp, 0) + count
    named = tuple(
        (one.name, hours, tuple(stamps[i] for i in own))
        for one, hours, own in zip(people, found.hours, found.given, strict=True)
    )
    return Assignment(named, tuple(missing.items()), found.gap, found.optimal)
