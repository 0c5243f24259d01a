"""The release gate: two runs of search over the same questions, compared question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.assistant.engine.paired import Change, change
from madang.kernel.errors import BadInput
from madang.search import api as search

WITHIN = 5
"""A question is resolved where its right entry is among as many, as the benches count it."""

LIMIT_POINTS = 1.0
"""Percentage points of first-query resolution that a release may cost."""

_POINT = 100.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question of a run, where its right entry came (None: not at all), and in which line."""

    query: str
    right: str
    rank: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a release may go out.

    Parameters
    ----------
    resolved : what changed in first-query resolution; `first` in the share with rank 1.
    lost : questions that only the run before resolves, in order.
    """

    is_blocked: bool
    resolved: Change
    first: Change
    lost: tuple[Ranked, ...]
    within: int
    limit_points: float


def judged(
    before: Path, after: Path, *, within: int = WITHIN, limit_points: float = LIMIT_POINTS
) -> Verdict:
    """Return whether the run `after` may replace the run `before`.

    It is blocked where more than `limit_points` of the questions are lost on balance. The paired
    test says how sure the change is; a change within the limit is never blocked for being sure, and
    one beyond it is blocked though it may be chance: then more questions are needed, not luck.

    Raises
    ------
    BadInput
        If a file cannot be read, or they are not about the same questions; names file and line.
    """
    old = read_ranks(before)
    new = _in_order(old, read_ranks(after), before, after)
    resolved = change(_within(old, within), _within(new, within))
    lost = [
        was
        for was, now in zip(old, new, strict=True)
        if _is_within(was, within) and not _is_within(now, within)
    ]
    return Verdict(
        # 1e-9: a drop of just the limit is within it, whatever its last binary digit
        resolved.change * _POINT < -limit_points - 1e-9,
        resolved,
        change(_within(old, 1), _within(new, 1)),
        tuple(lost),
        within,
        limit_points,
    )


def read_ranks(path: Path) -> list[Ranked]:
    """Return the questions of a file of ``madang search evaluate --out``.

    Raises
    ------
    BadInput
        By file, line and field.
    """
    found = [_ranked(row, path, line) for line, row in search.json_rows(path)]
    if not found:
        raise BadInput(str(path), "there is no question in it")
    return found


def _ranked(row: dict[str, Any], path: Path, line: int) -> Ranked:
    query, right = row.get("query"), row.get("right")
    if not isinstance(query, str) or not query.strip():
        raise BadInput(str(path), "query: missing, or not a text", line=line)
    if isinstance(right, int) and not isinstance(right, bool):
        right = str(right)
    if not isinstance(right, str) or not right:
        raise BadInput(str(path), "right: missing, or no id", line=line)
    if "rank" not in row:
        raise BadInput(str(path), "rank: missing; null where nothing right was found", line=line)
    rank = row["rank"]
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, int) or rank < 1):
        raise BadInput(str(path), f"rank: {rank!r} is no rank, which counts from 1", line=line)
    return Ranked(query, right, rank, line)


def _in_order(
    old: Sequence[Ranked], new: Sequence[Ranked], before: Path, after: Path
) -> list[Ranked]:
    """Return the questions of the second run in the order of the first.

    A question that stands in a file several times is matched time by time.
    """
    waiting: dict[tuple[str, str], list[Ranked]] = {}
    for one in reversed(new):
        waiting.setdefault((one.query, one.right), []).append(one)
    found = []
    for one in old:
        same = waiting.get((one.query, one.right))
        if not same:
            raise BadInput(
                str(before), f"query: {after} has no such question with this right entry",
                line=one.line,
            )  # fmt: skip
        found.append(same.pop())
    left = min((one.line for rest in waiting.values() for one in rest), default=None)
    if left is not None:
        raise BadInput(
            str(after), f"query: {before} has no such question with this right entry", line=left
        )
    return found


def _is_within(one: Ranked, k: int) -> bool:
    return one.rank is not None and one.rank <= k


def _within(ranked: Sequence[Ranked], k: int) -> list[bool]:
    return [_is_within(one, k) for one in ranked]
