"""A separate database role for personal tables, on PostgreSQL: the lock behind the guard.

The role that the platform signs in with has no right to personal tables; each statement that the
guard has let through runs under ``MADANG_PERSONAL_ROLE``, which has. A statement that came past the
guard is refused by the database itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from madang.kernel.config import settings

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def assumed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run what is inside under the role for personal tables, where one is set up."""
    role = settings().personal_role
    if not role or connection.vendor != "postgresql":
        yield
        return
    raw = connection.connection
    name = connection.ops.quote_name(role)
    if connection.in_atomic_block:
        raw.execute(f"SET LOCAL ROLE {name}")
        try:
            yield
        finally:
            # a failed transaction takes the role back by itself, with its rollback
            if raw.info.transaction_status.name != "INERROR":
                raw.execute("SET LOCAL ROLE NONE")
        return
    raw.execute(f"SET ROLE {name}")
    try:
        yield
    finally:
        raw.execute("RESET ROLE")


def statements(login: str, role: str) -> Iterator[str]:
    """Yield the SQL that sets the roles up; run it as the owner of the tables, after migrating."""
    from django.apps import apps
    from django.db import connection

    from madang.access.personal import personal_models

    quote = connection.ops.quote_name
    who, personal = quote(login), quote(role)
    yield f"CREATE ROLE {personal} NOLOGIN"
    yield f"ALTER ROLE {who} NOINHERIT"
    yield f"GRANT {personal} TO {who}"
    closed = {model._meta.db_table for model in personal_models()}
    for table in sorted(connection.introspection.django_table_names(include_views=False)):
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quote(table)} TO {personal}"
        if table in closed:
            yield f"REVOKE ALL ON {quote(table)} FROM {who}, PUBLIC"
        else:
            yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quote(table)} TO {who}"
    schema = quote("public")
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {who}, {personal}"
    assert apps.ready
