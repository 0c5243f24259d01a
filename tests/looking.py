"""How tests look into personal tables: each look opens them for itself, and nothing else.

So what is under test runs with the purposes that it opens itself, as in production.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.db.models.manager import BaseManager

from madang.access.api import maintenance


class rows:  # noqa: N801 - reads as what it gives
    """Rows of a model, a manager or a query, as if the table were open."""

    def __init__(self, of: type[Model] | BaseManager | QuerySet):
        self._of = of.objects if isinstance(of, type) else of

    def __getattr__(self, name: str) -> Any:
        with maintenance("test"):
            found = getattr(self._of, name)
        return _asked(found) if callable(found) else found

    def __iter__(self) -> Iterator[Any]:
        with maintenance("test"):
            return iter(list(self._of.all()))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: Any) -> Any:
        with maintenance("test"):
            return self._of.all()[key]


def _asked(question: Any) -> Any:
    def ask(*args: Any, **kwargs: Any) -> Any:
        with maintenance("test"):
            found = question(*args, **kwargs)
        return rows(found) if isinstance(found, QuerySet | Manager) else found

    return ask


def again(row: Model) -> None:
    """Load a row once more."""
    with maintenance("test"):
        row.refresh_from_db()
