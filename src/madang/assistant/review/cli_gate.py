"""``madang assistant gate``: may this release go out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from madang.assistant.engine.paired import Change
    from madang.assistant.review.gate import Verdict

_FILE = click.Path(path_type=Path, dir_okay=False)
_SHOWN = 20


@click.command("gate")
@click.option("--before", type=_FILE, required=True, help="Ranks of the release that runs now.")
@click.option("--after", type=_FILE, required=True, help="Ranks of the release to come.")
@click.option(
    "--within", type=click.IntRange(1, 100), default=5, show_default=True,
    help="A question is resolved by a rank up to this.",
)  # fmt: skip
@click.option(
    "--limit", type=click.FloatRange(0, 100), default=1.0, show_default=True,
    help="Percentage points that may be lost.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def gate(*, before: Path, after: Path, within: int, limit: float, as_json: bool) -> None:
    """Compare two runs of `madang search evaluate --out`; exit 1 where the release is blocked."""
    from madang.assistant.review.gate import judged

    found = judged(before, after, within=within, limit_points=limit)
    if as_json:
        click.echo(json.dumps(_figures(found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if found.is_blocked:
        raise SystemExit(1)


def _figures(found: Verdict) -> dict[str, Any]:
    return {
        "blocked": found.is_blocked,
        "limit_points": found.limit_points,
        "within": found.within,
        "questions": found.resolved.n,
        "first_query_resolution": _change(found.resolved),
        "r_at_1": _change(found.first),
        "lost": [
            {"query": one.query, "right": one.right, "line": one.line}
            for one in found.lost[:_SHOWN]
        ],
    }


def _change(found: Change) -> dict[str, Any]:
    from madang.assistant.engine.review_estimate import score_interval

    def share(value: float) -> dict[str, float]:
        low, high = score_interval(value, found.n)
        return {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}

    return {
        "before": share(found.before),
        "after": share(found.after),
        "change_points": round(found.change * 100, 2),
        "low_points": round(found.low * 100, 2),
        "high_points": round(found.high * 100, 2),
        "gained": found.gained,
        "lost": found.lost,
        "p_value": float(f"{found.p_value:.3g}"),
    }


def _print(found: Verdict) -> None:
    for name, one in ((f"among {found.within}", found.resolved), ("first", found.first)):
        click.echo(
            f"{name:>10}  {one.before:.3f} -> {one.after:.3f}  "
            f"{one.change * 100:+.2f} points [{one.low * 100:+.2f}, {one.high * 100:+.2f}]  "
            f"gained {one.gained}, lost {one.lost}, p {one.p_value:.2g}"
        )
    for gone in found.lost[:_SHOWN]:
        click.echo(f"      lost  line {gone.line}: {gone.query}")
    if len(found.lost) > _SHOWN:
        click.echo(f"            and {len(found.lost) - _SHOWN} more")
    word = "blocked" if found.is_blocked else "may go out"
    click.echo(f"{word}: {found.resolved.n} questions, {found.limit_points:g} points may be lost")
