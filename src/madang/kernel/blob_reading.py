"""Parts of a large value in a table, read without reading all of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length, Substr

AT_ONCE = 1024 * 1024


class BlobReader:
    """Reads parts of a binary column of one row; keeps the last megabyte that it read.

    Nothing is held open between two reads: a slow reader of a large file blocks nobody.

    Parameters
    ----------
    pk : of the row.
    opening : opens the table for one read, where it is personal.
    """

    def __init__(
        self, model: type[models.Model], column: str, pk: str,
        opening: Callable[[], AbstractContextManager[Any]],
    ) -> None:  # fmt: skip
        self._model, self._column, self._pk, self._opening = model, column, pk, opening
        self._kept = (0, b"")

    def size(self) -> int:
        """Return the bytes of the value; raises LookupError where the row is gone."""
        return int(self._asked(Length(self._column)))

    def __call__(self, at: int, count: int) -> bytes:
        """Return up to `count` bytes from a place on; raises LookupError where the row is gone."""
        start, kept = self._kept
        if not (start <= at and at + count <= start + len(kept)):
            start, kept = at, self._part(at, max(count, AT_ONCE))
            self._kept = (start, kept)
        return kept[at - start : at - start + count]

    def _part(self, at: int, count: int) -> bytes:
        if connection.vendor != "sqlite":
            part = Substr(self._column, at + 1, count, output_field=models.BinaryField())
            return bytes(self._asked(part))
        row = int(self._asked(RawSQL("rowid", ())))  # SUBSTR would read all of it each time
        names = (self._model._meta.db_table, self._column)
        with connection.connection.blobopen(*names, row, readonly=True) as blob:
            blob.seek(min(at, len(blob)))
            return bytes(blob.read(min(count, len(blob) - min(at, len(blob)))))

    def _asked(self, what: Any) -> Any:
        with self._opening():
            rows = self._model._default_manager.filter(pk=self._pk)
            found = rows.annotate(part=what).values_list("part", flat=True).first()
        if found is None:
            raise LookupError(self._pk)
        return found
