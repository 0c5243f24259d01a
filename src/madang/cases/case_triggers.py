"""What makes the record of cases append-only in the database itself (SQLite and PostgreSQL).

An event is never changed. It is deleted only with its whole case, after the case was entered in
`cases_forgottencase`: the law that says how long it is kept also says that it goes (PIPA art. 21).

Source: SQLite, "CREATE TRIGGER"; PostgreSQL 15, "CREATE TRIGGER".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = "what happened to a case is never changed"
LASTS = "what happened to a case is deleted only once its time to be kept is over"
FORGOTTEN = 'EXISTS (SELECT 1 FROM cases_forgottencase WHERE "case" = OLD.case_id)'

_SQLITE = {
    "cases_event_no_update": (
        f"BEFORE UPDATE ON cases_caseevent BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    ),
    "cases_event_no_delete": (
        f"BEFORE DELETE ON cases_caseevent WHEN NOT {FORGOTTEN}"
        f" BEGIN SELECT RAISE(ABORT, '{LASTS}'); END"
    ),
}
_FUNCTIONS = {
    "cases_event_no_update": (
        f"BEGIN RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'check_violation'; END"
    ),
    "cases_event_no_delete": (
        f"BEGIN IF NOT {FORGOTTEN} THEN"
        f" RAISE EXCEPTION '{LASTS}' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN OLD; END"
    ),
}
_ACTS = {"cases_event_no_update": "UPDATE", "cases_event_no_delete": "DELETE"}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that this database lacks."""
    if connection.vendor == "postgresql":
        asked = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        there = {name for (name,) in cursor.fetchall()}
    return sorted(_ACTS.keys() - there)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on the table of events."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for name, body in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")
            return
        for name, body in _FUNCTIONS.items():
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger"
                f" LANGUAGE plpgsql AS $$ {body} $$"
            )
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE {_ACTS[name]} ON cases_caseevent"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers off: to undo the migration."""
    on = " ON cases_caseevent" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in _ACTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
