"""The history of benches: what is kept of each version, and how it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from madang.assistant.review.models import BenchRun
from madang.kernel import times

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A version's figures; `changes` are the points gained since the version before."""

    version: str
    at: datetime
    figures: tuple[tuple[str, dict[str, Any]], ...]
    changes: dict[str, float]
    is_same_data: bool


@dataclass(frozen=True, slots=True)
class History:
    """A bench with its versions, newest first."""

    bench: str
    versions: tuple[Version, ...]


def keep(bench: str, version: str, data: str, figures: dict[str, Any]) -> None:
    """Keep the figures of a version; those of the same version and files are replaced."""
    BenchRun.objects.update_or_create(
        bench=bench, version=version, data=data, defaults={"figures": figures, "at": times.now()}
    )


def histories() -> list[History]:
    """Return the history of each bench, by name."""
    found: dict[str, list[BenchRun]] = {}
    for row in BenchRun.objects.order_by("bench", "-at"):
        found.setdefault(row.bench, []).append(row)
    return [
        History(bench, tuple(
            _version(row, rows[n + 1] if n + 1 < len(rows) else None)
            for n, row in enumerate(rows[:SHOWN])
        ))
        for bench, rows in found.items()
    ]  # fmt: skip


def _version(row: BenchRun, before: BenchRun | None) -> Version:
    shares = {name: one for name, one in row.figures.items() if isinstance(one, dict)}
    same = before is not None and before.data == row.data
    then = before.figures if before is not None and same else {}
    changes = {
        name: round((one["value"] - then[name]["value"]) * 100, 2)
        for name, one in shares.items()
        if name in then
    }
    return Version(row.version, row.at, tuple(shares.items()), changes, before is None or same)
