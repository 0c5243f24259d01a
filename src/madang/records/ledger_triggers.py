"""What makes the ledger sum to zero in the database itself, on SQLite and on PostgreSQL.

Inserting the journal is posting it: its entries are there before it (the foreign key is checked at
commit), so one trigger on that insert sees all of them. SQLite has no deferred triggers, and needs
none: it runs one writer at a time. PostgreSQL adds a deferred constraint trigger on entries, which
looks once more at commit: another transaction may have posted the same journal meanwhile.

Source: SQLite, "CREATE TRIGGER"; PostgreSQL 15, "CREATE TRIGGER", section on constraint triggers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

UNBALANCED = "the entries of a journal sum to zero"
FOREIGN = "the entries of a journal are in its currency"
POSTED = "a posted journal takes no more entries"
KEPT = "what is posted is never changed; post a reversing journal"
FIXED = "code, kind and currency of an account never change"
_WORDS = {
    "unbalanced": UNBALANCED,
    "foreign": FOREIGN,
    "posted": POSTED,
    "kept": KEPT,
    "fixed": FIXED,
}

_SQLITE = {
    "records_journal_sums_to_zero": """
        BEFORE INSERT ON records_journal BEGIN
          SELECT RAISE(ABORT, '%(unbalanced)s')
            WHERE (SELECT COUNT(*) < 2 OR SUM(amount) <> 0
                   FROM records_entry WHERE journal_id = NEW.id);
          SELECT RAISE(ABORT, '%(foreign)s')
            WHERE EXISTS (SELECT 1 FROM records_entry e
                          JOIN records_ledgeraccount a ON a.code = e.account_id
                          WHERE e.journal_id = NEW.id AND a.currency <> NEW.currency);
          SELECT RAISE(ABORT, '%(kept)s')
            WHERE EXISTS (SELECT 1 FROM records_journal WHERE id = NEW.id);
        END""",
    "records_entry_in_time": """
        BEFORE INSERT ON records_entry BEGIN
          SELECT RAISE(ABORT, '%(posted)s')
            WHERE EXISTS (SELECT 1 FROM records_journal WHERE id = NEW.journal_id);
          SELECT RAISE(ABORT, '%(kept)s')
            WHERE EXISTS (SELECT 1 FROM records_entry WHERE id = NEW.id);
        END""",
    "records_account_fixed": """
        BEFORE UPDATE OF code, kind, currency ON records_ledgeraccount
        BEGIN SELECT RAISE(ABORT, '%(fixed)s'); END""",
    **{
        f"records_{table}_no_{act.lower()}": (
            f"BEFORE {act} ON records_{table} BEGIN SELECT RAISE(ABORT, '%(kept)s'); END"
        )
        for table in ("journal", "entry")
        for act in ("UPDATE", "DELETE")
    },
}

_FUNCTIONS = {
    "records_journal_sums_to_zero": """
        BEGIN
          IF (SELECT COUNT(*) < 2 OR SUM(amount) <> 0
              FROM records_entry WHERE journal_id = NEW.id) THEN
            RAISE EXCEPTION '%(unbalanced)s' USING ERRCODE = 'check_violation';
          END IF;
          IF EXISTS (SELECT 1 FROM records_entry e
                     JOIN records_ledgeraccount a ON a.code = e.account_id
                     WHERE e.journal_id = NEW.id AND a.currency <> NEW.currency) THEN
            RAISE EXCEPTION '%(foreign)s' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END""",
    "records_entry_in_time": """
        BEGIN
          IF EXISTS (SELECT 1 FROM records_journal WHERE id = NEW.journal_id) THEN
            RAISE EXCEPTION '%(posted)s' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END""",
    "records_entry_at_commit": """
        BEGIN
          IF (SELECT SUM(amount) <> 0 FROM records_entry WHERE journal_id = NEW.journal_id) THEN
            RAISE EXCEPTION '%(unbalanced)s' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NULL;
        END""",
    "records_kept": """
        BEGIN RAISE EXCEPTION '%(kept)s' USING ERRCODE = 'check_violation'; END""",
    "records_account_fixed": """
        BEGIN
          IF NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency THEN
            RAISE EXCEPTION '%(fixed)s' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END""",
}

_POSTGRESQL = {
    "records_journal_sums_to_zero": (
        "TRIGGER {} BEFORE INSERT ON records_journal FOR EACH ROW"
        " EXECUTE FUNCTION records_journal_sums_to_zero()"
    ),
    "records_entry_in_time": (
        "TRIGGER {} BEFORE INSERT ON records_entry FOR EACH ROW"
        " EXECUTE FUNCTION records_entry_in_time()"
    ),
    "records_entry_at_commit": (
        "CONSTRAINT TRIGGER {} AFTER INSERT ON records_entry DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION records_entry_at_commit()"
    ),
    "records_account_fixed": (
        "TRIGGER {} BEFORE UPDATE ON records_ledgeraccount FOR EACH ROW"
        " EXECUTE FUNCTION records_account_fixed()"
    ),
    **{
        f"records_{table}_no_{act.lower()}": (
            f"TRIGGER {{}} BEFORE {act} ON records_{table} FOR EACH ROW"
            " EXECUTE FUNCTION records_kept()"
        )
        for table in ("journal", "entry")
        for act in ("UPDATE", "DELETE")
    },
}

_TABLES = {
    name: "ledgeraccount" if "account" in name else "journal" if "_journal" in name else "entry"
    for name in _POSTGRESQL
}


def expected(vendor: str) -> Mapping[str, Any]:
    """Return the triggers that belong on a database of that vendor, by name."""
    return _POSTGRESQL if vendor == "postgresql" else _SQLITE


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that this database lacks."""
    if connection.vendor == "postgresql":
        asked = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        there = {name for (name,) in cursor.fetchall()}
    return sorted(expected(connection.vendor).keys() - there)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in _FUNCTIONS.items():
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger"
                    f" LANGUAGE plpgsql AS $$ {body % _WORDS} $$"
                )
            for name, trigger in _POSTGRESQL.items():
                cursor.execute("CREATE " + trigger.format(name))
            return
        for name, trigger in _SQLITE.items():
            cursor.execute(f"CREATE TRIGGER {name} {trigger % _WORDS}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers off the tables: to undo the migration, and to empty a test database."""
    with connection.cursor() as cursor:
        for name in expected(connection.vendor):
            on = f" ON records_{_TABLES[name]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
