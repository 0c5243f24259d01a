"""Database expressions that Django lacks, for SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, TextField

Compiled = tuple[str, Any]


class Among(Func):
    """True where `expression` is one of many keys: one parameter, however many there are."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, expression: Any, keys: Collection[int | str]) -> None:
        super().__init__(expression)
        self.keys = list(keys)

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Compiled:
        """Unpack the keys from one JSON text."""
        left, parameters = compiler.compile(self.source_expressions[0])
        sql = f"{left} IN (SELECT value FROM json_each(%s))"  # noqa: S608 -- a compiled column
        return sql, (*parameters, json.dumps(self.keys))

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Compiled:
        """Pass the keys as an array."""
        left, parameters = compiler.compile(self.source_expressions[0])
        return f"{left} = ANY(%s)", (*parameters, self.keys)


class JSONText(Func):
    """The text of a value inside a JSON column; NULL where there is none."""

    output_field: Any = TextField()
    sqlite = (
        "CASE JSON_TYPE({0}, %s) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        "ELSE CAST(JSON_EXTRACT({0}, %s) AS TEXT) END"
    )
    postgresql = "COALESCE(({0} #>> %s), ({0} #>> %s))"

    def __init__(self, column: str, keys: tuple[str, ...]) -> None:
        super().__init__(F(column))
        self.keys = keys

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> Compiled:
        """Use a JSON path."""
        path = "$" + "".join(f"[{key}]" if key.isdigit() else f'."{key}"' for key in self.keys)
        return self._sql(compiler, self.sqlite, path)

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> Compiled:
        """Use an array of keys."""
        return self._sql(compiler, self.postgresql, list(self.keys))

    def _sql(self, compiler: Any, template: str, path: object) -> Compiled:
        column, parameters = compiler.compile(self.source_expressions[0])
        return template.format(column), (*parameters, path, *parameters, path)


class JSONNumber(JSONText):
    """A number inside a JSON column; NULL where there is none, or something else."""

    output_field: Any = FloatField()
    sqlite = (
        "CASE WHEN JSON_TYPE({0}, %s) IN ('integer', 'real') "
        "THEN CAST(JSON_EXTRACT({0}, %s) AS REAL) END"
    )
    postgresql = (
        "CASE WHEN jsonb_typeof({0} #> %s) = 'number' THEN ({0} #>> %s)::double precision END"
    )
