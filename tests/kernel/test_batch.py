"""The same task on this machine's processes and on a Ray cluster of two nodes; Daft over days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from madang.kernel.batch import mapped
from madang.kernel.errors import Unavailable
from madang.kernel.lake.polars_store import PolarsStore
from tests.kernel.lake_tables import OBS, observations

ROWS = observations(20_000, days=4)


def hourly_sums(day: Path) -> list[tuple[int, int, int]]:
    """Return (sensor, hour, sum) of one closed day's file."""
    hours = (
        pl.read_parquet(day)
        .group_by("ds", (pl.col("t").dt.epoch("s") // 3600).alias("hour"))
        .agg(pl.col("v").sum())
    )
    return sorted(hours.rows())


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the files of four closed days."""
    folder = tmp_path_factory.mktemp("days")
    store = PolarsStore(folder / "lake")
    store.create(OBS)
    store.insert("obs", ROWS, token="a")
    first = dt.date(2026, 10, 3)
    files = [
        store.export_day("obs", "t", first + dt.timedelta(n), folder / "parquet") for n in range(4)
    ]
    store.close()
    return files


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Return the address of a Ray cluster of two nodes on this machine."""
    ray = pytest.importorskip("ray", reason="the extra 'cluster' is not installed")
    cluster_utils = pytest.importorskip("ray.cluster_utils")
    nodes: Any = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    nodes.add_node(num_cpus=1)
    nodes.wait_for_nodes()
    yield nodes.address
    ray.shutdown()
    nodes.shutdown()


@pytest.mark.system
def test_a_task_over_days_adds_up_to_the_rows(days: list[Path]) -> None:
    results = mapped(hourly_sums, days)
    assert sum(v for day in results for _, _, v in day) == sum(ROWS["v"].to_pylist())
    assert [day[0][1] // 24 for day in results] == sorted({day[0][1] // 24 for day in results})


def test_without_the_extra_it_says_what_to_install(days: list[Path], monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(Unavailable, match=r"madang\[cluster\]"):
        mapped(hourly_sums, days, cluster="ray://nobody:1")


@pytest.mark.system
@pytest.mark.long  # two Ray nodes take about 20 s to start
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # Ray's own deprecations are not ours to mend
def test_two_ray_nodes_give_the_answers_of_this_machine(days: list[Path], cluster: str) -> None:
    import ray

    on_cluster = mapped(hourly_sums, days, cluster=cluster)
    assert on_cluster == mapped(hourly_sums, days)
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2


@pytest.mark.system
@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_daft_on_two_ray_nodes_answers_over_the_days(days: list[Path], cluster: str) -> None:
    daft = pytest.importorskip("daft", reason="the extra 'cluster' is not installed")
    daft.set_runner_ray(cluster)
    found = (
        daft.read_parquet([str(day) for day in days])
        .groupby("ds")
        .agg(daft.col("v").sum(), daft.col("t").count())
        .sort("ds")
        .to_pydict()
    )
    expected = (
        pl.from_arrow(ROWS).group_by("ds").agg(pl.col("v").sum(), pl.col("t").count()).sort("ds")
    )
    assert found["ds"] == expected["ds"].to_list()
    assert found["v"] == expected["v"].to_list()
    assert found["t"] == expected["t"].to_list()
