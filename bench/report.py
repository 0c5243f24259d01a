"""What every bench prints: figures, peers on the same work, bars, machine and how busy it was."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from madang.kernel.claims import machine

OURS = "madang"


@dataclass(frozen=True)
class Row:
    """One subject under one load. Of `..per_s`, `..per_cpu_s`, `skill..` more is better."""

    who: str
    load: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Bar:
    """What a figure of ours must reach under a load: a floor for rates, a ceiling for the rest."""

    load: str
    figure: str
    bound: float


@dataclass
class Report:
    """One bench. `notes` say what was left out and why."""

    name: str
    what: str
    rows: list[Row] = field(default_factory=list)
    bars: Sequence[Bar] = ()
    notes: list[str] = field(default_factory=list)
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, who: str, load: str, **figures: float) -> None:
        """Add what one subject did under one load."""
        self.rows.append(Row(who, load, figures))

    def document(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "name": self.name,
            "what": self.what,
            "machine": asdict(machine()),
            "load_average": [self.load_before, os.getloadavg()[0]],
            "rows": [asdict(row) for row in self.rows],
            "bars": [{**asdict(bar), "value": self._value(bar)} for bar in self.bars],
            "notes": self.notes,
        }

    def text(self) -> str:
        """Return all of it for people."""
        parts = [f"\n== {self.name}: {self.what}", *_machine_lines(self.load_before)]
        parts += [*_table(self.rows), *self._ratios(), *self._held()]
        return "\n".join([*parts, *(f"note: {note}" for note in self.notes)])

    def _ratios(self) -> list[str]:
        ours = {row.load: row for row in self.rows if row.who == OURS}
        lines = []
        for row in self.rows:
            if row.who == OURS or row.load not in ours:
                continue
            found = [
                f"{name} {_shown(_times(name, ours[row.load].figures[name], value))}x"
                for name, value in row.figures.items()
                if value and ours[row.load].figures.get(name) and not is_skill(name)
            ]
            lines.append(f"  {row.who}, {row.load}: {', '.join(found)}")
        return (
            ["ours against each on the same work (above 1: ours is better)", *lines]
            if lines
            else []
        )

    def _held(self) -> list[str]:
        lines = []
        for bar in self.bars:
            value = self._value(bar)
            word = "floor" if is_rate(bar.figure) else "ceiling"
            if value is None:
                lines.append(f"bar   not run  {bar.figure} ({bar.load})")
                continue
            held = value >= bar.bound if is_rate(bar.figure) else value <= bar.bound
            lines.append(
                f"bar   {'held  ' if held else 'MISSED'}  {bar.figure} ({bar.load}): "
                f"{_shown(value)}, {word} {_shown(bar.bound)}"
            )
        return lines

    def _value(self, bar: Bar) -> float | None:
        for row in self.rows:
            if row.who == OURS and row.load == bar.load and bar.figure in row.figures:
                return row.figures[bar.figure]
        return None


def is_rate(figure: str) -> bool:
    """True if more of it is better."""
    return "per_s" in figure or "per_cpu_s" in figure or is_skill(figure)


def is_skill(figure: str) -> bool:
    """True of a share by which something is better than a third; two of them have no ratio."""
    return figure.startswith("skill")


def _times(figure: str, ours: float, theirs: float) -> float:
    return ours / theirs if is_rate(figure) else theirs / ours


def _machine_lines(before: float) -> list[str]:
    here, now = machine(), os.getloadavg()[0]
    lines = [
        f"{here.cpu}, {here.cores} cores, {here.memory_gib} GiB, {here.system}, "
        f"Python {here.python}; load average {before:.1f} before, {now:.1f} after"
    ]
    if before > here.cores / 2:
        lines.append(
            "the machine was busy with other work: times by the clock are longer, and rates by the "
            "clock lower, than on a quiet one; figures per CPU-second suffer less"
        )
    return lines


def _table(rows: Sequence[Row]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row.figures))
    cells = [["", "load", *names]]
    for row in rows:
        shown = [_shown(row.figures[name]) if name in row.figures else "-" for name in names]
        cells.append([row.who, row.load, *shown])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    ]


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
