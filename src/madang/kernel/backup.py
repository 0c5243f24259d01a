"""Backup and restore of one instance: everything in its data folder that it cannot make again.

What is in a backup: the system of record, the bus's store (accepted observations that are not in
the lake yet), the lake, the audit heads, secrets, and whatever else lies in the data folder. What
is not: `LEFT_OUT`. A full backup needs the instance stopped (the stores must fit each other); the
record alone can be taken from a running one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang import __version__
from madang.kernel import archive, orm, times
from madang.kernel.config import Settings, settings
from madang.kernel.errors import BadInput, Conflict, Invalid, NotFound

FORMAT = 1
DATABASE = "madang.sqlite3"
LEFT_OUT = frozenset({"run", "logs", "static", "tmp"})
STORES = frozenset({"bus", "lake"})
_RECORD_SQLITE = f"data/{DATABASE}"
_RECORD_LINES = "record.jsonl"


@dataclass(frozen=True)
class Backup:
    """What is in a backup. `size` is the file's, in bytes."""

    file: str
    created_at: str
    version: str
    city: str
    kind: str  # "full" or "record"
    record: str  # "sqlite" or "lines"
    files: int
    size: int
    rows: dict[str, int]
    audit_head: str


def back_up(file: Path, *, record_only: bool = False, portable: bool = False) -> Backup:
    """Write a backup of this instance to `file` (``*.tar.zst`` or ``*.tar.gz``).

    Parameters
    ----------
    record_only : leave out bus and lake; the instance may run.
    portable : write the record as JSON lines, so that it can be restored into PostgreSQL; without
        it that is so only where it comes from there.

    Raises
    ------
    Conflict
        If the instance runs and a full backup was asked for.
    NotFound
        If there is no instance in the data folder.
    """
    here = settings()
    if not here.database_url and not (here.data / DATABASE).exists():
        raise NotFound(f"there is no instance in {here.data}")
    if file.resolve().is_relative_to(here.data):
        raise Invalid(f"{file} lies in the folder that is backed up; choose another place")
    held = contextlib.nullcontext() if record_only else _stopped(here)
    orm.ready()
    with held, tempfile.TemporaryDirectory(dir=file.resolve().parent) as scratch:
        about = _write(here, file, Path(scratch), record_only, portable)
    return _backup(file, about)


def _write(
    here: Settings, file: Path, scratch: Path, record_only: bool, portable: bool
) -> dict[str, Any]:
    from madang.kernel.audit import GENESIS
    from madang.kernel.models import AuditSeal
    from madang.kernel.record_dump import dump, migrations

    as_lines = portable or bool(here.database_url)
    left_out = LEFT_OUT | STORES if record_only else LEFT_OUT
    with archive.writing(file) as writer:
        # files before the record: of a running instance the record knows every audit head kept
        for path in _files(here.data, left_out):
            _add(writer, here.data, path)
        if as_lines:
            rows = dump(scratch / _RECORD_LINES)
            writer.add(scratch / _RECORD_LINES, _RECORD_LINES)
        else:
            rows = _copy_sqlite(here.data / DATABASE, scratch / DATABASE)
            writer.add(scratch / DATABASE, _RECORD_SQLITE)
        last = AuditSeal.objects.order_by("-number").first()
        about = {
            "format": FORMAT,
            "created_at": times.now().isoformat(timespec="seconds"),
            "version": __version__,
            "city": here.city,
            "kind": "record" if record_only else "full",
            "record": "lines" if as_lines else "sqlite",
            "rows": rows,
            "migrations": migrations(),
            "audit_head": last.head if last else GENESIS,
        }
        writer.add_manifest(about)
        return {**about, "files": writer.files}


def _files(data: Path, left_out: frozenset[str]) -> Iterator[Path]:
    for top in sorted(data.iterdir()):
        if top.name in left_out or top.name.startswith(DATABASE):
            continue
        if top.is_symlink() or top.is_file():
            yield top
        else:
            yield from (path for path in sorted(top.rglob("*")) if _is_kept(path))


def _is_kept(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


def _add(writer: archive.Writer, data: Path, path: Path) -> None:
    name = f"data/{path.relative_to(data).as_posix()}"
    if not path.is_symlink():
        writer.add(path, name)
        return
    target = Path(os.path.normpath(path.parent / path.readlink()))
    if not target.is_relative_to(data):
        raise Invalid(f"{path} is a link to {target}, outside the data folder; back it up by hand")
    writer.add_link(os.path.relpath(target, path.parent), name)


@contextlib.contextmanager
def _stopped(here: Settings) -> Iterator[None]:
    """Keep the instance from starting; raises `Conflict` where it runs."""
    path = here.data / "run" / "instance.lock"  # held by `madang up`
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(
                f"the instance in {here.data} runs; stop it for a full backup, or take the system "
                "of record alone with --record-only"
            ) from None
        yield


def _copy_sqlite(source: Path, target: Path) -> dict[str, int]:
    """Copy a database, also one in use, through SQLite's online backup; return its rows.

    https://www.sqlite.org/backup.html
    """
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as origin,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return sqlite_rows(copy)


def sqlite_rows(database: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in names.fetchall()
    }


def restore(file: Path) -> Backup:
    """Make the data folder of these settings, and the database they name, from a backup.

    Raises
    ------
    Conflict
        If the folder, or the database, is not empty.
    BadInput
        If the file is damaged, or comes from another version of the schema. Then nothing is left
        in the folder.
    """
    here = settings()
    if here.data.exists() and any(here.data.iterdir()):
        raise Conflict(f"{here.data} is not empty; restore into a new folder")
    if not file.is_file():
        raise NotFound(f"{file} does not exist")
    here.data.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{here.data.name}-", dir=here.data.parent))
    try:
        about = archive.unpack(file, staging)
        _check(file, about, here)
        if about["record"] == "sqlite":
            _check_sqlite(file, staging / _RECORD_SQLITE, about["rows"])
        if here.data.exists():
            here.data.rmdir()
        (staging / "data").mkdir(exist_ok=True)
        if (staging / "data" / "secrets").is_dir():
            (staging / "data" / "secrets").chmod(0o700)
        (staging / "data").rename(here.data)
        if about["record"] == "lines":
            _load_lines(file, staging / _RECORD_LINES, about)
    finally:
        shutil.rmtree(staging)
    return _backup(file, about)


def _check(file: Path, about: dict[str, Any], here: Settings) -> None:
    if about["format"] != FORMAT:
        raise BadInput(str(file), f"has format {about['format']}; this Madang reads {FORMAT}")
    if here.database_url and about["record"] == "sqlite":
        raise BadInput(
            str(file), "holds a SQLite record; to move to PostgreSQL make it with --portable"
        )


def _check_sqlite(file: Path, database: Path, rows: dict[str, int]) -> None:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as copy:
        [verdict] = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise BadInput(str(file), f"the system of record is damaged: {verdict}")
        if sqlite_rows(copy) != rows:
            raise BadInput(str(file), "the system of record does not have the manifest's rows")


def _load_lines(file: Path, lines: Path, about: dict[str, Any]) -> None:
    """Fill the empty database of these settings; on failure remove the folder again."""
    try:
        orm.ready()
        from django.core.management import call_command
        from django.db import connection

        from madang.kernel.record_dump import load, migrations, row_counts

        if connection.introspection.table_names():
            raise Conflict("the database is not empty; restore into a new one")
        call_command("migrate", interactive=False, verbosity=0)
        if migrations() != about["migrations"]:
            raise BadInput(
                str(file), f"has another schema; restore with Madang {about['version']} and migrate"
            )
        load(lines)
        if row_counts() != about["rows"]:
            raise BadInput(str(file), "the system of record does not have the manifest's rows")
    except BaseException:
        shutil.rmtree(settings().data)
        raise


def _backup(file: Path, about: dict[str, Any]) -> Backup:
    return Backup(
        file=str(file),
        created_at=about["created_at"],
        version=about["version"],
        city=about["city"],
        kind=about["kind"],
        record=about["record"],
        files=len(about["files"]),
        size=file.stat().st_size,
        rows=about["rows"],
        audit_head=about["audit_head"],
    )
