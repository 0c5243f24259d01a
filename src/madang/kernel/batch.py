"""Work over many files or cases: on this machine's processes, or on a Ray cluster.

The same function runs in both places: it takes one item and returns one result, both picklable.

    mapped(hourly_means, sorted(Path("var/parquet/obs").glob("*.parquet")))
    mapped(hourly_means, days, cluster="ray://head:10001")

Ray is the extra ``cluster``. With Ray the items (paths) must be reachable from every node: a shared
folder, or S3.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from madang.kernel.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    task: Callable[[Item], Result], items: Iterable[Item], *, cluster: str = ""
) -> list[Result]:
    """Return `task(item)` of each item, in order; the first failure is raised.

    Parameters
    ----------
    cluster : address of a Ray cluster; empty for processes on this machine.

    Raises
    ------
    Unavailable
        If the extra is not installed, or nobody answers at the address.
    """
    if cluster:
        return _on_ray(task, items, cluster)
    context = multiprocessing.get_context("spawn")  # no forks of a process with threads
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        return list(pool.map(task, items))


def _on_ray(task: Callable[[Item], Result], items: Iterable[Item], address: str) -> list[Result]:
    try:
        import ray
    except ImportError:
        raise Unavailable("Ray is not installed; install madang[cluster]") from None
    if not ray.is_initialized():
        try:
            ray.init(address=address, log_to_driver=False)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise Unavailable(f"no Ray cluster answers at {address}: {error}") from error
    remote: Any = ray.remote(task)
    results: list[Result] = ray.get([remote.remote(item) for item in items])
    return results
