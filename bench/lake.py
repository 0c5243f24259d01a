"""The lake and its peers on the same points.

    python bench/lake.py [--points 5000000] [--peer-points 1000000] [--json]

Ingest (durable), bytes per point, latest of 50,000 sensors, one sensor's points, hourly aggregate
of all sensors for a day. Peers run where they are installed: PostgreSQL (COPY; MADANG_BENCH_PG,
else postgresql://postgres@127.0.0.1:5432/postgres), VictoriaMetrics and InfluxDB (system packages,
started here on free ports), Parquet with Polars. Slow peers get fewer points (--peer-points); the
lake is then measured on those too, and the ratios compare equal work. CPU seconds are client plus
server. Each figure is the best of a few runs on warm caches.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

from lake_peers import PEERS, Missing

from madang.kernel.lake import proof

COLUMNS = (
    "points",
    "points_per_s",
    "points_per_cpu_s",
    "bytes_per_point",
    "latest_ms",
    "week_ms",
    "hourly_ms",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--peer-points", type=int, default=1_000_000)
    parser.add_argument("--only", help="comma-separated peers; 'none' for the lake alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {"madang": run(proof.measured, options.points)}
    if options.peer_points < options.points and options.only != "none":
        results["madang, same"] = run(proof.measured, options.peer_points)
    for name, peer in PEERS.items():
        if options.only and name not in options.only.split(","):
            continue
        try:
            results[name] = run(peer, min(options.points, options.peer_points))
        except Missing as reason:
            print(f"{name}: left out, {reason}")
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=1))
        return
    show(results)


def run(measure, points: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bench-lake-") as folder:
        figures = measure(points, Path(folder))
    return figures if isinstance(figures, dict) else proof.as_dict(figures)


def machine() -> dict[str, object]:
    return {"cores": os.cpu_count(), "machine": platform.platform(), "load": os.getloadavg()[0]}


def show(results: dict[str, dict[str, float]]) -> None:
    print(f"\n{machine()}\n")
    print(f"{'':18}" + "".join(f"{name:>18}" for name in COLUMNS))
    for name, row in results.items():
        cells = (f"{row[c]:>18,.2f}" if row.get(c) is not None else f"{'-':>18}" for c in COLUMNS)
        print(f"{name:18}" + "".join(cells))
    ours = results.get("madang, same", results["madang"])
    print("\nours against each on the same points (above 1: ours is better)")
    for name, row in results.items():
        if name.startswith("madang"):
            continue
        cells = (f"{ratio(c, ours, row):>18}" for c in COLUMNS[1:])
        print(f"{name:18}{'':>18}" + "".join(cells))


def ratio(column: str, ours: dict[str, float], theirs: dict[str, float]) -> str:
    if theirs.get(column) is None:
        return "-"
    higher_is_better = column.startswith("points_per")
    over, under = (ours, theirs) if higher_is_better else (theirs, ours)
    return f"{over[column] / under[column]:,.1f} x"


if __name__ == "__main__":
    main()
