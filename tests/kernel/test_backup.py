"""Drills: backup, restore into a new folder, compare; each damage is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from madang.kernel import archive
from madang.kernel.bus.client import Bus
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.kernel.errors import BadInput, Invalid

from .bus_server import client_url, with_bus
from .bus_server import instance as bus_instance

pytestmark = pytest.mark.system

ENTRIES = 6 + 3  # the log of FILL: its own, and those of making an account
FILL = """
from madang.kernel import orm
orm.ready()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
from madang.kernel import audit, jobs
from madang.identity import api as identity
from madang.kernel.models import ParkedMessage
from datetime import UTC, datetime
identity.add_user("kim", ["officer"])
for n in range(5):
    audit.record("user:1", "air.approve", f"measure:{n}", detail={"사유": "미세먼지", "v": 1.5})
audit.seal_audit()
audit.record("user:1", "air.lift", "measure:1")
jobs.run_now("clean-up")
ParkedMessage.objects.create(consumer="c", subject="s", seq=1, data=bytes(range(256)), attempts=1,
                             error="e", parked_at=datetime.now(UTC))
"""


def madang(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on an instance of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from madang.app.cli import main; main()", *arguments],
        env={
            **os.environ,
            "MADANG_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
            "MADANG_DATABASE_URL": "",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def instance(tmp_path_factory) -> Path:
    """Return the data folder of a stopped instance with something of everything in it."""
    data = tmp_path_factory.mktemp("drill") / "data"
    data.mkdir()
    environment = {**os.environ, "MADANG_DATA": str(data), "MADANG_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "madang.app.settings"
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, timeout=100)
    (data / "bus" / "jetstream").mkdir(parents=True)
    (data / "bus" / "jetstream" / "1.blk").write_bytes(os.urandom(300_000))
    (data / "lake" / "store" / "abc").mkdir(parents=True)
    (data / "lake" / "store" / "abc" / "data.bin").write_bytes(b"rows" * 1000)
    (data / "lake" / "data").mkdir()
    (data / "lake" / "data" / "obs").symlink_to(data / "lake" / "store" / "abc")
    (data / "logs").mkdir()
    (data / "logs" / "web.log").write_text("not kept")
    return data


def record_of(data: Path) -> dict[str, list[tuple]]:
    """Return every row of every table."""
    with sqlite3.connect(data / "madang.sqlite3") as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}
    database.close()
    return {name: sorted(found, key=repr) for name, found in rows.items()}


@pytest.mark.parametrize("ending", ["tar.zst", pytest.param("tar.gz", marks=pytest.mark.long)])
def test_what_was_backed_up_is_there_again_after_a_restore(instance, tmp_path, ending):
    file = tmp_path / f"seoul.{ending}"
    made = madang(instance, "backup", str(file), "--json")
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o777 == 0o600

    anew = tmp_path / "anew"
    done = madang(anew, "restore", str(file), "--data", str(anew), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == json.loads(made.stdout)["rows"]
    assert record_of(anew) == record_of(instance)
    for kept in ("bus/jetstream/1.blk", "lake/store/abc/data.bin", "secrets/django.key"):
        assert (anew / kept).read_bytes() == (instance / kept).read_bytes()
    assert (anew / "secrets" / "django.key").stat().st_mode & 0o777 == 0o600
    assert (anew / "lake" / "data" / "obs").resolve() == anew / "lake" / "store" / "abc"
    assert not (anew / "logs").exists()

    verdict = madang(anew, "audit", "verify", "--json")
    assert verdict.returncode == 0, verdict.stdout
    assert json.loads(verdict.stdout)["entries"] == ENTRIES


def test_a_portable_backup_brings_every_row_back(instance, tmp_path):
    file, anew = tmp_path / "seoul.tar.gz", tmp_path / "anew"
    assert madang(instance, "backup", str(file), "--portable").returncode == 0
    done = madang(anew, "restore", str(file))
    assert done.returncode == 0, done.stderr
    left_out = ("django_migrations", "sqlite_sequence")  # made anew by the new database itself
    before, after = record_of(instance), record_of(anew)
    assert {k: v for k, v in after.items() if k not in left_out} == {
        k: v for k, v in before.items() if k not in left_out
    }
    assert madang(anew, "audit", "verify").returncode == 0


@pytest.mark.data
def test_a_portable_backup_moves_an_instance_to_postgresql_and_back(instance, tmp_path):
    server = os.environ.get("MADANG_TEST_POSTGRES")
    if not server:
        pytest.skip("MADANG_TEST_POSTGRES names no PostgreSQL server")
    psycopg = pytest.importorskip("psycopg")
    name = f"madang_drill_{os.getpid()}"
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    there, back = tmp_path / "there", tmp_path / "back"
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            assert madang(instance, "backup", str(first), "--portable").returncode == 0
            moved = madang(there, "restore", str(first), MADANG_DATABASE_URL=url)
            assert moved.returncode == 0, moved.stderr
            verdict = madang(there, "audit", "verify", MADANG_DATABASE_URL=url)
            assert verdict.returncode == 0, verdict.stdout
            refused = madang(tmp_path / "again", "restore", str(first), MADANG_DATABASE_URL=url)
            assert "the database is not empty" in refused.stderr
            taken = madang(there, "backup", str(second), MADANG_DATABASE_URL=url)
            assert taken.returncode == 0, taken.stderr
        finally:
            admin.execute(f"DROP DATABASE {name}")
    assert madang(back, "restore", str(second)).returncode == 0
    made_anew = ("django_migrations", "sqlite_sequence")
    before, after = record_of(instance), record_of(back)
    assert {k: v for k, v in after.items() if k not in made_anew} == {
        k: v for k, v in before.items() if k not in made_anew
    }


def test_a_running_instance_refuses_a_full_backup_and_gives_its_record(instance, tmp_path):
    hold = (
        "import fcntl, sys, time\n"
        "lock = open(sys.argv[1], 'a')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print(1, flush=True)\n"
        "time.sleep(99)\n"
    )
    lock = instance / "run" / "instance.lock"
    lock.parent.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)], stdout=subprocess.PIPE
    ) as running:
        assert running.stdout.readline() == b"1\n"
        refused = madang(instance, "backup", str(tmp_path / "full.tar.gz"))
        taken = madang(instance, "backup", str(tmp_path / "record.tar.gz"), "--record-only")
        running.send_signal(signal.SIGKILL)
    assert refused.returncode == 1
    assert "stop it for a full backup" in refused.stderr
    assert not (tmp_path / "full.tar.gz").exists()
    assert taken.returncode == 0, taken.stderr
    with tarfile.open(tmp_path / "record.tar.gz") as tar:
        names = tar.getnames()
    assert "data/madang.sqlite3" in names
    assert not any(name.startswith(("data/bus", "data/lake")) for name in names)


def test_a_record_taken_while_somebody_writes_is_whole(instance, tmp_path):
    write = (
        "import sqlite3, sys, time\n"
        "d = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)\n"
        "d.execute('CREATE TABLE IF NOT EXISTS pair (a INT, b INT)')\n"
        "n = 0\n"
        "while True:\n"
        "    d.execute('BEGIN IMMEDIATE')\n"
        "    d.execute('INSERT INTO pair VALUES (?, 0)', (n,))\n"
        "    d.execute('UPDATE pair SET b = ? WHERE a = ?', (n, n))\n"
        "    d.execute('COMMIT')\n"
        "    n += 1\n"
        "    print(n, flush=True)\n"
    )
    database = instance / "madang.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", write, str(database)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout.readline() == b"1\n"
        taken = madang(instance, "backup", str(tmp_path / "r.tar.gz"), "--record-only")
        writer.kill()
    assert taken.returncode == 0, taken.stderr
    anew = tmp_path / "anew"
    assert madang(anew, "restore", str(tmp_path / "r.tar.gz")).returncode == 0
    pairs = record_of(anew)["pair"]
    assert pairs
    assert all(a == b for a, b in pairs)
    with sqlite3.connect(database) as mended:
        mended.execute("DROP TABLE pair")
    mended.close()


def test_a_folder_that_is_not_empty_is_left_alone(instance, tmp_path):
    file = tmp_path / "b.tar.gz"
    assert madang(instance, "backup", str(file)).returncode == 0
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    refused = madang(tmp_path / "full", "restore", str(file))
    assert refused.returncode == 1
    assert "not empty" in refused.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_a_cut_off_backup_is_refused_and_leaves_nothing(instance, tmp_path):
    file = tmp_path / "b.tar.zst"
    assert madang(instance, "backup", str(file)).returncode == 0
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    refused = madang(tmp_path / "anew", "restore", str(file))
    assert refused.returncode == 2
    assert "cut off" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.zst"]


def test_there_is_nothing_to_back_up_where_no_instance_is(tmp_path):
    refused = madang(tmp_path / "none", "backup", str(tmp_path / "b.tar.gz"))
    assert refused.returncode == 2
    assert "no instance" in refused.stderr


def archive_with(path: Path, *members: tuple[str, bytes], manifest: dict | None = None) -> Path:
    with gzip.open(path, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        listed = manifest or {}
        for name, data in [*members, (archive.MANIFEST, json.dumps({"files": listed}).encode())]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "data/../../outside"])
def test_a_name_that_leads_outside_is_refused(tmp_path, name):
    path = archive_with(tmp_path / "b.tar.gz", (name, b"x"))
    with pytest.raises(BadInput, match="outside"):
        archive.unpack(path, tmp_path / "target")


def test_a_link_that_leads_outside_is_refused(tmp_path):
    path = tmp_path / "b.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("data/link")
        member.type, member.linkname = tarfile.SYMTYPE, "../../etc"
        tar.addfile(member)
    with pytest.raises(BadInput, match="outside"):
        archive.unpack(path, tmp_path / "target")


def test_a_changed_a_missing_and_an_extra_file_are_named(tmp_path):
    path = archive_with(tmp_path / "b.tar.gz", ("a", b"x"), manifest={"a": {"size": 1}})
    with pytest.raises(BadInput, match="a does not have the checksum"):
        archive.unpack(path, tmp_path / "1")
    path = archive_with(tmp_path / "b.tar.gz", manifest={"a": {"size": 1}})
    with pytest.raises(BadInput, match="a is missing"):
        archive.unpack(path, tmp_path / "2")
    path = archive_with(tmp_path / "b.tar.gz", ("a", b"x"))
    with pytest.raises(BadInput, match="a is not in the manifest"):
        archive.unpack(path, tmp_path / "3")


def test_a_backup_is_named_by_its_form(tmp_path):
    with pytest.raises(Invalid, match=r"tar\.zst"), archive.writing(tmp_path / "backup.zip"):
        pass


def test_a_backup_that_fails_half_way_leaves_no_file(tmp_path):
    with pytest.raises(RuntimeError), archive.writing(tmp_path / "b.tar.gz") as writer:
        (tmp_path / "a").write_text("x")
        writer.add(tmp_path / "a", "a")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


LAKE = """
import sys
from datetime import datetime
from pathlib import Path
import pyarrow as pa
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.registry import LakeTable
store = ChdbStore(Path(sys.argv[1]))
if sys.argv[2] == "fill":
    columns = (("ds", "UInt32", ""), ("t", "DateTime", ""), ("v", "Int32", ""))
    store.create(LakeTable("obs", columns, ("ds", "t")))
    stamps = [datetime(2026, 3, 1, n // 60 % 24, n % 60) for n in range(5000)]
    rows = pa.table({
        "ds": pa.array([n % 25 for n in range(5000)], pa.uint32()),
        "t": pa.array(stamps, pa.timestamp("s")),
        "v": pa.array(range(5000), pa.int32()),
    })
    store.insert("obs", rows, token="drill")
print(store.query("SELECT count() AS n, sum(v) AS v, max(t) AS t FROM obs").to_pylist())
store.close()
"""


def lake(data: Path, step: str) -> str:
    """Fill the lake, or ask it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", LAKE, str(data / "lake"), step],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    return done.stdout


def bus_state(settings: Settings, publish: int = 0) -> tuple[int, int]:
    """Start the bus on its store, publish, return (messages, last sequence number)."""
    server = BusServer(settings)
    server.start()
    found = []

    async def work(bus: Bus) -> None:
        if publish:
            await bus.ensure_streams()
        for number in range(publish):
            await bus.publish("madang.obs.drill", b"x" * 100, msg_id=f"drill-{number}")
        state = await bus.state("OBS")
        found.append((state.messages, state.last_seq))

    try:
        with_bus(client_url(settings), work)
    finally:
        server.stop()
    return found[0]


def test_lake_and_bus_answer_alike_after_a_restore(tmp_path):
    settings = bus_instance(tmp_path / "data")
    settings.data.mkdir()
    environment = {**os.environ, "MADANG_DATA": str(settings.data), "MADANG_DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "madang.app.settings"
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True, timeout=100)
    stored, kept = lake(settings.data, "fill"), bus_state(settings, publish=50)
    assert kept == (50, 50)
    file, anew = tmp_path / "b.tar.zst", tmp_path / "anew"
    assert madang(settings.data, "backup", str(file)).returncode == 0
    assert madang(anew, "restore", str(file)).returncode == 0
    shutil.rmtree(settings.data)
    assert lake(anew, "ask") == stored
    assert bus_state(replace(settings, data=anew)) == kept
