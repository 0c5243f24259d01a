"""``madang assistant evaluate``: does it answer rightly, and hold its tongue where it should."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from madang.search.api import Estimate

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("evaluate")
@click.option("--docs", type=_FILE, required=True, help="Documents, JSON lines: id, title, text.")
@click.option(
    "--questions", type=_FILE, required=True, help="Questions, JSON lines: text, and doc."
)
@click.option("--unrelated", type=_FILE, help="Questions no document answers, JSON lines: text.")
@click.option(
    "--answer-at",
    type=click.FloatRange(0.0, 1.0),
    help="How sure an answer must be (default: as the assistant is set).",
)
@click.option(
    "--mode",
    type=click.Choice(["lexical", "hybrid"]),
    help="Default: hybrid where an embedding model is installed, else lexical.",
)
@click.option("--language", default="ko", help="Of questions that name none (default: ko).")
@click.option("--vectors", type=_FILE, help="Where passages' vectors are kept for the next time.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def evaluate(
    *,
    docs: Path,
    questions: Path,
    unrelated: Path | None,
    answer_at: float | None,
    mode: str | None,
    language: str,
    vectors: Path | None,
    as_json: bool,
) -> None:
    """Measure how often the assistant answers, how often rightly, and what it refuses."""
    from madang.assistant import evaluation
    from madang.assistant.engine.gate import ANSWER_AT
    from madang.search import api as search

    def progress(text: str) -> None:
        click.echo(text, err=True)

    documents = search.read_documents(docs)
    asked = search.read_questions(questions)
    search.check_questions(documents, asked, questions)
    foreign = search.read_questions(unrelated, answered=False) if unrelated else []
    judge = search.judge_of(
        documents, mode=mode, language=language, vectors=vectors, progress=progress
    )
    found = evaluation.evaluate(
        documents,
        asked,
        foreign,
        answer_at=ANSWER_AT if answer_at is None else answer_at,
        judge=judge,
        language=language,
        progress=progress,
    )
    figures = {
        name: _shown(getattr(found, name))
        for name in ("coverage", "precision", "refused_unrelated", "refused_near_miss")
    }
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for name, each in figures.items():
        if each["n"]:
            click.echo(
                f"{name:18} {each['value']:.3f}  [{each['low']:.3f}, {each['high']:.3f}]"
                f"  of {each['n']}"
            )


def _shown(estimate: Estimate) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return None if math.isnan(value) else round(value, 4)

    return {
        "value": number(estimate.value),
        "low": number(estimate.low),
        "high": number(estimate.high),
        "n": estimate.n,
    }
