"""The lock behind the guard: SQLite itself refuses personal tables to what came past the guard."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import DatabaseError, connection, transaction

from madang.access import sqlite_lock, statements
from madang.access.api import maintenance, purpose
from madang.access.engine.sql import Statement
from madang.access.personal import holding
from tests.access.conftest import CLERK, JOB
from tests.access.register.models import Counter, Resident, Visit

READS = (
    "SELECT * FROM register_resident",
    "select/**/given_name/**/from/**/\"register_resident\"",
    "SELECT phone FROM main . [register_resident] -- register_counter",
    "SELECT count(*) FROM `REGISTER_RESIDENT`",
    "WITH register_counter AS (SELECT phone FROM register_resident) SELECT * FROM register_counter",
    "WITH RECURSIVE r(n) AS (SELECT id FROM register_visit UNION SELECT n FROM r) SELECT n FROM r",
    "SELECT (SELECT max(phone) FROM register_resident)",
    "SELECT name FROM register_counter WHERE EXISTS (SELECT 1 FROM register_visit WHERE note)",
    "SELECT c.name, r.phone FROM register_counter c, register_resident r",
    "SELECT * FROM told",
    "VALUES ((SELECT phone FROM register_resident LIMIT 1))",
    "EXPLAIN SELECT phone FROM register_resident",
)  # fmt: skip
WRITES = (
    "DELETE FROM register_visit",
    "UPDATE register_resident SET phone = ''",
    "INSERT INTO register_counter (name) SELECT phone FROM register_resident",
    "REPLACE INTO register_visit (id, resident_id, note, minutes, 'case') VALUES (1, 1, '', 1, '')",
    "UPDATE register_counter SET name = (SELECT phone FROM register_resident LIMIT 1)",
    "DROP TABLE register_visit",
    "CREATE TABLE copied AS SELECT * FROM register_resident",
)
REFUSED = r"prohibited|not authorized"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a role instead"),
]


@pytest.fixture
def raw(people) -> sqlite3.Connection:
    """Return the driver's own connection; a view over a personal table is there, too."""
    with maintenance("test"), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP VIEW told AS SELECT phone FROM register_resident")
    yield connection.connection
    with maintenance("test"), connection.cursor() as cursor:
        cursor.execute("DROP VIEW told")


@pytest.mark.asvs("8.3.1")
@pytest.mark.parametrize("sql", [*READS, *WRITES])
def test_the_drivers_own_cursor_reaches_no_personal_table(raw: sqlite3.Connection, sql: str):
    with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
        raw.execute(sql)


@pytest.mark.parametrize("sql", READS)
def test_a_purpose_is_open_to_the_guards_statements_only(raw: sqlite3.Connection, sql: str):
    with purpose(JOB, "count-residents"):
        assert Resident.objects.count() == 6
        with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
            raw.execute(sql)


@pytest.mark.asvs("8.3.1")
@pytest.mark.parametrize("sql", [*READS, *WRITES])
def test_who_fools_the_guards_reading_meets_the_lock(raw, monkeypatch, sql: str):
    """Were there a way of writing that the guard takes for harmless, SQLite would not."""
    monkeypatch.setattr(statements, "_read", lambda _sql: Statement("select"))
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        connection.cursor().execute(sql)


def test_what_was_prepared_for_the_guard_is_not_kept_for_others(raw: sqlite3.Connection):
    sql = 'SELECT COUNT(*) AS "__count" FROM "register_resident"'
    with maintenance("test"), connection.cursor() as cursor:
        for _time in range(3):
            cursor.execute(sql)
    with purpose(JOB, "count-residents"):
        Resident.objects.count()
    with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
        raw.execute(sql)


def test_what_was_begun_in_a_purpose_is_read_to_its_end_and_no_further(raw: sqlite3.Connection):
    with purpose(CLERK, "serve-resident", case="C-1"):
        rows = Resident.objects.iterator(chunk_size=1)
        assert next(rows).pk
        assert len(list(rows)) > 0
    with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
        raw.execute("SELECT given_name FROM register_resident")


def test_other_tables_are_open_and_may_point_at_persons(raw: sqlite3.Connection, people):
    Counter.objects.create(name="3", served_id=people[0].pk)
    assert raw.execute("SELECT name FROM register_counter").fetchall() == [("3",)]
    assert raw.execute("SELECT 'register_resident', \"name\" FROM register_counter").fetchone()
    with pytest.raises(DatabaseError), transaction.atomic():
        Counter.objects.create(name="4", served_id=10**9)
        connection.check_constraints()


def test_another_tables_row_may_be_kept_that_personal_rows_point_at(raw: sqlite3.Connection):
    """SQLite looks for who points at a new row: it sees the column of keys, and no other."""
    shared = sorted(sqlite_lock._shared_keys())
    assert ("register_resident", "id") in shared
    assert ("notices_delivery", "notice_id") in shared
    tables = statements.personal_tables()
    closed = {table: holding(model).class_of for table, model in tables.items()}
    assert not [(table, column) for table, column in shared if column in closed[table]]


def test_a_failed_statement_leaves_the_lock_closed(raw: sqlite3.Connection):
    with purpose(JOB, "count-residents"), pytest.raises(DatabaseError), transaction.atomic():
        Resident.objects.extra(where=["no_such_column = 1"]).count()
    with pytest.raises(sqlite3.DatabaseError, match=REFUSED):
        raw.execute("SELECT count(*) FROM register_resident")
    assert Visit._meta.db_table in statements.personal_tables()
