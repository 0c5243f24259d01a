"""The system of record as JSON lines: the same text from SQLite and from PostgreSQL.

A line per table (``{"model": ..., "columns": [...]}``), behind it a line per row. Made in one
snapshot; read into an empty database of either kind. Values keep every digit (Django's own JSON
serialiser cuts times to milliseconds, which the audit log's hashes would notice).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from madang.kernel.errors import BadInput
from madang.kernel.registry import OpenTables, registry
from madang.kernel.registry import load as loaded

Model = type[models.Model]
_AT_ONCE = 500


def tables() -> list[Model]:
    """Return every model that has a table of its own, in a steady order."""
    kept = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    return sorted(kept, key=lambda model: model._meta.label_lower)


@contextmanager
def _open(reason: str) -> Iterator[None]:
    """Open tables that are closed without a purpose."""
    with ExitStack() as stack:
        for offer in registry().offers(OpenTables):
            stack.enter_context(loaded(offer.target)(reason))
        yield


def row_counts() -> dict[str, int]:
    """Return the number of rows of each table."""
    with _open("count rows"):
        return {model._meta.label_lower: model._base_manager.count() for model in tables()}


def migrations() -> list[str]:
    """Return the migrations this database has seen, as ``app.name``."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def dump(path: Path) -> dict[str, int]:
    """Write all rows to `path` from one snapshot; return the number of rows per table."""
    counts = {}
    with _open("dump"), path.open("wb") as file, transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in tables():
            label = model._meta.label_lower
            columns = [field.attname for field in model._meta.concrete_fields]
            file.write(_line({"model": label, "columns": columns}))
            counts[label] = 0
            for row in model._base_manager.order_by("pk").values_list(*columns).iterator():
                file.write(_line(row))
                counts[label] += 1
    return counts


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def load(path: Path) -> None:
    """Read a dump into this database, whose tables are as the migrations left them.

    All or nothing: rows the migrations made are replaced by those of the dump.

    Raises
    ------
    BadInput
        If a line does not fit its table; the message names the line.
    """
    with _open("restore"), transaction.atomic():
        for model in tables():
            models.QuerySet(model, using=connection.alias)._raw_delete(connection.alias)
        for model, columns, rows in _read(path):
            _insert(model, columns, rows)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(statement)


def _read(path: Path) -> Iterator[tuple[Model, list[str], list[list[Any]]]]:
    known = {model._meta.label_lower: model for model in tables()}
    model: Model | None = None
    columns: list[str] = []
    rows: list[list[Any]] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            value = msgspec.json.decode(line)
            if isinstance(value, dict):
                if model is not None:
                    yield model, columns, rows
                model, columns, rows = known.get(value["model"]), value["columns"], []
            if model is None:
                raise BadInput(path.name, "no table of ours", line=number)
            if isinstance(value, list):
                rows.append(value)
            if len(rows) == _AT_ONCE:
                yield model, columns, rows
                rows = []
    if model is not None:
        yield model, columns, rows


def _insert(model: Model, columns: list[str], rows: list[list[Any]]) -> None:
    """Insert rows as they are: no defaults, no `auto_now`, no `save` of the model's own."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    chosen = [fields[column] for column in columns]
    made = [
        model(**{f.attname: f.to_python(v) for f, v in zip(chosen, row, strict=True)})
        for row in rows
    ]
    if made:
        per_statement = connection.ops.bulk_batch_size(chosen, made)
        for start in range(0, len(made), per_statement):
            part = made[start : start + per_statement]
            model._base_manager._insert(part, fields=chosen, raw=True)  # type: ignore[attr-defined]
