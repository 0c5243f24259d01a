"""What every store promises, held by each of them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.kernel.errors import Conflict, Invalid, LimitReached, NotFound
from madang.kernel.lake import proof
from madang.kernel.lake.chdb_store import Budget, ChdbStore
from madang.kernel.lake.clickhouse_store import ClickHouseStore
from madang.kernel.lake.polars_store import PolarsStore
from madang.kernel.lake.store import Store
from madang.kernel.registry import LakeTable
from tests.kernel.clickhouse_http import Front
from tests.kernel.lake_questions import ARGUMENTS, PORTABLE
from tests.kernel.lake_tables import DAY0, HOURS, NOTES, OBS, observations

Open = Callable[[Path], Store]


class HTTPStore(ClickHouseStore):
    """The store over HTTP, with a server of its own in front of the folder."""

    def __init__(self, path: Path) -> None:
        self.front = Front(path)
        super().__init__(self.front.url)

    def close(self) -> None:
        super().close()
        self.front.close()


@pytest.fixture(params=[ChdbStore, PolarsStore, pytest.param(HTTPStore, marks=pytest.mark.system)])
def opened(request: pytest.FixtureRequest) -> Open:
    """Return how to open a store of each kind."""
    return request.param


@pytest.fixture
def store(opened: Open, tmp_path: Path) -> Iterator[Store]:
    """Return an open store with the tables."""
    store = opened(tmp_path / "lake")
    for table in (OBS, HOURS, NOTES):
        store.create(table)
    yield store
    store.close()


def count(store: Store, table: str = "obs") -> int:
    return store.query(f"SELECT count() AS n FROM {table}")["n"][0].as_py()


def kind_of(type_: pa.DataType) -> str:
    """Return the type, without the unit of a time (Parquet knows no seconds)."""
    return f"time {type_.tz}" if pa.types.is_timestamp(type_) else str(type_)


def test_what_went_in_comes_out_in_the_same_types(store: Store) -> None:
    rows = observations(1000)
    store.insert("obs", rows, token="a")
    found = store.query("SELECT ds, t, v, q FROM obs ORDER BY ds, t")
    assert [kind_of(f.type) for f in found.schema] == [kind_of(f.type) for f in rows.schema]
    assert found.to_pydict() == rows.sort_by([("ds", "ascending"), ("t", "ascending")]).to_pydict()


def test_the_same_token_inserts_once_also_after_reopening(opened: Open, tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.create(OBS)
    rows = observations(3000)
    for _ in range(2):
        store.insert("obs", rows, token="OBS-1-7")
    assert count(store) == 3000
    store.close()
    store = opened(tmp_path)
    store.create(OBS)
    store.insert("obs", rows, token="OBS-1-7")
    assert count(store) == 3000
    store.insert("obs", rows, token="it's another")
    assert count(store) == 6000
    store.close()


def test_a_large_insert_is_repeated_without_doubling(opened: Open, tmp_path: Path) -> None:
    rows = observations(700_000, days=2, sensors=400)
    store = opened(tmp_path)
    store.create(OBS)
    store.insert("obs", rows, token="big")
    store.insert("obs", rows, token="big")
    store.close()
    store = opened(tmp_path)
    store.create(OBS)
    store.insert("obs", rows, token="big")
    assert count(store) == 700_000
    store.close()


def expected(rows: pa.Table, name: str) -> list[tuple]:
    """Return the answer to a portable question, worked out row by row."""
    data = list(zip(*(rows[c].to_pylist() for c in ("ds", "t", "v", "q")), strict=True))
    day = dt.date(2026, 10, 3)
    if name == "latest":
        best = {ds: (t, v) for ds, t, v, _ in sorted(data)}
        return sorted((ds, t, v) for ds, (t, v) in best.items())
    if name == "week":
        a = dt.datetime(2026, 10, 3, 6, tzinfo=dt.UTC)
        return sorted((t, v, q) for ds, t, v, q in data if ds == 7 and a <= t < a + dt.timedelta(1))
    groups: dict[tuple, list[int]] = {}
    for ds, t, v, q in data:
        if name == "hourly" and t.date() == day and q == 0:
            groups.setdefault((ds, int(t.timestamp()) // 3600), []).append(v)
        elif name == "days":
            groups.setdefault((t.date(),), []).append(v)
    if name == "days":
        return sorted((*k, len(v), sum(v) / len(v)) for k, v in groups.items())
    return sorted((*k, len(v), sum(v), min(v), max(v)) for k, v in groups.items())


def test_one_insert_may_hold_more_days_than_clickhouse_takes_by_default(store: Store) -> None:
    days = np.arange(110)  # its max_partitions_per_insert_block is 100
    rows = pa.table(
        {
            "ds": pa.array(np.ones(len(days)), pa.uint32()),
            "t": pa.array(DAY0 + days * 86_400, pa.int64()),
            "v": pa.array(days, pa.int32()),
            "q": pa.array(np.zeros(len(days)), pa.uint16()),
        }
    )
    for _ in range(2):
        store.insert("obs", rows, token="days")
    assert len(store.partitions("obs")) == len(days)
    found = store.query("SELECT count() AS n, sum(v) AS total FROM obs").to_pylist()
    assert found == [{"n": len(days), "total": sum(range(len(days)))}]


@pytest.mark.parametrize("name", sorted(PORTABLE))
def test_portable_questions_have_the_answers_worked_out_by_hand(store: Store, name: str) -> None:
    rows = observations(20_000)
    for part in range(4):
        store.insert("obs", rows.slice(part * 5000, 5000), token=str(part))
    found = store.query(PORTABLE[name], ARGUMENTS[name])
    answer = [tuple(row.values()) for row in found.to_pylist()]
    assert answer == [pytest.approx(row) if name == "days" else row for row in expected(rows, name)]


def test_rows_that_do_not_fit_are_refused_whole(store: Store) -> None:
    rows = observations(10)
    with pytest.raises(Invalid, match="q"):
        store.insert("obs", rows.drop_columns(["q"]), token="a")
    with pytest.raises(Invalid, match="more"):
        store.insert("obs", rows.append_column("more", rows["v"]), token="b")
    with pytest.raises(Invalid, match="ds does not fit"):
        wrong = pa.array([-1] * 10, pa.int64())
        store.insert("obs", rows.set_column(0, "ds", wrong), token="c")
    with pytest.raises(Invalid, match="v has 1 nulls"):
        wrong = pa.array([None, *range(9)], pa.int32())
        store.insert("obs", rows.set_column(2, "v", wrong), token="d")
    with pytest.raises(NotFound, match="no table 'nope'"):
        store.insert("nope", rows, token="e")
    assert count(store) == 0


def test_texts_and_milliseconds_survive(store: Store) -> None:
    rows = pa.table(
        {
            "t": pa.array([DAY0 * 1000 + 1, DAY0 * 1000 + 999], pa.int64()),
            "who": ["서울", "a'b\\c\n\0d"],
            "text": ["", "x" * 10_000],
        }
    )
    store.insert("notes", rows, token="n")
    found = store.query("SELECT t, who, text FROM notes ORDER BY t").to_pydict()
    assert found["who"] == ["서울", "a'b\\c\n\0d"]
    assert found["text"] == ["", "x" * 10_000]
    assert [t.microsecond for t in found["t"]] == [1000, 999_000]


def test_a_closed_day_is_one_sorted_file_of_exactly_its_rows(store: Store, tmp_path: Path) -> None:
    rows = observations(20_000)
    store.insert("obs", rows, token="a")
    folder = tmp_path / "parquet"
    file = store.export_day("obs", "t", dt.date(2026, 10, 3), folder)
    assert file == folder / "obs" / "2026-10-03.parquet"
    inside = [r for r in rows.to_pylist() if r["t"].date() == dt.date(2026, 10, 3)]
    table = pq.read_table(file)
    keys = list(zip(table["ds"].to_pylist(), table["t"].to_pylist(), strict=True))
    assert keys == sorted((r["ds"], r["t"].replace(tzinfo=keys[0][1].tzinfo)) for r in inside)
    assert pq.read_metadata(file).row_group(0).column(0).compression == "ZSTD"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_partitions_are_days_or_months_and_their_marks_grow_with_inserts(store: Store) -> None:
    store.insert("obs", observations(1000), token="a")
    hour = pa.table({"ds": [1], "t": [DAY0], "n": [3], "sum": [4.5]})
    store.insert("obs_1h", hour, token="a")
    days = {p.name: p for p in store.partitions("obs")}
    assert [p.first_day for p in days.values()] == [dt.date(2026, 10, 3), dt.date(2026, 10, 4)]
    (month,) = store.partitions("obs_1h")
    assert (month.first_day, month.last_day) == (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    store.insert("obs", observations(500, seed=2, days=1), token="b")
    grown = {p.name: p.mark > days[p.name].mark for p in store.partitions("obs")}
    assert grown == {"20261003": True, "20261004": False}
    assert store.size()["obs"][0] == 1500


def test_questions_are_answered_while_rows_go_in(store: Store) -> None:
    rows = observations(100_000, days=1, sensors=100)  # an insert shows whole per partition
    wrong: list[str] = []
    over = threading.Event()

    def ask() -> None:
        seen = 0
        while not over.is_set():
            found = store.query("SELECT count() AS n, count(DISTINCT ds) AS s FROM obs")
            n = found["n"][0].as_py()
            if n < seen or n % 10_000:
                wrong.append(f"{seen} then {n}")
            seen = n

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for part in range(10):
        store.insert("obs", rows.slice(part * 10_000, 10_000), token=str(part))
    over.set()
    for asker in askers:
        asker.join()
    assert wrong == []
    assert count(store) == 100_000


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nothing FROM obs",
        "SELECT * FROM nowhere",
        "SELEC 1",
        "SELECT * FROM obs WHERE",
        "DROP TABLE obs",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM Python(secret)",
        "SELECT * FROM obs WHERE ds = {ds:UInt32}",
    ],
)
def test_poison_is_refused_and_the_next_question_is_answered(store: Store, sql: str) -> None:
    store.insert("obs", observations(10), token="a")
    for _ in range(6):  # more often than there are connections
        with pytest.raises(Invalid):
            store.query(sql)
    assert count(store) == 10


def test_a_new_column_is_added_and_a_changed_type_is_refused(store: Store) -> None:
    store.insert("obs", observations(10), token="a")
    wider = LakeTable(
        "obs", (*OBS.columns, ("origin", "UInt8", "")), OBS.order_by, OBS.partition_by
    )
    store.create(wider)
    assert store.query("SELECT sum(origin) AS n FROM obs")["n"][0].as_py() == 0
    changed = LakeTable("obs", (*OBS.columns[:2], ("v", "Int64", ""), OBS.columns[3]), ("ds", "t"))
    with pytest.raises(Conflict, match="v is Int32 on disk and Int64"):
        store.create(changed)


def test_of_rows_with_one_key_the_latest_version_is_exported(store: Store, tmp_path: Path) -> None:
    for n in (1, 3, 2):
        hour = pa.table({"ds": [1], "t": [DAY0], "n": [n], "sum": [float(n)]})
        store.insert("obs_1h", hour, token=str(n))
    file = store.export_day("obs_1h", "t", dt.date(2026, 10, 3), tmp_path)
    assert pq.read_table(file)["sum"].to_pylist() == [3.0]


def test_a_question_past_its_budget_is_stopped_and_the_next_one_answered(tmp_path: Path) -> None:
    store = ChdbStore(tmp_path, Budget(seconds=0.5, memory=64 << 20))
    try:
        store.create(OBS)
        store.insert("obs", observations(10), token="a")
        for _ in range(5):
            with pytest.raises(LimitReached, match="time"):
                store.query("SELECT count() FROM numbers(1000000000000)")
            assert count(store) == 10
        with pytest.raises(LimitReached, match="memory"):
            store.query("SELECT groupArray(number) FROM numbers(100000000)")
        assert count(store) == 10
    finally:
        store.close()


def test_a_point_takes_at_most_three_bytes_at_second_resolution(tmp_path: Path) -> None:
    """The goal of the lake, on its published workload at a small size."""
    store = ChdbStore(tmp_path)
    try:
        store.create(proof.OBS)
        for number, rows in enumerate(proof.batches(600_000, sensors=1500)):
            store.insert("obs", rows, token=str(number))
        store.optimize("obs")
        rows_kept, size = store.size()["obs"]
        assert rows_kept == 600_000
        assert size / rows_kept <= 3.0
    finally:
        store.close()
