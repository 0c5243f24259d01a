"""Tables and rows that the lake's tests share."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from madang.kernel.registry import LakeTable

OBS = LakeTable(
    "obs",
    (
        ("ds", "UInt32", "Delta, ZSTD(1)"),
        ("t", "DateTime", "Delta, ZSTD(1)"),
        ("v", "Int32", "T64, ZSTD(1)"),
        ("q", "UInt16", "ZSTD(1)"),
    ),
    order_by=("ds", "t"),
    partition_by="toYYYYMMDD(t)",
)
HOURS = LakeTable(
    "obs_1h",
    (("ds", "UInt32", ""), ("t", "DateTime", ""), ("n", "UInt32", ""), ("sum", "Float64", "")),
    order_by=("ds", "t"),
    partition_by="toYYYYMM(t)",
    replacing_by="n",
)
NOTES = LakeTable(
    "notes",
    (("t", "DateTime64(3)", ""), ("who", "String", ""), ("text", "String", "ZSTD(1)")),
    order_by=("t",),
    partition_by="toYYYYMM(t)",
    exported=False,
)
DAY0 = 1_790_985_600  # 2026-10-03 00:00 UTC


def observations(count: int, *, seed: int = 1, days: int = 2, sensors: int = 50) -> pa.Table:
    """Return `count` observations over `days` from DAY0, in random order, no two of one key."""
    random = np.random.default_rng(seed)
    key = random.choice(sensors * days * 1440, size=count, replace=False)
    return pa.table(
        {
            "ds": pa.array(key % sensors, pa.uint32()),
            "t": pa.array(DAY0 + (key // sensors) * 60, pa.timestamp("s", "UTC")),
            "v": pa.array(random.integers(-100, 500, count), pa.int32()),
            "q": pa.array((random.random(count) < 0.01).astype("u2"), pa.uint16()),
        }
    )
