"""``madang search evaluate``: how well search finds what it should, on the user's own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from madang.search.evaluation import Outcome

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("evaluate")
@click.option("--docs", type=_FILE, required=True, help="Documents, JSON lines: id, title, text.")
@click.option(
    "--queries", type=_FILE, required=True, help="Questions, JSON lines: text, and doc or service."
)
@click.option("--train", type=_FILE, help="Answered questions to learn from, as --queries.")
@click.option(
    "--mode",
    type=click.Choice(["keyword", "lexical", "hybrid"]),
    help="Default: hybrid where an embedding model is installed, else lexical.",
)
@click.option("--analyser", type=click.Choice(["mecab", "kiwi"]), default="mecab")
@click.option("--language", default="ko", help="Of questions that name none (default: ko).")
@click.option("--out", type=_FILE, help="Where each question's rank is written, JSON lines.")
@click.option("--vectors", type=_FILE, help="Where passages' vectors are kept for the next time.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def evaluate(
    *,
    docs: Path,
    queries: Path,
    train: Path | None,
    mode: str | None,
    analyser: str,
    language: str,
    out: Path | None,
    vectors: Path | None,
    as_json: bool,
) -> None:
    """Measure recall, reciprocal rank and speed of search on documents and questions of yours."""
    from madang.search import api
    from madang.search.json_lines import read_documents, read_questions

    documents = read_documents(docs)
    questions = read_questions(queries)
    taught = read_questions(train) if train else []
    api.check_questions(documents, questions, queries)
    found = api.evaluate(
        documents,
        questions,
        train=taught,
        mode=mode,
        analyser=analyser,
        language=language,
        vectors=vectors,
        progress=lambda text: click.echo(text, err=True),
    )
    if out is not None:
        _write(out, found)
    figures = _figures(found)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print(figures)


def _write(path: Path, found: Outcome) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as lines:
        for each in found.placed:
            row = {
                "query": each.question.text,
                "right": each.question.right,
                "rank": each.rank,
                "found": list(each.first),
                "ms": round(each.ms, 3),
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    fresh.replace(path)


def _figures(found: Outcome) -> dict[str, Any]:
    def shown(estimate: Any) -> dict[str, float]:
        return {name: round(getattr(estimate, name), 4) for name in ("value", "low", "high")}

    return {
        "mode": found.mode,
        "queries": len(found.placed),
        **{f"r_at_{k}": shown(found.recall(k)) for k in (1, 3, 5, 10)},
        "mrr": shown(found.mrr),
        "p50_ms": round(found.percentile_ms(50), 3),
        "p95_ms": round(found.percentile_ms(95), 3),
        "index_seconds": round(found.index_seconds, 3),
    }


def _print(figures: dict[str, Any]) -> None:
    click.echo(f"{figures['queries']} questions, {figures['mode']}")
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{name:8} {value['value']:.3f}  [{value['low']:.3f}, {value['high']:.3f}]")
    click.echo(f"p50 {figures['p50_ms']} ms, p95 {figures['p95_ms']} ms")
    click.echo(f"indexed in {figures['index_seconds']} s")
