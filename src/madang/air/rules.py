"""What the city declares: the profile's rules put to the machine, and the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from madang.air.engine import measures as machine
from madang.air.engine.measures import Limit, Rules, State, Transition
from madang.air.rule_set import Declare, ForecastRule, Lift, RuleSet, RunRule, Text
from madang.kernel.habits import USUAL, Habits
from madang.kernel.writing import moment_text, short_number_text


@dataclass(frozen=True)
class Hour:
    """One hour of one district: `end` in UTC, values by pollutant in its unit (absent: missing)."""

    end: datetime
    values: Mapping[str, float]


@dataclass(frozen=True)
class Declared:
    """A measure as the rules alone tell it: declared, and lifted or still open."""

    rule: str
    pollutant: str
    district: str | None
    declared_at: datetime
    lifted_at: datetime | None
    transition: Transition


def machine_rules(rule_set: RuleSet, pollutant: str, only: Sequence[str] | None = None) -> Rules:
    """Return the rules on one pollutant for the machine; `only` names the ones wanted."""
    chosen = [
        r for r in rule_set.rules if r.pollutant == pollutant and (only is None or r.id in only)
    ]
    return Rules(
        zone=rule_set.zone,
        runs=tuple(_run_rule(r) for r in chosen if isinstance(r, RunRule)),
        forecasts=tuple(_forecast_rule(r) for r in chosen if isinstance(r, ForecastRule)),
    )


def _run_rule(rule: RunRule) -> machine.RunRule:
    return machine.RunRule(
        rule.id, _declaring(rule.declare), rule.declare.hours, _lifting(rule.lift)
    )


def _declaring(declare: Declare) -> Limit:
    if declare.at_least is not None:
        return Limit(declare.at_least, upward=True, inclusive=True)
    assert declare.above is not None
    return Limit(declare.above, upward=True, inclusive=False)


def _lifting(lift: Lift) -> Limit:
    if lift.at_or_below is not None:
        return Limit(lift.at_or_below, upward=False, inclusive=True)
    assert lift.below is not None
    return Limit(lift.below, upward=False, inclusive=False)


def _above(value: float) -> Limit:
    return Limit(value, upward=True, inclusive=False)


def _forecast_rule(rule: ForecastRule) -> machine.ForecastRule:
    return machine.ForecastRule(
        id=rule.id,
        clauses=tuple(
            machine.Clause(
                tomorrow=_above(c.tomorrow_above),
                today_mean=None if c.today_mean_above is None else _above(c.today_mean_above),
                issued_today=tuple(c.issued_today),
            )
            for c in rule.any_of
        ),
        decide_at=time.fromisoformat(rule.decide_at),
        mean_from_hour=rule.today_mean.from_hour,
        mean_to_hour=rule.today_mean.to_hour,
        mean_min_hours=rule.today_mean.min_hours,
        starts=time.fromisoformat(rule.in_force_next_day.starts),
        ends=time.fromisoformat(rule.in_force_next_day.ends),
    )


def skipped_rules(rule_set: RuleSet, pollutants: Sequence[str], *, has_forecast: bool) -> list[str]:
    """Return the rules that cannot be decided: no forecast, or no column of their pollutant.

    A forecast rule without its pollutant's column is still decided: a clause on tomorrow's
    forecast alone needs no reading.
    """
    return [
        rule.id
        for rule in rule_set.rules
        if (isinstance(rule, ForecastRule) and not has_forecast)
        or (isinstance(rule, RunRule) and rule.pollutant not in pollutants)
    ]


def declared_measures(
    hours: Mapping[str | None, Sequence[Hour]], rule_set: RuleSet, forecast: Mapping[date, float]
) -> list[Declared]:
    """Return the measures that the rules declare over whole series of districts.

    Parameters
    ----------
    hours : hours of each district in order of time, none twice; None where there is one place only.
    forecast : forecast 24-hour mean by day of the city's calendar.

    Returns
    -------
    list, by time of declaration, then in the order of the profile's rules, then by district.
    """
    found: list[Declared] = []
    order = {rule.id: number for number, rule in enumerate(rule_set.rules)}
    for pollutant in dict.fromkeys(rule.pollutant for rule in rule_set.rules):
        rules = machine_rules(rule_set, pollutant)
        for district, series in hours.items():
            found += _declared_in(district, pollutant, series, rules, forecast)
    return sorted(found, key=lambda m: (m.declared_at, order[m.rule], m.district or ""))


def _declared_in(
    district: str | None,
    pollutant: str,
    series: Sequence[Hour],
    rules: Rules,
    forecast: Mapping[date, float],
) -> list[Declared]:
    state, transitions = State(), list[Transition]()
    for hour in series:
        value = hour.values.get(pollutant)
        state, turned = machine.step(state, hour.end, value, rules, forecast)
        transitions += turned
    lifted = {(t.rule, t.declared_at): t.at for t in transitions if t.kind == "lifted"}
    return [
        Declared(t.rule, pollutant, district, t.at, lifted.get((t.rule, t.at)), t)
        for t in transitions
        if t.kind == "declared"
    ]


def in_language(text: Text, language: str, fallback: str) -> str:
    """Return the text in `language`, else in the file's own."""
    return text.get(language) or text[fallback]


def reason_text(
    transition: Transition,
    rule_set: RuleSet,
    language: str,
    zone: tzinfo,
    habits: Habits = USUAL,
) -> str:
    """Return why a measure was declared, in words, with times in `zone`."""
    rule = rule_set.rule(transition.rule)
    words = text_values(transition, rule_set, language, zone, habits=habits)
    fallback = rule_set.file.language
    parts = [in_language(rule.reason, language, fallback).format_map(words)]
    if isinstance(rule, ForecastRule):
        for number in transition.grounds.clauses:
            clause = rule.any_of[number]
            text = in_language(clause.reason, language, fallback)
            limits = {
                "tomorrow_limit": _number(clause.tomorrow_above, language, habits),
                "mean_limit": _number(clause.today_mean_above, language, habits),
            }
            parts.append(text.format_map({**words, **limits}))
    return " ".join(parts)


def text_values(
    transition: Transition,
    rule_set: RuleSet,
    language: str,
    zone: tzinfo,
    district: str = "",
    *,
    habits: Habits = USUAL,
) -> dict[str, str]:
    """Return what the placeholders of the profile's texts stand for, for one declaration.

    Times name their year only where it is another one than that of the declaration.
    """
    grounds, readings = transition.grounds, transition.readings
    day = transition.declared_at.astimezone(zone).date()

    def number(value: float | None) -> str:
        return _number(value, language, habits)

    def moment(at: datetime) -> str:
        return moment_text(at, language, zone, day, habits)

    fallback = rule_set.file.language
    issued = [in_language(rule_set.rule(i).name, language, fallback) for i in grounds.issued]
    return {
        "name": in_language(rule_set.rule(transition.rule).name, language, fallback),
        "district": district,
        "limit": number(grounds.limit),
        "hours": number(grounds.hours),
        "values": _row([number(round(r.value, 2)) for r in readings]),
        "first": moment(readings[0].time) if readings else "",
        "last": moment(readings[-1].time) if readings else "",
        "mean": number(grounds.today_mean),
        "mean_limit": "",
        "tomorrow": number(grounds.tomorrow),
        "tomorrow_limit": "",
        "issued": ", ".join(issued),
        "starts": moment(transition.starts),
        "ends": moment(transition.ends) if transition.ends else "",
    }


def _row(numbers: Sequence[str]) -> str:
    """Return numbers one after the other; where one has a comma itself, semicolons part them."""
    return ("; " if any("," in number for number in numbers) else ", ").join(numbers)


def _number(value: float | None, language: str, habits: Habits) -> str:
    return "" if value is None else short_number_text(value, language, habits)
