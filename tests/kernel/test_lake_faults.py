"""What the stores do when they are killed, when the disk is full, when files are damaged."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from madang.kernel.errors import Unavailable
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.polars_store import PolarsStore
from tests.kernel.lake_tables import OBS, observations

pytestmark = pytest.mark.system
ROWS, BATCHES = 4000, 40
STORES = {"ChdbStore": ChdbStore, "PolarsStore": PolarsStore}

# Inserts the batches from a number on, each under its own token; says which are acknowledged.
WRITER = f"""
import sys
from pathlib import Path
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.polars_store import PolarsStore
from tests.kernel.lake_tables import OBS, observations

store = {{"ChdbStore": ChdbStore, "PolarsStore": PolarsStore}}[sys.argv[1]](Path(sys.argv[2]))
store.create(OBS)
for number in range(int(sys.argv[3]), {BATCHES}):
    store.insert("obs", observations({ROWS}, seed=number), token=f"batch-{{number}}")
    print(number, flush=True)
store.close()
"""


@pytest.mark.parametrize("kind", list(STORES))
def test_killed_again_and_again_nothing_acknowledged_is_lost_and_nothing_doubled(
    kind: str, tmp_path: Path
) -> None:
    """Each life starts again at the last acknowledged batch, as a consumer does after a crash."""
    rng = random.Random(5)
    acknowledged = -1
    kills = 0
    while acknowledged < BATCHES - 1:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, kind, str(tmp_path), str(max(acknowledged, 0))],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert writer.stdout is not None
        life = rng.randint(4, 14) if kills < 4 else BATCHES + 1
        with writer.stdout:
            for line, _ in zip(writer.stdout, range(life), strict=False):
                acknowledged = int(line)
            if kills < 4:
                time.sleep(rng.random() * 0.05)  # into the middle of the next insert
                writer.kill()
                kills += 1
        writer.wait()
    store = STORES[kind](tmp_path)
    try:
        store.create(OBS)
        found = store.query("SELECT q, count() AS n, sum(v) AS total FROM obs GROUP BY q")
        got = {row["q"]: (row["n"], row["total"]) for row in found.to_pylist()}
    finally:
        store.close()
    wanted: dict[int, tuple[int, int]] = {}
    for number in range(BATCHES):
        rows = observations(ROWS, seed=number)
        for q, v in zip(rows["q"].to_pylist(), rows["v"].to_pylist(), strict=True):
            n, total = wanted.get(q, (0, 0))
            wanted[q] = (n + 1, total + v)
    assert kills == 4
    assert got == wanted


@pytest.mark.parametrize("merged", [False, True])
def test_a_token_whose_rows_a_kill_kept_out_inserts_them(merged: bool, tmp_path: Path) -> None:
    """A kill between ClickHouse's note of the token and the part's move to its place."""
    store = ChdbStore(tmp_path)
    store.create(OBS)
    for number in range(3):
        if number == 2 and merged:
            store.optimize("obs")
        store.insert("obs", observations(ROWS, seed=number), token=f"batch-{number}")
    store.close()
    log = next(tmp_path.rglob("deduplication_log_*.txt"))
    last = log.read_text().splitlines()[-1].split("\t")[1]
    shutil.rmtree(log.parents[1] / last)  # as if it still had its temporary name
    for _ in range(2):
        store = ChdbStore(tmp_path)
        store.create(OBS)
        for number in range(3):
            store.insert("obs", observations(ROWS, seed=number), token=f"batch-{number}")
        found = store.query("SELECT count() AS n FROM obs")
        store.close()
        assert found["n"].to_pylist() == [3 * ROWS]


@pytest.mark.parametrize("kind", list(STORES))
def test_a_full_disk_is_named_and_nothing_acknowledged_is_lost(kind: str, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (90 << 20))
    store = STORES[kind](small_disk / "lake")
    store.create(OBS)
    kept = 0
    with pytest.raises(Unavailable, match=r"cannot write|make room"):
        while kept < 100:
            store.insert("obs", observations(100_000, seed=kept, sensors=500), token=str(kept))
            kept += 1
    ballast.unlink()
    store.insert("obs", observations(100_000, seed=kept, sensors=500), token=str(kept))
    found = store.query("SELECT count() AS n FROM obs")
    store.close()
    assert found["n"].to_pylist() == [(kept + 1) * 100_000]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(Unavailable, match="file"):
        ChdbStore(blocked / "lake")


def test_damaged_files_are_named_and_do_not_become_answers(tmp_path: Path) -> None:
    store = ChdbStore(tmp_path)
    store.create(OBS)
    store.insert("obs", observations(5000, days=1), token="a")
    store.close()
    damaged = [f for f in tmp_path.rglob("*.bin") if f.stat().st_size > 200]
    assert damaged
    for file in damaged:
        content = bytearray(file.read_bytes())
        content[100:150] = os.urandom(50)
        file.write_bytes(content)
    store = ChdbStore(tmp_path)
    try:
        store.create(OBS)
        with pytest.raises(Unavailable, match=r"damaged.*restore a backup"):
            store.query("SELECT sum(v) AS s, max(t) AS t, sum(ds) AS d FROM obs")
    finally:
        store.close()
