"""Tables of personal data: closed outside a purpose, masked inside it.

A table says what it holds in an inner class::

    class Person(PersonalModel):
        class Personal:
            dataset = "identity.person"
            subject = "id"
            columns = {"name": {"family_name", "given_name"}, "secret": {"ci"}}

`subject` is the lookup path to the person's id, empty where the table knows no person; `case`,
`district` and `department` are such paths for the rows that policies open. A column in no class is
``plain``: ids, states, dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models.query import ModelIterable, RawQuerySet

from madang.access.engine.decision import PLAIN, Decision
from madang.access.errors import AccessDenied, ColumnMasked
from madang.access.scope import Scope, current_scope, required_scope

Row = TypeVar("Row", bound=models.Model)
_NONE_LEFT: Any = object()


@dataclass(frozen=True)
class Holding:
    """What a personal table says of itself.

    Parameters
    ----------
    subject : lookup path to the id of the person concerned; empty where there is none.
    subject_at : attribute with that id, where the table itself has it.
    case, district, department : lookup paths for row filters; empty where there is none.
    class_of : class of each column (attribute name), where it is not plain.
    columns : the database columns that are not plain, in lower case.
    """

    dataset: str
    subject: str = ""
    subject_at: str = ""
    case: str = ""
    district: str = ""
    department: str = ""
    class_of: Mapping[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()


@cache
def holding(model: type[models.Model]) -> Holding:
    """Return what a personal table says of itself; raises TypeError where it says it wrongly."""
    said = getattr(model, "Personal", None)
    if said is None or not getattr(said, "dataset", ""):
        raise TypeError(f"{model.__name__} is personal and lacks `class Personal: dataset = ...`")
    fields: dict[str, Any] = {f.name: f for f in model._meta.concrete_fields}
    class_of = {}
    for name, columns in getattr(said, "columns", {}).items():
        for column in columns:
            if column not in fields:
                raise TypeError(f"{model.__name__}.Personal names {column!r}, which is no column")
            class_of[fields[column].attname] = name
    paths = {key: getattr(said, key, "") for key in ("subject", "case", "district", "department")}
    of_subject = [f.attname for f in fields.values() if paths["subject"] in (f.name, f.attname)]
    return Holding(
        dataset=said.dataset,
        subject_at=of_subject[0] if of_subject else "",
        class_of=class_of,
        columns=frozenset(f.column.lower() for f in fields.values() if f.attname in class_of),
        **paths,
    )


def masked_fields(model: type[models.Model], decision: Decision) -> list[str]:
    """Return the names of the fields that a decision keeps closed."""
    class_of = holding(model).class_of
    return [
        f.name
        for f in model._meta.concrete_fields
        if not f.primary_key and not decision.opens(class_of.get(f.attname, PLAIN))
    ]


class PersonalRawQuerySet(RawQuerySet[Any]):
    """Rows by hand-written SQL; the guard opens it like any other statement."""

    def iterator(self) -> Iterator[Any]:
        """Yield the rows."""
        yield from _noted(super().iterator())


class PersonalQuerySet(models.QuerySet[Row]):
    """Rows of a personal table, as far as the purpose opens them."""

    def iterator(self, chunk_size: int | None = None) -> Iterator[Row]:
        """Yield the rows; whose they are is noted."""
        self._note_people()
        yield from _noted(super().iterator(chunk_size))

    def _fetch_all(self) -> None:
        if self._result_cache is None and current_scope() is not None:
            self._note_people()
            with required_scope(holding(self.model).dataset).noted():
                super()._fetch_all()
            return
        super()._fetch_all()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return figures over the rows; smallest and greatest are values of persons, too."""
        with required_scope(holding(self.model).dataset).noted():
            return super().aggregate(*args, **kwargs)

    def raw(self, raw_query: Any, *args: Any, **kwargs: Any) -> RawQuerySet[Row]:
        """Return rows by hand-written SQL."""
        made = super().raw(raw_query, *args, **kwargs)
        made.__class__ = PersonalRawQuerySet
        return made

    def select_related(self, *fields: Any) -> Self:
        """Join related rows; columns of theirs that stay closed are left out."""
        rows = super().select_related(*fields)
        scope = current_scope()
        if scope is None:
            return rows
        closed = [
            f"{path}__{name}"
            for path in fields
            if path
            for name in _masked_of_related(self.model, path, scope)
        ]
        return rows.defer(*closed) if closed else rows

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        """Give what is asked for; where nothing is named, the open columns."""
        scope = current_scope()
        if not fields and scope is not None:
            decision = scope.decision(holding(self.model).dataset, "read")
            closed = set(masked_fields(self.model, decision)) if decision.is_allowed else set()
            fields = tuple(
                f.attname for f in self.model._meta.concrete_fields if f.name not in closed
            )
        return super()._values(*fields, **expressions)  # type: ignore[misc,no-any-return]

    def _note_people(self) -> None:
        """Note whose values a query without rows of its own gives back (``values()``)."""
        held = holding(self.model)
        scope = current_scope()
        if scope is None or scope.is_maintenance or not held.subject:
            return
        if self._result_cache is not None or issubclass(self._iterable_class, ModelIterable):
            return
        for query in self.query.combined_queries or (self.query,):
            rows: PersonalQuerySet[Any] = PersonalQuerySet(
                self.model, query=query.chain(), using=self.db
            )
            scope.seen[held.dataset] |= _people_of(rows, held.subject)

    def _insert(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        dataset = holding(self.model).dataset
        scope = required_scope(dataset)
        if scope.require(dataset, "add").opens_every_row:
            return super()._insert(objs, *args, **kwargs)  # type: ignore[misc]
        if kwargs.get("on_conflict") is not None:
            raise AccessDenied("rows to add are limited: one by one, without ignoring conflicts")
        with transaction.atomic(using=self.db):
            before, scope.checks_added = scope.checks_added, True
            try:
                made = super()._insert(objs, *args, **kwargs)  # type: ignore[misc]
            finally:
                scope.checks_added = before
            self._check_added(scope, objs, made, kwargs.get("returning_fields") or ())
        return made

    def _check_added(self, scope: Scope, objs: Any, made: Any, returned: Any) -> None:
        """Raise `AccessDenied` where a row that was added lies outside the open rows."""
        from madang.access.rows import condition

        held = holding(self.model)
        pk = self.model._meta.pk
        place = next((i for i, f in enumerate(returned) if f.primary_key), None)
        keys = [row[place] for row in made] if place is not None else [one.pk for one in objs]
        where = condition(held, scope.decision(held.dataset, "add"), scope)
        assert where is not None
        with scope.trusted():
            rows: models.QuerySet[Any] = models.QuerySet(self.model, using=self.db)
            inside = rows.filter(where, pk__in=keys).values("pk").distinct().count()
        if pk is None or inside != len(objs):
            raise AccessDenied(
                f"{scope.actor.id} may not add such a row to {held.dataset} "
                f"for the purpose {scope.purpose}"
            )


class PersonalManager(models.Manager[Row]):
    """The way to a personal table; closed outside a purpose."""

    _queryset_class = PersonalQuerySet

    def get_queryset(self) -> PersonalQuerySet[Row]:
        """Return the rows, without the columns that stay closed."""
        dataset = holding(self.model).dataset
        decision = required_scope(dataset).decision(dataset, "read")
        rows: PersonalQuerySet[Row] = super().get_queryset()  # type: ignore[assignment]
        masked = masked_fields(self.model, decision) if decision.is_allowed else []
        return rows.defer(*masked) if masked else rows


class PersonalModel(models.Model):
    """A table of personal data."""

    objects = PersonalManager()

    class Meta:
        """The base manager opens like the other one: relations and saving go through it."""

        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        """Return a row that was read; whose it is is noted."""
        row = super().from_db(db, field_names, values, **kwargs)
        scope = current_scope()
        held = holding(cls)
        if scope is None or scope.is_maintenance or not held.subject:
            return row
        known = row.__dict__.get(held.subject_at)
        if known is not None:
            scope.seen[held.dataset].add(str(known))
        else:
            scope.unresolved[cls].add(row.pk)
        return row

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Load again; raises `ColumnMasked` for a column that stays closed."""
        scope = current_scope()
        if scope is not None and fields is not None:
            dataset = holding(type(self)).dataset
            wanted = fields = set(fields)
            closed = wanted.intersection(masked_fields(type(self), scope.require(dataset, "read")))
            if closed:
                raise ColumnMasked(
                    f"{', '.join(sorted(closed))} of {dataset} stays closed "
                    f"for the purpose {scope.purpose}"
                )
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)


def _noted(rows: Iterator[Any]) -> Iterator[Any]:
    """Yield rows; the statement runs with the first of them."""
    scope = current_scope()
    if scope is None:
        yield from rows
        return
    with scope.noted():
        first = next(rows, _NONE_LEFT)
    if first is not _NONE_LEFT:
        yield first
        yield from rows


def _people_of(rows: PersonalQuerySet[Any], path: str) -> set[str]:
    query = rows.query
    if query.group_by is not None:
        if query.where.contains_aggregate:
            raise AccessDenied("filter persons before grouping them, so that they can be noted")
        query.group_by = None
    query.set_annotation_mask(())
    if not query.is_sliced:
        query.clear_ordering(force=True)
    found = rows.values_list(path, flat=True)
    asked: models.QuerySet[Any] = models.QuerySet(rows.model, query=found.query, using=rows.db)
    asked._iterable_class = found._iterable_class
    return {str(one) for one in asked if one is not None}


def _masked_of_related(model: type[models.Model], path: str, scope: Scope) -> list[str]:
    for part in path.split("__"):
        related = model._meta.get_field(part).related_model
        if not isinstance(related, type) or not issubclass(related, models.Model):
            return []
        model = related
    if not issubclass(model, PersonalModel):
        return []
    decision = scope.decision(holding(model).dataset, "read")
    return masked_fields(model, decision) if decision.is_allowed else []


def personal_models() -> list[type[PersonalModel]]:
    """Return all personal tables of the installed rooms."""
    return [model for model in apps.get_models() if issubclass(model, PersonalModel)]


def rooms_of_datasets() -> dict[str, str]:
    """Return the room of each personal data set."""
    return {holding(model).dataset: model._meta.app_label for model in personal_models()}
