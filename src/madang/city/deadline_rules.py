"""How a city counts the time limits of its offices, from ``deadlines.yaml`` of its profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import yaml
from msgspec import Meta, Struct

from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.city.profile import Profile

FILE = "deadlines.yaml"

Unit = Literal["immediately", "hours", "days", "calendar-days", "weeks", "months", "years"]
Counts = Literal["office-hours", "working-days", "calendar"]

_LONGEST = {
    "hours": 10_000,
    "days": 4_000,
    "calendar-days": 4_000,
    "weeks": 1_000,
    "months": 600,
    "years": 100,
}
_WRITTEN = re.compile(r"(?P<amount>\d{1,5})\s*(?P<unit>[^\W\d]+(?:[ -]days?)?)")
_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("hour", "hours", "h", "시간"), "hours"),
    **dict.fromkeys(("day", "days", "d", "일"), "days"),
    **dict.fromkeys(("calendar day", "calendar days", "calendar-days", "역일"), "calendar-days"),
    **dict.fromkeys(("week", "weeks", "w", "주", "주일"), "weeks"),
    **dict.fromkeys(("month", "months", "개월", "월", "달"), "months"),
    **dict.fromkeys(("year", "years", "y", "년"), "years"),
}
_AT_ONCE = ("immediately", "at once", "즉시")


class Limit(Struct, frozen=True):
    """A time limit as a law or a service states it: an amount of a unit; at once is 0.

    Of calendar days, days off count, too: limits of tax and appeal laws.
    """

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return (
            "immediately"
            if self.unit == "immediately"
            else f"{self.amount} {self.unit}".replace("-", " ")
        )


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One way of counting.

    id: its name in answers.
    of: units of the limits that it counts.
    counts: `office-hours` (a day is one office day), `working-days`, or `calendar` (days off count,
        a last day off moves on).
    source: the law.
    up_to: the largest amount that it counts; 0: any.
    first_day_counts: whether the day of receipt is the first one (days and calendar).
    hours: office hours within which `immediately` is kept.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9-]+$")]
    of: Annotated[tuple[Unit, ...], Meta(min_length=1)]
    counts: Counts
    source: str
    up_to: Annotated[int, Meta(ge=0)] = 0
    first_day_counts: bool = False
    hours: Annotated[float, Meta(gt=0)] = 3.0

    def fits(self, limit: Limit) -> bool:
        """Return whether the rule counts that limit."""
        return limit.unit in self.of and (not self.up_to or limit.amount <= self.up_to)


class DeadlineRules(Struct, frozen=True, forbid_unknown_fields=True):
    """The office hours of a day, and the rules in the order in which they are tried."""

    version: str
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]
    office_hours: tuple[tuple[str, str], ...] = ()

    def rule_of(self, limit: Limit) -> Rule:
        """Return the rule that counts a limit.

        Raises
        ------
        Invalid
            If the city has none for it.
        """
        for rule in self.rules:
            if rule.fits(limit):
                return rule
        raise Invalid(f"this city's {FILE} has no rule for a limit of {limit}")

    def hours(self) -> tuple[tuple[time, time], ...]:
        """Return from when to when the offices work, in order."""
        return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in self.office_hours)


def read_limit(text: str) -> Limit:
    """Return the limit that a text states: `5 days`, `90 calendar days`, `at once`, `5일`.

    Raises
    ------
    Invalid
        If it states none, or one that no law has.
    """
    written = text.strip().lower()
    if written in _AT_ONCE:
        return Limit(0, "immediately")
    found = _WRITTEN.fullmatch(written)
    unit = _UNITS.get(found["unit"]) if found else None
    if found is None or unit is None:
        raise Invalid(f"{text!r} is no time limit: write '5 days', '3 hours', '1 month' or '즉시'")
    amount = int(found["amount"])
    if not 1 <= amount <= _LONGEST[unit]:
        raise Invalid(f"{text!r}: a limit is 1 to {_LONGEST[unit]:,} {unit}")
    return Limit(amount, unit)


def rules_of(profile: Profile) -> DeadlineRules:
    """Return a city's rules; without a file: working days, and the calendar for longer ones."""
    if "deadlines" in profile.rule_names:
        return msgspec.convert(dict(profile.rules("deadlines")), DeadlineRules)
    first = profile.city.calendar.first_day_counts
    return DeadlineRules(
        version="",
        rules=(
            Rule("working-days", ("days",), "working-days", "", first_day_counts=first),
            Rule("calendar-days", ("calendar-days",), "calendar", ""),
            Rule("calendar", ("weeks", "months", "years"), "calendar", "", first_day_counts=first),
        ),
    )


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    try:
        rules = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), DeadlineRules)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        return [(None, str(error))]
    return [(None, text) for text in _faults(rules)]


def _faults(rules: DeadlineRules) -> Iterator[str]:
    names = [rule.id for rule in rules.rules]
    yield from (
        f"rule {name!r} is there twice" for name in {n for n in names if names.count(n) > 1}
    )
    try:
        ends = [moment for pair in rules.hours() for moment in pair]
    except ValueError as error:
        yield f"office_hours: {error}"
        return
    if ends != sorted(set(ends)):
        yield "office_hours: each pair is from and to, one after the other"
    if not ends and any(rule.counts == "office-hours" for rule in rules.rules):
        yield "a rule counts office-hours, and office_hours is empty"
    for rule in rules.rules:
        timed = set(rule.of) & {"immediately", "hours"}
        if timed and rule.counts != "office-hours":
            yield f"rule {rule.id!r}: {', '.join(sorted(timed))} are counted in office-hours"
        if rule.counts != "calendar" and set(rule.of) & {
            "calendar-days",
            "weeks",
            "months",
            "years",
        }:
            longer = "calendar days, weeks, months and years"
            yield f"rule {rule.id!r}: {longer} are counted by the calendar"
        if rule.up_to and set(rule.of) != {"days"}:
            yield f"rule {rule.id!r}: up_to is a number of days"
