"""The portable questions on a real two-shard cluster have the embedded store's answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from madang.kernel.lake.chdb_store import ChdbStore
from tests.kernel.clickhouse_cluster import SERVER, Cluster
from tests.kernel.lake_questions import ARGUMENTS, PORTABLE
from tests.kernel.lake_tables import OBS, observations

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        SERVER is None, reason="no clickhouse-server installed (Debian: clickhouse-server)"
    ),
]
ROWS = observations(60_000, sensors=200)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    cluster.create(OBS)
    cluster.insert("obs", ROWS)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChdbStore]:
    store = ChdbStore(tmp_path_factory.mktemp("embedded"))
    store.create(OBS)
    store.insert("obs", ROWS, token="a")
    yield store
    store.close()


def test_the_rows_are_on_both_shards(cluster: Cluster) -> None:
    counts = [int(cluster.send("SELECT count() FROM lake.obs_shard", url=u)) for u in cluster.urls]
    assert sum(counts) == ROWS.num_rows
    assert min(counts) > ROWS.num_rows / 3


@pytest.mark.parametrize("name", sorted(PORTABLE))
def test_a_portable_question_has_the_same_answer_on_the_cluster(
    cluster: Cluster, store: ChdbStore, name: str
) -> None:
    embedded = store.query(PORTABLE[name], ARGUMENTS[name]).to_pylist()
    assert len(embedded) > 1
    answer = cluster.query(PORTABLE[name], ARGUMENTS[name])
    assert answer == [tuple(row.values()) for row in embedded]


def test_a_file_moves_from_the_embedded_store_to_the_cluster(
    cluster: Cluster, store: ChdbStore, tmp_path: Path
) -> None:
    """The way out for a city that outgrows one machine: questions, rows, the same questions."""
    moved = store.query("SELECT ds, t, v, q FROM obs WHERE ds < 3")
    cluster.send("CREATE TABLE lake.moved AS lake.obs_shard ENGINE = MergeTree ORDER BY (ds, t)")
    cluster.insert("moved", moved)
    answer = cluster.send("SELECT count(), sum(v) FROM lake.moved").split()
    assert answer == [str(moved.num_rows), str(sum(moved["v"].to_pylist()))]
