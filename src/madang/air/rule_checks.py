"""What a rules file must satisfy beyond the form of its single fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from string import Formatter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from madang.air.index_spec import index_faults
from madang.air.rule_set import POLLUTANTS, CapText, Clause, ForecastRule, RuleFile, RunRule


def contradictions(file: RuleFile) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong) for all that single fields cannot tell."""
    try:
        ZoneInfo(file.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield "time_zone", f"{file.time_zone!r} is no time zone of the IANA database"
    for key, kind in file.measures.items():
        yield from _text_faults(kind, f"measures.{key}", file.language)
    yield from index_faults(file.index, file.language)
    for number, language in enumerate(file.alert_languages):
        for rule in file.rules:
            if language not in rule.cap.headline:
                message = f"rule {rule.id!r} has no text of its alert in {language!r}"
                yield f"alert_languages[{number}]", message
    seen: dict[str, RunRule | ForecastRule] = {}
    for number, rule in enumerate(file.rules):
        path = f"rules[{number}]"
        if rule.id in seen:
            yield f"{path}.id", f"{rule.id!r} is given twice"
        seen[rule.id] = rule
        yield from _rule_faults(rule, path, file)
    for number, rule in enumerate(file.rules):
        if isinstance(rule, ForecastRule):
            yield from _forecast_faults(rule, f"rules[{number}]", seen)


def _rule_faults(
    rule: RunRule | ForecastRule, path: str, file: RuleFile
) -> Iterator[tuple[str, str]]:
    if rule.pollutant not in POLLUTANTS:
        yield f"{path}.pollutant", f"{rule.pollutant!r} is not one of {', '.join(POLLUTANTS)}"
    for place, key in enumerate(rule.measures):
        if key not in file.measures:
            yield f"{path}.measures[{place}]", f"{key!r} is not described under 'measures'"
    yield from _text_faults(rule, path, file.language)
    yield from _text_faults(rule.cap, f"{path}.cap", file.language)
    yield from _cap_faults(rule.cap, f"{path}.cap")
    if isinstance(rule, RunRule):
        yield from _run_faults(rule, path)


# OASIS CAP 1.2 (2010), section 3.2.2
CAP_CODES = {
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
    "response": (
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ),
}  # fmt: skip


def _cap_faults(cap: CapText, path: str) -> Iterator[tuple[str, str]]:
    for field, codes in CAP_CODES.items():
        if getattr(cap, field) not in codes:
            yield f"{path}.{field}", f"{getattr(cap, field)!r} is not one of {', '.join(codes)}"


def _run_faults(rule: RunRule, path: str) -> Iterator[tuple[str, str]]:
    declare = [v for v in (rule.declare.above, rule.declare.at_least) if v is not None]
    lift = [v for v in (rule.lift.below, rule.lift.at_or_below) if v is not None]
    if len(declare) != 1:
        yield f"{path}.declare", "needs exactly one of 'above' and 'at_least'"
    elif len(lift) != 1:
        yield f"{path}.lift", "needs exactly one of 'below' and 'at_or_below'"
    elif lift[0] > declare[0] or (
        lift[0] == declare[0]
        and rule.declare.at_least is not None
        and rule.lift.at_or_below is not None
    ):
        yield f"{path}.lift", "would lift at a value that declares"


def _forecast_faults(
    rule: ForecastRule, path: str, rules: Mapping[str, RunRule | ForecastRule]
) -> Iterator[tuple[str, str]]:
    window = rule.today_mean
    if window.from_hour >= window.to_hour:
        yield f"{path}.today_mean", "'from_hour' must be before 'to_hour'"
    elif window.min_hours > window.to_hour - window.from_hour:
        yield f"{path}.today_mean.min_hours", "is more than the window has"
    if time(window.to_hour % 24) > time.fromisoformat(rule.decide_at) or window.to_hour == 24:
        yield f"{path}.today_mean.to_hour", f"is after the decision at {rule.decide_at}"
    if rule.in_force_next_day.starts >= rule.in_force_next_day.ends:
        yield f"{path}.in_force_next_day", "'starts' must be before 'ends'"
    if not rule.any_of:
        yield f"{path}.any_of", "has no clause"
    for number, clause in enumerate(rule.any_of):
        for place, name in enumerate(clause.issued_today):
            named = rules.get(name)
            if not isinstance(named, RunRule) or named.pollutant != rule.pollutant:
                yield (
                    f"{path}.any_of[{number}].issued_today[{place}]",
                    f"{name!r} is no run rule on {rule.pollutant}",
                )


# What a text of the file may refer to, by field.
PLACEHOLDERS = frozenset(
    {
        "name", "district", "limit", "hours", "values", "first", "last", "mean", "mean_limit",
        "tomorrow", "tomorrow_limit", "issued", "starts", "ends",
    }
)  # fmt: skip


def _text_faults(item: msgspec.Struct, path: str, language: str) -> Iterator[tuple[str, str]]:
    for field in item.__struct_fields__:
        value = getattr(item, field)
        if isinstance(value, list) and value and isinstance(value[0], Clause):
            for number, clause in enumerate(value):
                yield from _text_faults(clause, f"{path}.{field}[{number}]", language)
        if not isinstance(value, dict):
            continue
        if language not in value:
            yield f"{path}.{field}", f"has no text in {language!r}, the language of this file"
        for tag, text in value.items():
            yield from _placeholder_faults(text, f"{path}.{field}.{tag}")


def _placeholder_faults(text: str, path: str) -> Iterator[tuple[str, str]]:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield path, f"has unbalanced braces: {error}"
        return
    for name in sorted(names - PLACEHOLDERS):
        yield path, f"{{{name}}} is none of {', '.join(sorted(PLACEHOLDERS))}"
