"""Use cases of the air room: hours become district hours, measures are declared and lifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from madang.access.api import Actor, require
from madang.air import events
from madang.air.alerts import alert_of, cancel_of, reasons, words_of
from madang.air.engine import measures as machine
from madang.air.engine.measures import State, Transition
from madang.air.errors import NotAwaitingApproval, NotInForce, UnknownMeasure
from madang.air.in_effect import rules_in_effect
from madang.air.models import DailyForecast, ForecastDay, Measure, RuleState, Series
from madang.air.rule_set import POLLUTANTS, RuleSet
from madang.air.rules import machine_rules
from madang.kernel import audit
from madang.kernel.errors import Invalid
from madang.kernel.events import announce
from madang.kernel.times import now
from madang.notices import api as notices

_SYSTEM = "system:air"
OFFICER = "role:officer"
DAY = timedelta(days=1)


def step_series(series: Series, hours: Sequence[tuple[datetime, float | None]]) -> None:
    """Put closed hours, in order of time, to the rules; write what follows.

    Hours that event time has passed already are left out: they came too late to count.
    """
    rule_set = rules_in_effect()
    rules = machine_rules(rule_set, series.pollutant)
    if not rules.runs and not rules.forecasts:
        return
    row, state = _state(series)
    fresh = [(end, value) for end, value in hours if state.at is None or end > state.at]
    if not fresh:
        return
    since = state.at or fresh[0][0]
    forecast = _forecasts(series, since, fresh[-1][0]) if rules.forecasts else {}
    for end, value in fresh:
        state, turned = machine.step(state, end, value, rules, forecast)
        for transition in turned:
            _turn(transition, series, rule_set)
    _save_state(row, series, state, rule_set)


def pass_time(series: Series, until: datetime) -> None:
    """Let event time pass to `until` where something is due by then (no data need come)."""
    rule_set = rules_in_effect()
    row, state = _state(series)
    if state.at is None or until <= state.at:
        return
    rules = machine_rules(rule_set, series.pollutant)
    forecast = _forecasts(series, state.at, until)
    _, turned = machine.advance(state, until, rules, forecast)
    if not turned:
        return
    # only as far as needed: an hour that is on its way may still count
    passed, turned = machine.advance(state, turned[-1].at, rules, forecast)
    for transition in turned:
        _turn(transition, series, rule_set)
    _save_state(row, series, passed, rule_set)


def _state(series: Series) -> tuple[RuleState | None, State]:
    row = RuleState.objects.select_for_update().filter(**series.key).first()
    return row, msgspec.convert(row.state, State) if row else State()


def _save_state(row: RuleState | None, series: Series, state: State, rule_set: RuleSet) -> None:
    row = row or RuleState(**series.key)
    assert state.at is not None
    row.at, row.state, row.rule_digest = state.at, msgspec.to_builtins(state), rule_set.digest
    row.save()


def _forecasts(series: Series, first: datetime, last: datetime) -> dict[date, float]:
    """Return the mean that counts for each day: the district's own and of its origin goes first.

    What the platform forecasts itself counts only where the profile says so, for days of which
    nobody gave a forecast.
    """
    days = (first.date() - DAY, last.date() + 3 * DAY)
    own = {}
    if rules_in_effect().file.own_forecast:
        kept = ForecastDay.objects.filter(**series.key, day__range=days)
        own = dict(kept.values_list("day", "mean"))
    return {**own, **_given_forecasts(series, days)}


def _given_forecasts(series: Series, days: tuple[date, date]) -> dict[date, float]:
    rows = DailyForecast.objects.filter(
        pollutant=series.pollutant,
        day__range=days,
        district__in=("", series.district),
        origin__in=("real", series.origin),
    ).values_list("day", "mean", "district", "origin")
    ranked = sorted(rows.order_by("id"), key=lambda row: (row[2] != "", row[3] == series.origin))
    return {day: mean for day, mean, _, _ in ranked}


def _turn(transition: Transition, series: Series, rule_set: RuleSet) -> None:
    if transition.kind == "declared":
        _declare(transition, series, rule_set)
        return
    measure = Measure.objects.filter(
        rule=transition.rule,
        district=series.district,
        origin=series.origin,
        declared_at=transition.declared_at,
    ).first()
    if measure is None or measure.status == "lifted":  # an officer was quicker
        return
    if transition.kind == "lifted":
        _lift(measure, transition.at, _SYSTEM)
    elif not measure.needs_approval or measure.approved_at:
        _into_force(measure, transition.at, _SYSTEM)


def _declare(transition: Transition, series: Series, rule_set: RuleSet) -> None:
    rule = rule_set.rule(transition.rule)
    words = words_of(transition, series.district, rule_set)
    measure = Measure.objects.create(
        rule=rule.id,
        pollutant=series.pollutant,
        district=series.district,
        origin=series.origin,
        status="declared",
        declared_at=transition.declared_at,
        starts_at=transition.starts,
        ends_at=transition.ends,
        needs_approval=rule.needs_approval,
        readings=[[r.time.isoformat(), r.value] for r in transition.readings],
        reason=reasons(transition, rule_set),
        words=words,
        rule_version=rule_set.file.version,
        rule_digest=rule_set.digest,
    )
    told = _forecast_told(transition, series, rule_set)
    _note(measure, "air.declare", _SYSTEM, reason=measure.reason, **told)
    announce(
        events.MeasureDeclared(
            **_event(measure, measure.declared_at), needs_approval=measure.needs_approval
        )
    )
    if not measure.needs_approval:
        _publish(measure)
        if measure.starts_at <= measure.declared_at:
            _into_force(measure, measure.declared_at, _SYSTEM)


def _forecast_told(transition: Transition, series: Series, rule_set: RuleSet) -> dict[str, Any]:
    """Return, of a declaration by forecast, whose forecast decided: given, or our own."""
    if transition.grounds.tomorrow is None:
        return {}
    day = transition.starts.astimezone(rule_set.zone).date()
    if _given_forecasts(series, (day, day)):
        return {"forecast": "given"}
    row = ForecastDay.objects.filter(**series.key, day=day).first()
    if row is None:
        return {}
    model = {"model": row.model, "version": row.version, "issued_at": row.issued_at.isoformat()}
    return {"forecast": "own", "low": row.low, "high": row.high, **model}


def _into_force(measure: Measure, at: datetime, actor: str) -> None:
    if measure.status != "declared":
        return
    measure.status, measure.in_force_at = "in_force", at
    measure.save(update_fields=["status", "in_force_at"])
    _note(measure, "air.put_in_force", actor)
    announce(events.MeasureInForce(**_event(measure, at)))


def _lift(measure: Measure, at: datetime, actor: str, reason: str = "") -> None:
    measure.status, measure.lifted_at = "lifted", at
    measure.lifted_by, measure.lifting_reason = actor, reason
    measure.save(update_fields=["status", "lifted_at", "lifted_by", "lifting_reason"])
    if measure.alert:
        sent = notices.published(measure.alert).sent
        notices.publish(cancel_of(measure, sent), f"measure:{measure.pk}")
    _note(measure, "air.lift", actor, reason=reason)
    announce(events.MeasureLifted(**_event(measure, at)))


def _publish(measure: Measure) -> None:
    alert = alert_of(measure)
    notices.publish(alert, f"measure:{measure.pk}")
    measure.alert = alert.identifier
    measure.save(update_fields=["alert"])
    announce(events.MeasurePublished(**_event(measure, _event_time(measure))))


def _note(measure: Measure, verb: str, actor: str, **detail: Any) -> None:
    told = {"rule": measure.rule, "district": measure.district, "origin": measure.origin, **detail}
    audit.record(actor, verb, f"measure:{measure.pk}", detail=told)


def _event(measure: Measure, at: datetime) -> dict[str, Any]:
    return {
        "measure": measure.pk,
        "rule": measure.rule,
        "district": measure.district,
        "origin": measure.origin,
        "turned_at": at,
    }


@transaction.atomic
def approve(measure_id: int, actor: Actor) -> None:
    """Approve a declared measure: it comes into force now, or when its rule says it starts.

    Raises
    ------
    Forbidden
        If the actor is no officer.
    UnknownMeasure, NotAwaitingApproval
    """
    require(actor, OFFICER)
    measure = _locked(measure_id)
    if measure.status != "declared" or not measure.needs_approval or measure.approved_at:
        raise NotAwaitingApproval(f"measure {measure_id} is not waiting for approval")
    measure.approved_by, measure.approved_at = actor.id, now()
    measure.save(update_fields=["approved_by", "approved_at"])
    _note(measure, "air.approve", actor.id)
    at = _event_time(measure)
    if measure.starts_at <= at:
        _into_force(measure, at, actor.id)
    _publish(measure)


@transaction.atomic
def lift(measure_id: int, actor: Actor, reason: str) -> None:
    """Lift a measure before its rule does; `reason` is kept and published.

    Raises
    ------
    Forbidden
        If the actor is no officer.
    Invalid
        If no reason is given.
    UnknownMeasure, NotInForce
    """
    require(actor, OFFICER)
    if not reason.strip():
        raise Invalid("a measure is lifted with a reason", {"reason": "is empty"})
    measure = _locked(measure_id)
    if measure.status == "lifted":
        raise NotInForce(f"measure {measure_id} is lifted already")
    _lift(measure, _event_time(measure), actor.id, reason.strip())


def _locked(measure_id: int) -> Measure:
    measure = Measure.objects.select_for_update().filter(pk=measure_id).first()
    if measure is None:
        raise UnknownMeasure(f"there is no measure {measure_id}")
    return measure


def _event_time(measure: Measure) -> datetime:
    """Return what time it is for the measure: the clock's, or that of the replayed series."""
    if measure.origin != "replayed":
        return now()
    key = {k: getattr(measure, k) for k in ("district", "origin", "pollutant")}
    reached = RuleState.objects.filter(**key).values_list("at", flat=True).first()
    return max(reached or measure.declared_at, measure.declared_at)


@transaction.atomic
def record_forecasts(
    means: Mapping[date, float],
    by: str,
    *,
    district: str = "",
    origin: str = "real",
    pollutant: str = "pm25",
) -> int:
    """Keep forecast 24-hour means [µg/m³] by day; a newer one for a day replaces the older.

    A decision uses the forecast that is there when event time passes its hour.

    Parameters
    ----------
    district : unit code, empty for the whole city.
    origin : of who gives it: what is simulated or replayed never counts for real hours.

    Raises
    ------
    Invalid
        If the pollutant is unknown or a mean is negative or not finite.
    """
    if pollutant not in POLLUTANTS:
        raise Invalid(f"pollutant {pollutant!r} is not one of {', '.join(POLLUTANTS)}")
    faults = {str(day): "must be a number from 0" for day, m in means.items() if not 0 <= m < 1e6}
    if faults:
        raise Invalid(f"the forecast for {next(iter(faults))} must be a number from 0", faults)
    same = {"pollutant": pollutant, "district": district, "origin": origin, "given_by": by}
    DailyForecast.objects.bulk_create(
        [DailyForecast(day=day, mean=mean, **same) for day, mean in means.items()], batch_size=500
    )
    detail = {"days": len(means), "district": district, "origin": origin}
    audit.record(by, "air.forecast", f"forecast:{pollutant}", detail=detail)
    return len(means)
