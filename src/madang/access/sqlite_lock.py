"""The lock behind the guard on SQLite: the database itself asks whether a table may be touched.

SQLite calls an authorizer with every table and column that a statement touches, as its own parser
understood it: through quoting, comments, views, triggers and common table expressions. Personal
tables answer "not authorized" unless the guard has let that very statement through.

It is asked when a statement is prepared, and prepared statements are kept by their text. So the
guard's statements carry a word that nobody guesses: what is kept of them is found by them alone.
What never is prepared (``Connection.backup``, ``serialize``, ``blobopen``) is not seen here.

Source: SQLite, "Compile-Time Authorization Callbacks".
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_TOUCHING = frozenset(
    {sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
)
_WORD = f" /*{secrets.token_hex(16)}*/"
_LOCK = "_madang_lock"


class Lock:
    """The authorizer of one connection; open while a statement of the guard is prepared."""

    def __init__(self) -> None:
        self.opened = 0

    def __call__(
        self,
        action: int,
        table: str | None,
        column: str | None,
        _schema: str | None,
        _by: str | None,
    ) -> int:
        """Return whether SQLite may go on with a statement that does this."""
        if self.opened or action not in _TOUCHING or not table:
            return sqlite3.SQLITE_OK
        name = table.lower()
        if name not in _personal() or (name, column) in _shared_keys():
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


def install(connection: BaseDatabaseWrapper) -> None:
    """Put a lock on a connection that was opened just now; does nothing but on SQLite."""
    if connection.vendor != "sqlite":
        return
    lock = Lock()
    setattr(connection, _LOCK, lock)
    connection.connection.set_authorizer(lock)


@contextmanager
def opened(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Let what the guard runs inside through; yields the word its statement is to end with."""
    lock: Lock | None = getattr(connection, _LOCK, None)
    if lock is None:
        yield ""
        return
    lock.opened += 1
    try:
        yield _WORD
    finally:
        lock.opened -= 1


@cache
def _personal() -> frozenset[str]:
    from madang.access.statements import personal_tables

    return frozenset(personal_tables())


@cache
def _shared_keys() -> frozenset[tuple[str, str | None]]:
    """Return the columns by which personal tables and others hang together.

    To keep a row of another table, SQLite looks whether the key it points at is there, or who
    points at its own, and asks for these columns, too. They hold ids.
    """
    from django.apps import apps
    from django.db.models import ForeignKey

    from madang.access.personal import PersonalModel

    found = set()
    for model in apps.get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, ForeignKey):
                ends = (one, one.target_field)
                of = [issubclass(end.model, PersonalModel) for end in ends]
                if of in ([True, False], [False, True]):
                    end = ends[of.index(True)]
                    found.add((end.model._meta.db_table.lower(), end.column))
    return frozenset(found)
