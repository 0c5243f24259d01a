"""Observations for a query: a few statements to the lake, never one row at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F, Q, QuerySet

from madang.kernel import times
from madang.kernel.lake import client as lake
from madang.telemetry import models
from madang.telemetry.observation_id import ObservationKey
from madang.telemetry.scaling import MISSING, kept, scaled
from madang.telemetry.sta import expressions as tree
from madang.telemetry.sta.folding import folded
from madang.telemetry.sta.lake_sql import Translator, linked_entity
from madang.telemetry.sta.model import DATASTREAM, FEATURE_OF_INTEREST
from madang.telemetry.sta.options import Order, Query
from madang.telemetry.sta.sql_functions import Among

_LAST_SECOND = 2**32 - 1  # of ClickHouse's DateTime


class Row(NamedTuple):
    """One observation: time in ms, the value (NaN is missing), the quality word."""

    ds: int
    at_ms: int
    value: float
    flag: int


@dataclass(frozen=True)
class Answer:
    """A page of observations; `more` where the set goes on, `count` where it was asked for."""

    rows: list[Row]
    count: int | None = None
    more: bool = False


def page(datastreams: QuerySet[models.Datastream], query: Query) -> Answer:
    """Return the page of the observations of these datastreams that the query asks for."""
    plan = _plan(datastreams, query.filter)
    if not plan.groups:
        return Answer([], 0 if query.count else None)
    wanted = query.skip + query.top + 1
    if query.filter is None and is_newest_first(query.orderby):
        plan = plan.since(_newest_bound(plan.ids, wanted))
    limit = f"LIMIT {query.skip}, {query.top + 1}"
    sql = f"SELECT ds, at_ms, value, flag {plan.source} ORDER BY {_order(query, plan)} {limit}"
    rows = _rows(lake.query_columns(sql, plan.parameters)) if query.top else []
    count = _count(_plan(datastreams, query.filter)) if query.count else None
    return Answer(with_later_verdicts(rows[: query.top]), count, len(rows) > query.top)


def pages_by_datastream(ids: Sequence[int], query: Query) -> dict[int, Answer]:
    """Return one page for each datastream; the newest of each comes from live state."""
    newest = query.filter is None and query.skip == 0 and is_newest_first(query.orderby)
    if newest and query.top == 1 and not query.count:
        return _latest_pages(ids)
    plan = _plan(models.Datastream.objects.filter(Q(Among(F("pk"), ids))), query.filter)
    if not plan.groups:
        return {ds: Answer([], 0 if query.count else None) for ds in ids}
    order = f"ds, {_order(query, plan)}"
    limit = f"LIMIT {query.skip}, {query.top + 1} BY ds"
    sql = f"SELECT ds, at_ms, value, flag {plan.source} ORDER BY {order} {limit}"
    found = (
        with_later_verdicts(_rows(lake.query_columns(sql, plan.parameters))) if query.top else []
    )
    by_ds: dict[int, list[Row]] = {ds: [] for ds in ids}
    for row in found:
        by_ds[row.ds].append(row)
    counts = _counts(plan) if query.count else None
    return {
        ds: Answer(
            rows[: query.top], None if counts is None else counts.get(ds, 0), len(rows) > query.top
        )
        for ds, rows in by_ds.items()
    }


def one(key: ObservationKey) -> Row | None:
    """Return one observation, or None."""
    expression = tree.Binary(
        "eq", tree.Name(("phenomenonTime",)), tree.Literal(times.from_ms(key.t_ms))
    )
    found = page(models.Datastream.objects.filter(pk=key.ds), Query(filter=expression, top=1))
    return found.rows[0] if found.rows else None


def datastreams_with(expression: tree.Expression) -> list[int]:
    """Return the datastreams that have an observation for which the expression holds."""
    plan = _plan(models.Datastream.objects.all(), expression)
    if not plan.groups:
        return []
    table = lake.query_columns(f"SELECT DISTINCT ds {plan.source}", plan.parameters)
    return table["ds"]


def spans(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return first and last time (ms) of each datastream that has observations."""
    plan = _plan(models.Datastream.objects.filter(Q(Among(F("pk"), ids))), None)
    if not plan.groups:
        return {}
    sql = f"SELECT ds, min(at_ms) AS first, max(at_ms) AS last {plan.source} GROUP BY ds"
    table = lake.query_columns(sql, plan.parameters)
    columns = (table[name] for name in ("ds", "first", "last"))
    return {ds: (first, last) for ds, first, last in zip(*columns, strict=True)}


def is_newest_first(orderby: tuple[Order, ...]) -> bool:
    """Return whether the order is by phenomenon time, newest first."""
    return len(orderby) == 1 and orderby[0] in _NEWEST_FIRST


_NEWEST_FIRST = tuple(
    Order(tree.Name((name,)), descending=True) for name in ("phenomenonTime", "resultTime")
)


@dataclass
class Plan:
    """Where to read: one group of datastreams for each table and resolution, and a condition."""

    groups: dict[float, list[int]]
    condition: str
    translator: Translator
    first_s: int = 0
    last_s: int = _LAST_SECOND
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        """Return all datastreams of the plan."""
        return [ds for group in self.groups.values() for ds in group]

    def since(self, first_s: int) -> Plan:
        """Return the plan without what is older."""
        return Plan(self.groups, self.condition, self.translator, max(first_s, self.first_s))

    @property
    def source(self) -> str:
        """Return the FROM and WHERE; fills `parameters`."""
        self.parameters = {**self.translator.parameters, "a": self.first_s, "b": self.last_s}
        parts = []
        for number, (resolution, ids) in enumerate(self.groups.items()):
            self.parameters[f"ids{number}"] = ids
            within = (
                f"WHERE ds IN {{ids{number}:Array(UInt32)}} "
                "AND t >= toDateTime({a:UInt32}) AND t <= toDateTime({b:UInt32})"
            )
            parts.append(f"{_columns(resolution)} {within}")
        where = f"WHERE {self.condition}" if self.condition else ""
        return f"FROM ({' UNION ALL '.join(parts)}) {where}"


def _columns(resolution: float) -> str:
    if not resolution:
        return "SELECT ds, toUnixTimestamp64Milli(t) AS at_ms, v AS value, q AS flag FROM obs_ms"
    return (  # numbers only
        "SELECT ds, toInt64(toUInt32(t)) * 1000 AS at_ms, "  # noqa: S608
        f"if(v = {MISSING}, nan, {scaled('v', resolution)}) AS value, q AS flag FROM obs"
    )


def _plan(datastreams: QuerySet[models.Datastream], condition: tree.Expression | None) -> Plan:
    """Narrow the datastreams and the time first by what must hold, then translate the rest."""
    rest, first, last = [], 0, _LAST_SECOND
    for part in tree.conjuncts(folded(condition) if condition else None):
        link = linked_entity(part)
        if link is not None:
            datastreams = datastreams.filter(
                pk__in=_linked(tree.without_first_step(part), link).values("pk")
            )
            continue
        low, high = _time_bounds(part)
        first, last = max(first, low), min(last, high)
        rest.append(part)
    groups: dict[float, list[int]] = {}
    for ds, resolution in datastreams.order_by("pk").values_list(
        "pk", "observed_property__resolution"
    ):
        groups.setdefault(resolution, []).append(ds)
    translator = Translator(
        lambda part, link: list(_linked(part, link).values_list("pk", flat=True))
    )
    whole = tree.conjunction(rest)
    return Plan(groups, translator.condition(whole) if whole else "", translator, first, last)


def _linked(expression: tree.Expression, link: str) -> QuerySet[models.Datastream]:
    from madang.telemetry.sta.orm import condition

    if link == "Datastream":
        return models.Datastream.objects.filter(condition(expression, DATASTREAM))
    features = models.FeatureOfInterest.objects.filter(condition(expression, FEATURE_OF_INTEREST))
    return models.Datastream.objects.filter(thing__locations__features__in=features.values("pk"))


def _time_bounds(part: tree.Expression) -> tuple[int, int]:
    """Return the seconds outside which a comparison with a moment cannot hold."""
    everything = (0, _LAST_SECOND)
    if not isinstance(part, tree.Binary) or part.operator not in ("eq", "gt", "ge", "lt", "le"):
        return everything
    column, moment, operator = part.left, part.right, part.operator
    if isinstance(column, tree.Literal):
        mirrored = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
        column, moment, operator = moment, column, mirrored.get(operator, operator)
    if column not in (tree.Name(("phenomenonTime",)), tree.Name(("resultTime",))):
        return everything
    if not isinstance(moment, tree.Literal) or not isinstance(moment.value, datetime):
        return everything
    second = min(max(times.to_ms(moment.value) // 1000, 0), _LAST_SECOND - 1)
    return (
        second if operator in ("eq", "gt", "ge") else 0,
        second + 1 if operator in ("eq", "lt", "le") else _LAST_SECOND,
    )


def _order(query: Query, plan: Plan) -> str:
    keys = []
    for order in query.orderby:
        value = plan.translator.value(folded(order.expression))
        keys.append(f"{value} {'DESC' if order.descending else 'ASC'}")
    return ", ".join([*keys, "ds", "at_ms"])


def _newest_bound(ids: Sequence[int], wanted: int) -> int:
    """Return a second since when there are at least `wanted` observations, as live state knows.

    Each datastream's latest is an observation, so the wanted-th newest of them is such a bound.
    """
    if len(ids) < wanted:
        return 0
    stamps = np.asarray(lake.latest_columns(ids, ["t"])["t"], np.int64)
    if len(stamps) < wanted:
        return 0
    return int(np.partition(stamps, -wanted)[-wanted] // 1000)


def _latest_pages(ids: Sequence[int]) -> dict[int, Answer]:
    table = lake.latest_columns(ids)
    columns = (table[name] for name in ("ds", "t", "v", "q"))
    pages = {ds: Answer([]) for ds in ids}
    resolutions = dict(
        models.Datastream.objects.filter(Q(Among(F("pk"), ids))).values_list(
            "pk", "observed_property__resolution"
        )
    )
    for ds, at_ms, value, flag in zip(*columns, strict=True):
        known = math.nan if value is None else kept(value, resolutions.get(ds, 0.0))
        row = Row(ds, at_ms, known, flag)
        pages[ds] = Answer([row], more=True)
    return pages


def _rows(table: Mapping[str, list[Any]]) -> list[Row]:
    columns = (table[name] for name in ("ds", "at_ms", "value", "flag"))
    return [Row(*row) for row in zip(*columns, strict=True)]


def _count(plan: Plan) -> int:
    table = lake.query_columns(f"SELECT count() AS n {plan.source}", plan.parameters)
    return int(table["n"][0])


def _counts(plan: Plan) -> dict[int, int]:
    table = lake.query_columns(
        f"SELECT ds, count() AS n {plan.source} GROUP BY ds", plan.parameters
    )
    return dict(zip(table["ds"], table["n"], strict=True))


def with_later_verdicts(rows: list[Row]) -> list[Row]:
    """Return the rows with the quality words that later neighbours brought (`obs_flag`)."""
    if not rows:
        return rows
    table = lake.query_columns(
        "SELECT ds, toUnixTimestamp64Milli(t) AS at_ms, q AS flag FROM obs_flag "
        "WHERE ds IN {ids:Array(UInt32)} AND t >= toDateTime({a:UInt32}) "
        "AND t <= toDateTime({b:UInt32})",
        {
            "ids": sorted({row.ds for row in rows}),
            "a": max(min(row.at_ms for row in rows) // 1000, 0),
            "b": min(max(row.at_ms for row in rows) // 1000 + 1, _LAST_SECOND),
        },
    )
    columns = (table[name] for name in ("ds", "at_ms", "flag"))
    verdicts = {(ds, at_ms): flag for ds, at_ms, flag in zip(*columns, strict=True)}
    if not verdicts:
        return rows
    return [row._replace(flag=verdicts.get((row.ds, row.at_ms), row.flag)) for row in rows]
