"""``madang assistant evaluate`` on the user's own files."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.assistant import evaluation
from madang.assistant.cli_evaluate import evaluate
from madang.kernel.errors import BadInput
from madang.search import api as search
from tests.search.city_documents import documents, lines, questions

SHARED = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real data absent: no {SHARED}")
FIGURES = ("coverage", "precision", "refused_unrelated", "refused_near_miss")


def run(*arguments):
    return CliRunner().invoke(evaluate, [str(a) for a in arguments], catch_exceptions=False)


def test_every_figure_is_printed_with_its_interval_and_count(tmp_path):
    foreign = lines(
        tmp_path / "u.jsonl", [{"text": "오늘 야구 몇 대 몇"}, {"text": "bitcoin price"}]
    )
    done = run(
        "--docs", documents(tmp_path), "--questions", questions(tmp_path),
        "--unrelated", foreign, "--mode", "lexical", "--json",
    )  # fmt: skip
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    assert tuple(figures) == FIGURES
    for each in figures.values():
        if each["n"]:
            assert 0 <= each["low"] <= each["value"] <= each["high"] <= 1
    assert figures["coverage"]["n"] == figures["refused_near_miss"]["n"] == 10
    assert figures["refused_unrelated"]["n"] == 2
    assert figures["refused_unrelated"]["value"] == 1.0
    assert figures["precision"]["n"] == round(figures["coverage"]["value"] * 10)


def test_without_unrelated_questions_their_figure_is_empty(tmp_path):
    done = run(
        "--docs", documents(tmp_path), "--questions", questions(tmp_path),
        "--mode", "lexical", "--json",
    )  # fmt: skip
    assert json.loads(done.stdout)["refused_unrelated"] == {
        "value": None, "low": None, "high": None, "n": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("bar", "coverage"), [(0.0, 1.0), (1.0, 0.0)])
def test_the_bar_decides_how_much_is_answered(tmp_path, bar, coverage):
    done = run(
        "--docs", documents(tmp_path), "--questions", questions(tmp_path),
        "--mode", "lexical", "--answer-at", bar, "--json",
    )  # fmt: skip
    assert json.loads(done.stdout)["coverage"]["value"] == coverage


def test_a_question_of_an_unknown_document_is_named(tmp_path):
    asked = lines(tmp_path / "q.jsonl", [{"text": "세금", "doc": "unknown"}])
    with pytest.raises(BadInput, match=r"q\.jsonl:1: doc: there is no document 'unknown'"):
        run("--docs", documents(tmp_path), "--questions", asked)


@real
def test_real_questions_are_answered_rightly_or_not_at_all(tmp_path):
    rng = random.Random(4)
    documents_ = search.read_documents(SHARED / "welfare_services.jsonl")
    found = evaluation.evaluate(
        documents_,
        rng.sample(search.read_questions(SHARED / "welfare_dev_questions.jsonl"), 300),
        rng.sample(search.read_questions(SHARED / "seoul120_dev_queries.jsonl"), 300),
        judge=search.judge_of(documents_, mode="lexical"),
    )
    assert found.precision.value >= 0.90
    assert found.coverage.value >= 0.60
    assert found.refused_unrelated.value >= 0.95
    assert found.refused_near_miss.value >= 0.75
