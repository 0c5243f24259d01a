"""Entities for a path and a query: one statement for each level, however many entities."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from madang.kernel.errors import NotFound, Unavailable
from madang.telemetry import models
from madang.telemetry.observation_id import observation_id, observation_key
from madang.telemetry.sta import observations, orm
from madang.telemetry.sta.model import TYPES, EntityType, Link, table_of
from madang.telemetry.sta.observations import Answer, Row
from madang.telemetry.sta.options import Expand, Order, Query
from madang.telemetry.sta.paths import Path, Segment
from madang.telemetry.sta.sql_functions import Among

_log = logging.getLogger(__name__)


@dataclass
class Entity:
    """One entity: `row` is its table row or observation; `linked` what $expand brought."""

    kind: EntityType
    id: int | str
    row: Any
    derived: dict[str, object] = field(default_factory=dict)
    linked: dict[str, Entity | Page | None] = field(default_factory=dict)


@dataclass
class Page:
    """Part of a set; `more` where it goes on, `count` of the whole set where asked for."""

    kind: EntityType
    entities: list[Entity]
    count: int | None = None
    more: bool = False


@dataclass(frozen=True)
class Scope:
    """What a path leads to: rows of a table, or observations of datastreams (perhaps one)."""

    kind: EntityType
    rows: QuerySet[Any] | None
    datastreams: QuerySet[models.Datastream]
    is_many: bool
    observation: str | None = None


def scope_of(path: Path) -> Scope:
    """Return what the segments lead to.

    Raises
    ------
    NotFound
        If an entity on the way does not exist.
    """
    scope = _first(path.segments[0])
    for segment in path.segments[1:]:
        scope = _next(_settled(scope), segment)
    return scope


def _first(segment: Segment) -> Scope:
    everything = models.Datastream.objects.all()
    if segment.kind.table is None:
        return _observations(segment, everything)
    return _narrowed(table_of(segment.kind).objects.all(), segment)


def _observations(segment: Segment, datastreams: QuerySet[models.Datastream]) -> Scope:
    public = None if segment.id is None else str(segment.id)
    return Scope(segment.kind, None, datastreams, segment.is_many, public)


def _narrowed(rows: QuerySet[Any], segment: Segment) -> Scope:
    if segment.id is not None:
        rows = rows.filter(pk=segment.id)
    return Scope(segment.kind, rows, models.Datastream.objects.none(), segment.is_many)


def _settled(scope: Scope) -> Entity:
    """Return the one entity that the path goes on from."""
    if scope.kind.table is None:
        return one(scope, Query())
    assert scope.rows is not None
    row = scope.rows.first()
    if row is None:
        raise NotFound(f"there is no such {scope.kind.name}")
    return Entity(scope.kind, row.pk, row)


def _next(parent: Entity, segment: Segment) -> Scope:
    link = segment.link
    assert link is not None
    if segment.kind.table is None:
        return _observations(segment, _datastreams_of(parent))
    if parent.kind.table is None:
        return _narrowed(_linked_to_observation(parent.row, link), segment)
    rows = table_of(segment.kind).objects.filter(**{link.back: parent.id})
    return _narrowed(rows, segment)


def _datastreams_of(parent: Entity) -> QuerySet[models.Datastream]:
    if parent.kind.name == "Datastream":
        return models.Datastream.objects.filter(pk=parent.id)
    return models.Datastream.objects.filter(thing__locations__features=int(parent.id)).distinct()


def _linked_to_observation(row: Row, link: Link) -> QuerySet[Any]:
    if link.target == "Datastream":
        return models.Datastream.objects.filter(pk=row.ds)
    return models.FeatureOfInterest.objects.filter(pk__in=_features_of([row.ds]).values())


def _features_of(ids: Sequence[int]) -> dict[int, int]:
    """Return the feature of interest of each datastream: the place where its thing is now."""
    found = models.FeatureOfInterest.objects.order_by("-pk").annotate(
        ds=F("location__things__datastreams")
    )
    return dict(found.filter(Q(Among(F("ds"), ids))).values_list("ds", "pk"))


def one(scope: Scope, query: Query) -> Entity:
    """Return the one entity of the scope with what the query expands.

    Raises
    ------
    NotFound
        If it does not exist.
    """
    if scope.kind.table is None:
        entity = _one_observation(scope)
    else:
        assert scope.rows is not None
        row = scope.rows.first()
        if row is None:
            raise NotFound(f"there is no such {scope.kind.name}")
        entity = Entity(scope.kind, row.pk, row)
    _complete([entity], scope.kind, query)
    return entity


def _one_observation(scope: Scope) -> Entity:
    key = observation_key(scope.observation or "")
    row = None
    if key is not None and scope.datastreams.filter(pk=key.ds).exists():
        row = observations.one(key)
    if row is None:
        raise NotFound(f"there is no observation {scope.observation!r}")
    return _observation_entity(row)


def _observation_entity(row: Row) -> Entity:
    return Entity(TYPES["Observation"], observation_id(row.ds, row.at_ms), row)


def page(scope: Scope, query: Query) -> Page:
    """Return the page of the scope's set that the query asks for."""
    if scope.kind.table is None:
        found = _observation_page(observations.page(scope.datastreams, query))
    else:
        assert scope.rows is not None
        rows = _filtered(scope.rows, scope.kind, query)
        part = list(_ordered(rows, scope.kind, query)[query.skip : query.skip + query.top + 1])
        found = Page(
            scope.kind,
            [Entity(scope.kind, row.pk, row) for row in part[: query.top]],
            rows.order_by().count() if query.count else None,
            len(part) > query.top,
        )
    _complete(found.entities, scope.kind, query)
    return found


def _observation_page(answer: Answer) -> Page:
    entities = [_observation_entity(row) for row in answer.rows]
    return Page(TYPES["Observation"], entities, answer.count, answer.more)


def _filtered(rows: QuerySet[Any], kind: EntityType, query: Query) -> QuerySet[Any]:
    if query.filter is None:
        return rows
    condition = orm.condition(query.filter, kind)
    if orm.crosses_many(query.filter, kind):  # one row each, however many links fulfil it
        fitting = table_of(kind).objects.filter(condition).order_by().values("pk")
        return rows.filter(pk__in=fitting)
    return rows.filter(condition)


def _ordered(rows: QuerySet[Any], kind: EntityType, query: Query) -> QuerySet[Any]:
    return rows.order_by(*_order_keys(query.orderby, kind), "pk")


def _order_keys(orderby: tuple[Order, ...], kind: EntityType) -> list[Any]:
    keys = []
    for order in orderby:
        for value in orm.order_expressions(order.expression, kind):
            keys.append(value.desc() if order.descending else value.asc())
    return keys


def _complete(entities: list[Entity], kind: EntityType, query: Query) -> None:
    """Add to the entities what is derived and what is expanded, each in one statement."""
    if not entities:
        return
    if kind.name == "Datastream":
        _derive(entities, query)
    for expand in query.expand:
        _expand(entities, kind.link(expand.link), expand)


def _derive(entities: list[Entity], query: Query) -> None:
    ids = [int(entity.id) for entity in entities]
    if query.selects("observedArea"):
        areas = _areas([entity.row.thing_id for entity in entities])
        for entity in entities:
            entity.derived["observedArea"] = areas.get(entity.row.thing_id)
    if query.selects("phenomenonTime") or query.selects("resultTime"):
        try:
            spans = observations.spans(ids)
        except Unavailable as error:  # both are optional, and entities must not need the lake
            _log.warning("datastreams shown without their times: %s", error)
            return
        for entity in entities:
            span = spans.get(int(entity.id))
            entity.derived["phenomenonTime"] = entity.derived["resultTime"] = span


def _areas(things: Sequence[int]) -> dict[int, object]:
    rows = models.Location.objects.order_by("pk").annotate(thing=F("things__pk"))
    found = rows.filter(Q(Among(F("thing"), set(things)))).values_list("thing", "location")
    return dict(found)


def _expand(entities: list[Entity], link: Link, expand: Expand) -> None:
    if link.target == "Observation":
        _expand_observations(entities, link, expand.query)
    elif entities[0].kind.table is None:
        _expand_from_observations(entities, link, expand.query)
    elif link.many:
        _expand_many(entities, link, expand.query)
    else:
        keys = [getattr(entity.row, f"{link.path}_id") for entity in entities]
        _attach_single(entities, keys, link, expand.query)


def _expand_observations(entities: list[Entity], link: Link, query: Query) -> None:
    if entities[0].kind.name == "Datastream":
        answers = observations.pages_by_datastream([int(e.id) for e in entities], query)
        pages = {ds: _observation_page(answer) for ds, answer in answers.items()}
    else:
        pages = {
            int(e.id): _observation_page(observations.page(_datastreams_of(e), query))
            for e in entities
        }
    for entity in entities:
        entity.linked[link.name] = pages[int(entity.id)]
    every = [found for one_page in pages.values() for found in one_page.entities]
    _complete(every, TYPES["Observation"], query)


def _expand_from_observations(entities: list[Entity], link: Link, query: Query) -> None:
    if link.target == "Datastream":
        keys: list[int | None] = [entity.row.ds for entity in entities]
    else:
        features = _features_of(sorted({entity.row.ds for entity in entities}))
        keys = [features.get(entity.row.ds) for entity in entities]
    _attach_single(entities, keys, link, query)


def _attach_single(entities: list[Entity], keys: Sequence[Any], link: Link, query: Query) -> None:
    kind = TYPES[link.target]
    wanted = {key for key in keys if key is not None}
    rows = table_of(kind).objects.filter(Q(Among(F("pk"), wanted)))
    found = {row.pk: Entity(kind, row.pk, row) for row in rows}
    _complete(list(found.values()), kind, query)
    for entity, key in zip(entities, keys, strict=True):
        entity.linked[link.name] = found.get(key)


def _expand_many(entities: list[Entity], link: Link, query: Query) -> None:
    kind = TYPES[link.target]
    parents = [entity.id for entity in entities]
    rows = _filtered(table_of(kind).objects.order_by(), kind, query).annotate(
        parent=F(f"{link.back}__pk")
    )
    rows = rows.filter(Q(Among(F("parent"), parents)))
    keys = [*_order_keys(query.orderby, kind), F("pk").asc()]
    numbered = rows.annotate(
        place=Window(RowNumber(), partition_by=F("parent"), order_by=keys)
    ).filter(place__gt=query.skip, place__lte=query.skip + query.top + 1)
    pages = {parent: Page(kind, [], 0 if query.count else None) for parent in parents}
    for row in numbered.order_by("parent", "place"):
        here = pages[row.parent]
        if len(here.entities) < query.top:
            here.entities.append(Entity(kind, row.pk, row))
        else:
            here.more = True
    if query.count:
        for parent, count in rows.values_list("parent").annotate(n=Count("pk")):
            pages[parent].count = count
    _complete([e for one_page in pages.values() for e in one_page.entities], kind, query)
    for entity in entities:
        entity.linked[link.name] = pages[entity.id]
