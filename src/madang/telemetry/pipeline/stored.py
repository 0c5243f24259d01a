"""Which rows the lake holds, asked in questions of a bearable length; putting in what it lacks.

ClickHouse writes an insert's token before it moves the part into its place
(`MergeTreeSink::commitPart`), and never syncs the tokens' file (ClickHouse issue 111577). So after
a crash a token may stand there without its rows, or rows without their token. Where an insert is
in doubt, the rows themselves are looked for; the token only guards against another server that may
still be at work on the first try.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from uuid import uuid4

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from madang.kernel.lake.store import Store

_DAY_MS = 86_400_000
_IDS = 5_000  # datastreams in one question; a question has at most 100,000 characters
_COARSE = {"obs", "obs_1h", "dead_letter"}  # tables whose `t` has seconds


def observed(
    store: Store,
    table: str,
    columns: Sequence[str],
    ids: NDArray[np.uint32],
    stamps: NDArray[np.int64],
) -> Iterator[pa.Table]:
    """Yield the lake's rows of some datastreams between their first and last stamp of each day.

    Parameters
    ----------
    ids, stamps : (n,) datastream and time [ms] of each row looked for; other rows may come, too.
    """
    day = stamps // _DAY_MS
    for one in np.unique(day).tolist():
        chosen = day == one
        names = np.unique(ids[chosen])
        for start in range(0, len(names), _IDS):
            some = ", ".join(map(str, names[start : start + _IDS].tolist()))
            within = _within(table, stamps[chosen])
            yield store.query(
                f"SELECT {', '.join(columns)} FROM {table} WHERE ds IN ({some}) AND {within}"  # noqa: S608 -- registered names and numbers
            )


def _within(table: str, stamps: NDArray[np.int64]) -> str:
    """Return the condition that `t` lies between the first and the last of the stamps [ms]."""
    first, last = int(stamps.min()), int(stamps.max())
    if table in _COARSE:
        return f"t >= toDateTime({first // 1000}, 'UTC') AND t <= toDateTime({last // 1000}, 'UTC')"
    return f"t >= fromUnixTimestamp64Milli({first}) AND t <= fromUnixTimestamp64Milli({last})"


def absent(store: Store, table: str, rows: pa.Table) -> pa.Table:
    """Return those of `rows` that the lake does not hold; of n equal rows it must hold n."""
    if not rows.num_rows:
        return rows
    columns = rows.column_names
    stamps = _ms(rows.column("t"))
    if "ds" in columns:
        answers = observed(store, table, columns, rows.column("ds").to_numpy(), stamps)
    else:
        question = f"SELECT {', '.join(columns)} FROM {table} WHERE {_within(table, stamps)}"  # noqa: S608
        answers = iter([store.query(question)])
    held: Counter[Hashable] = Counter()
    for answer in answers:
        held.update(_keys(answer))
    missing = []
    for place, key in enumerate(_keys(rows)):
        if held[key]:
            held[key] -= 1
        else:
            missing.append(place)
    return rows.take(pa.array(missing, pa.int64()))


def mend(store: Store, table: str, rows: pa.Table, *, token: str) -> int:
    """Insert those of `rows` that the lake lacks after an insert was tried; return how many.

    Parameters
    ----------
    token : of the insert that was tried.
    """
    lacking = absent(store, table, rows)
    if lacking.num_rows:
        store.insert(table, lacking, token=token)
        still = absent(store, table, lacking)
        if still.num_rows:  # the token is known, the rows are not
            store.insert(table, still, token=f"{token}-{uuid4().hex}")
    return int(lacking.num_rows)


def _keys(rows: pa.Table) -> Iterator[Hashable]:
    """Return each row as something to compare: times in ms, floats by their bits (NaN is NaN)."""
    return zip(*(_plain(rows.column(name)) for name in rows.column_names), strict=True)


def _plain(values: pa.ChunkedArray) -> list[Hashable]:
    if pa.types.is_timestamp(values.type):
        return list(_ms(values).tolist())
    if pa.types.is_floating(values.type):
        return list(values.to_numpy().astype(np.float64).view(np.int64).tolist())
    return list(values.to_pylist())


def _ms(values: pa.ChunkedArray) -> NDArray[np.int64]:
    stamps: NDArray[np.int64] = values.cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_numpy()
    return stamps
