"""What a purpose opens of one table: the columns that stay closed, and the rows as SQL.

Where rows or columns are limited, a statement gets, in place of the table, a view made for this
purpose: a subquery with the open columns of the open rows. Databases merge it into the query around
it (PostgreSQL: "subquery pull-up"; SQLite: "subquery flattening"), so that it costs no copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import models

from madang.access.engine.decision import PLAIN, Decision
from madang.access.personal import PersonalModel, holding
from madang.access.rows import condition

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from madang.access.scope import Scope

Parameters = tuple[Any, ...]


@dataclass(frozen=True)
class Opening:
    """What one action may touch of one table.

    Parameters
    ----------
    closed : names of the columns that stay closed, in lower case.
    view, view_values : the subquery that stands for the table; empty where the table itself opens.
    keys, key_values : a query for the keys of the open rows; empty where every row opens.
    """

    model: type[PersonalModel]
    decision: Decision
    closed: frozenset[str]
    view: str = ""
    view_values: Parameters = ()
    keys: str = ""
    key_values: Parameters = ()


def opening(
    scope: Scope, model: type[PersonalModel], action: str, connection: BaseDatabaseWrapper
) -> Opening:
    """Return what the scope opens of a table for an action.

    Raises
    ------
    AccessDenied
        If the decision is no.
    """
    held = holding(model)
    decision = scope.require(held.dataset, action)
    closed = closed_columns(model, decision)
    where = condition(held, decision, scope)
    if where is None and not closed:
        return Opening(model, decision, closed)
    rows: models.QuerySet[Any] = models.QuerySet(model, using=connection.alias)
    keys: str = ""
    key_values: Parameters = ()
    if where is not None:
        rows = rows.filter(where)
        keys, key_values = _sql(rows.values("pk"), connection)
        if keys and _joins(rows):
            rows = models.QuerySet(model, using=connection.alias)
            rows = rows.filter(pk__in=models.QuerySet(model).filter(where).values("pk"))
    shown = [f.attname for f in columns_of(model) if f.column.lower() not in closed]
    view, view_values = _sql(rows.order_by().values(*shown), connection)
    if where is not None and not keys:
        view, keys = _of_no_row(model, closed, connection)
    return Opening(model, decision, closed, view, view_values, keys, key_values)


def closed_columns(model: type[PersonalModel], decision: Decision) -> frozenset[str]:
    """Return the database columns that a decision keeps closed, in lower case."""
    class_of = holding(model).class_of
    return frozenset(
        f.column.lower()
        for f in columns_of(model)
        if not f.primary_key and not decision.opens(class_of.get(f.attname, PLAIN))
    )


def columns_of(model: type[PersonalModel]) -> list[Any]:
    """Return the fields of a table that have a column."""
    return list(model._meta.concrete_fields)


def key_column(model: type[PersonalModel]) -> str:
    """Return the column of the primary key."""
    return next(str(f.column) for f in columns_of(model) if f.primary_key)


def _of_no_row(
    model: type[PersonalModel], closed: frozenset[str], connection: BaseDatabaseWrapper
) -> tuple[str, str]:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(f.column) for f in columns_of(model) if f.column.lower() not in closed)
    nothing = f"FROM {quote(model._meta.db_table)} WHERE 0 = 1"
    return f"SELECT {listed} {nothing}", f"SELECT {quote(key_column(model))} {nothing}"


def _joins(rows: models.QuerySet[Any]) -> bool:
    return len(rows.query.alias_map) > 1


def _sql(rows: models.QuerySet[Any], connection: BaseDatabaseWrapper) -> tuple[str, Parameters]:
    """Return the query and its values; nothing where no row can fit."""
    try:
        sql, values = rows.query.get_compiler(connection=connection).as_sql()
    except (EmptyResultSet, FullResultSet):
        return "", ()
    return str(sql), tuple(values)
