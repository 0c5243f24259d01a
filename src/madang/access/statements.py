"""The guard on the database connection: no statement reaches personal tables past it.

Every statement of every connection comes through `guard_statement`. One that names a personal table
needs an open purpose; columns that stay closed may not appear in it; where rows are limited, it is
rewritten so that it sees the open rows only, whoever wrote it: a manager, a join from another
table, or a cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from madang.access import sqlite_lock
from madang.access.engine import sql as reader
from madang.access.engine.rewriting import Insertion, inserted
from madang.access.engine.sql import Statement, TableUse, Unreadable
from madang.access.errors import AccessDenied, ColumnMasked, NoPurpose
from madang.access.scope import Scope, current_scope

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from madang.access.openings import Opening
    from madang.access.personal import PersonalModel

_LONGEST_KEPT = 20_000  # characters of a statement worth remembering


def install(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Put the guard on a connection (receiver of ``connection_created``)."""
    sqlite_lock.install(connection)
    if guard_statement not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, guard_statement)
        _group_by_every_column(connection)


def _group_by_every_column(connection: BaseDatabaseWrapper) -> None:
    """Have Django group by all columns of personal tables, not by their key alone.

    PostgreSQL knows that a key determines the other columns of a table, not of the view that
    stands for it (PostgreSQL: "GROUP BY Clause", functional dependence).
    """
    from madang.access.personal import PersonalModel

    features = connection.features
    of_others = features.allows_group_by_selected_pks_on_model

    def allowed(model: type[Any]) -> bool:
        return not issubclass(model, PersonalModel) and of_others(model)

    features.allows_group_by_selected_pks_on_model = allowed  # type: ignore[method-assign]


def guard_statement(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]
) -> Any:
    """Let a statement through as far as the open purpose reaches.

    Raises
    ------
    NoPurpose
        If it names a personal table and no purpose is open.
    AccessDenied, ColumnMasked
        If the purpose does not open the table, or a column it names.
    """
    scope = current_scope()
    if scope is not None and scope.passes:
        with sqlite_lock.opened(context["connection"]) as word:
            return execute(sql + word, params, many, context)
    tables = personal_tables()
    folded = sql.lower()
    if 'u&"' not in folded and not any(table in folded for table in tables):
        return execute(sql, params, many, context)
    try:
        statement = _read(sql) if len(sql) <= _LONGEST_KEPT else reader.read(sql, tables.keys())
    except Unreadable as fault:
        raise AccessDenied(f"a statement on personal data cannot be read: {fault}") from None
    if not statement.uses:
        return execute(sql, params, many, context)
    if scope is None:
        named = ", ".join(sorted({use.table for use in statement.uses}))
        raise NoPurpose(f"{named} holds personal data, and no purpose is open")
    changed = _Guarded(scope, statement, context["connection"]).rewritten(sql, params, many)
    return _run(execute, changed, many, context)


def _run(
    execute: Callable[..., Any],
    changed: tuple[str, Any],
    many: bool,
    context: Mapping[str, Any],
) -> Any:
    from madang.access.database_role import assumed

    connection, (sql, params) = context["connection"], changed
    with assumed(connection), sqlite_lock.opened(connection) as word:
        return execute(sql + word, params, many, context)


@lru_cache(maxsize=4096)
def _read(sql: str) -> Statement:
    return reader.read(sql, personal_tables().keys())


@cache
def personal_tables() -> Mapping[str, type[PersonalModel]]:
    """Return the personal tables by their name in lower case."""
    from madang.access.personal import personal_models

    return {model._meta.db_table.lower(): model for model in personal_models()}


class _Guarded:
    """One statement under one purpose."""

    def __init__(self, scope: Scope, statement: Statement, connection: BaseDatabaseWrapper) -> None:
        self.scope = scope
        self.statement = statement
        self.connection = connection
        self.by_use = [(use, self._opening(use.table, use.role)) for use in statement.uses]

    def rewritten(self, sql: str, params: Any, many: bool) -> tuple[str, Any]:
        """Return the statement as it may run."""
        if self.statement.upserts:
            self._check_upsert()
        for use, opening in self.by_use:
            self._check_columns(use, opening)
        self._check_outputs()
        changes = [self._insertion(use, opening) for use, opening in self.by_use]
        wanted = [change for change in changes if change is not None]
        if not wanted:
            return sql, params
        if self.statement.has_named_marks:
            raise AccessDenied("a statement on limited rows takes its values by position (%s)")
        return inserted(sql, params, wanted, many=many)

    def _opening(self, table: str, action: str) -> Opening:
        return self.scope.opening(personal_tables()[table], action, self.connection)

    def _check_upsert(self) -> None:
        for use, _ in self.by_use:
            if use.role != "add":
                continue
            change = self._opening(use.table, "change")
            if change.keys:
                raise AccessDenied(f"rows of {use.table} are limited: no ON CONFLICT DO UPDATE")
            if hit := self.statement.written & change.closed:
                raise ColumnMasked(f"{', '.join(sorted(hit))} of {use.table} may not be changed")

    def _check_columns(self, use: TableUse, opening: Opening) -> None:
        closed = opening.closed
        if use.role != "read" and closed and self._is_open(opening, "read"):
            closed &= self._opening(use.table, "read").closed
        named = {use.alias or use.table, use.table}
        hit = {name for qualifier, name in self.statement.mentions if name in closed
               and (qualifier in named or not qualifier)}  # fmt: skip
        if use.role in ("add", "change"):
            hit |= self._written(use, opening) & opening.closed
        if hit:
            raise ColumnMasked(
                f"{', '.join(sorted(hit))} of {use.table} stays closed "
                f"for the purpose {self.scope.purpose}"
            )

    def _is_open(self, opening: Opening, action: str) -> bool:
        from madang.access.personal import holding

        return self.scope.decision(holding(opening.model).dataset, action).is_allowed

    def _written(self, use: TableUse, opening: Opening) -> frozenset[str]:
        if use.role == "add" and not self.statement.written:
            return opening.closed  # no list of columns: all of them
        return self.statement.written

    def _check_outputs(self) -> None:
        """Refuse to give back personal columns to a reader who does not note whose they are."""
        from madang.access.personal import holding

        if self.scope.noting:
            return
        for use, opening in self.by_use:
            held = holding(opening.model)
            if held.subject and use.role == "read" and self._gives_back(use, held.columns):
                raise AccessDenied(
                    f"read {held.dataset} through {opening.model.__name__}.objects, "
                    "so that it is known whose data was looked at"
                )

    def _gives_back(self, use: TableUse, columns: frozenset[str]) -> bool:
        named = {use.alias or use.table, use.table}
        return any(
            (name in columns and (qualifier in named or not qualifier))
            or (name == "*" and (qualifier in named or not qualifier))
            or (not qualifier and name in named)
            for qualifier, name in self.statement.outputs
        )

    def _insertion(self, use: TableUse, opening: Opening) -> Insertion | None:
        from madang.access.openings import key_column

        quote = self.connection.ops.quote_name
        if use.role == "read":
            if not opening.view:
                return None
            alias = "" if use.alias else f" {quote(opening.model._meta.db_table)}"
            return Insertion(use.start, use.end, use.marks, f"({opening.view}){alias}",
                             opening.view_values)  # fmt: skip
        if not opening.keys:
            return None
        if use.role == "add":
            if self.scope.checks_added:
                return None
            raise AccessDenied(f"rows of {use.table} are limited: add them by its objects")
        bounds = self.statement.bounds
        if bounds is None:
            raise AccessDenied(f"rows of {use.table} are limited: no {self.statement.verb} here")
        name = quote(use.alias or opening.model._meta.db_table)
        inside = f"{name}.{quote(key_column(opening.model))} IN ({opening.keys})"
        if bounds.where is None:
            return Insertion(bounds.end, bounds.end, bounds.marks_before_end,
                             f" WHERE {inside} ", opening.key_values)  # fmt: skip
        return Insertion(
            bounds.where, bounds.where, bounds.marks_before_where, f" {inside} AND (",
            opening.key_values, (bounds.end, ") "),
        )  # fmt: skip


__all__: Sequence[str] = ("guard_statement", "install", "personal_tables")
