"""``madang search evaluate`` on the user's own files."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.search import api, bulk
from madang.search.analysers import analyser
from madang.search.cli_evaluate import evaluate
from madang.search.entries import Entry, Text
from madang.search.reading import Reader
from tests.search.city_documents import SERVICES, documents, lines, questions

SHARED = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
real = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real data absent: no {SHARED}")


def run(*arguments):
    return CliRunner().invoke(evaluate, [str(a) for a in arguments], catch_exceptions=False)


def test_every_figure_is_printed_with_its_interval(tmp_path):
    out = tmp_path / "ranks.jsonl"
    done = run(
        "--docs", documents(tmp_path), "--queries", questions(tmp_path),
        "--mode", "lexical", "--out", out, "--json",
    )  # fmt: skip
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    for name in ("r_at_1", "r_at_3", "r_at_5", "r_at_10", "mrr"):
        each = figures[name]
        assert 0 <= each["low"] <= each["value"] <= each["high"] <= 1
    assert figures["p50_ms"] <= figures["p95_ms"]
    assert figures["index_seconds"] > 0
    assert figures["r_at_5"]["value"] >= 0.8
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 10
    assert {"query", "right", "rank", "found", "ms"} == set(rows[0])
    firsts = sum(row["rank"] == 1 for row in rows)
    assert firsts / 10 == figures["r_at_1"]["value"]


def test_morphemes_find_more_than_words_between_spaces(tmp_path):
    files = ("--docs", documents(tmp_path), "--queries", questions(tmp_path), "--json")
    keyword = json.loads(run(*files, "--mode", "keyword").stdout)
    lexical = json.loads(run(*files, "--mode", "lexical").stdout)
    assert keyword["mode"] == "keyword"
    assert lexical["r_at_1"]["value"] > keyword["r_at_1"]["value"]


def test_ids_are_compared_as_texts_and_groups_count_as_one(tmp_path):
    docs = lines(
        tmp_path / "d.jsonl",
        [
            {"id": 7, "body": "주차 요금 안내", "same_body_group": 1},
            {"id": "8", "body": "주차 요금 안내", "same_body_group": 1},
            {"id": 9, "body": "도서관 시간"},
        ],
    )
    asked = lines(
        tmp_path / "q.jsonl",
        [
            {"query": "주차 요금", "doc": "7"},
            {"question": "주차 요금", "service": 8},
            {"text": "도서관", "doc": 9},
        ],
    )
    figures = json.loads(
        run("--docs", docs, "--queries", asked, "--mode", "lexical", "--json").stdout
    )
    assert figures["r_at_1"]["value"] == 1.0


def test_a_document_without_a_text_is_kept_and_never_found(tmp_path):
    docs = lines(tmp_path / "d.jsonl", [{"id": 1, "body": ""}, {"id": 2, "body": "주차 요금"}])
    asked = lines(tmp_path / "q.jsonl", [{"text": "주차 요금", "doc": d} for d in (1, 2)])
    for mode in ("keyword", "lexical"):
        done = run("--docs", docs, "--queries", asked, "--mode", mode, "--json")
        assert json.loads(done.stdout)["r_at_10"]["value"] == 0.5


def test_learning_from_answered_questions_is_taken(tmp_path):
    done = run(
        "--docs", documents(tmp_path), "--queries", questions(tmp_path),
        "--train", questions(tmp_path, "train.jsonl"), "--mode", "lexical", "--json",
    )  # fmt: skip
    assert json.loads(done.stdout)["r_at_1"]["value"] >= 0.8


@pytest.mark.parametrize(
    ("docs", "message"),
    [
        ("", "docs.jsonl: there is no document in it"),
        ("{", "docs.jsonl:1: not JSON"),
        ("[1]", "docs.jsonl:1: not a JSON object"),
        ('{"title": "x"}', "docs.jsonl:1: id: missing"),
        ('{"id": 1, "text": 5}', "docs.jsonl:1: text: not a text: 5"),
        ('{"id": true, "text": "x"}', "docs.jsonl:1: id: neither a text nor a whole number"),
        ('{"id": 1, "text": "x"}\n\n{"id": "1", "text": "y"}', "docs.jsonl:3: id: '1' stands"),
    ],
)
def test_a_bad_document_is_named_by_file_line_and_field(tmp_path, docs, message):
    path = tmp_path / "docs.jsonl"
    path.write_text(docs, encoding="utf-8")
    out = tmp_path / "ranks.jsonl"
    with pytest.raises(api.BadInput, match=message.split(": ", 1)[1].split(":")[0]) as raised:
        run("--docs", path, "--queries", questions(tmp_path), "--mode", "lexical", "--out", out)
    assert message in str(raised.value)
    assert not out.exists()


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "docs.jsonl"
    path.write_bytes(b'{"id": 1, "text": "\xff"}')
    with pytest.raises(api.BadInput, match="not UTF-8"):
        run("--docs", path, "--queries", questions(tmp_path))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"doc": "tax"}, "queries.jsonl:1: text: a question needs"),
        ({"text": "세금"}, "queries.jsonl:1: doc or service: missing"),
        ({"text": "세금", "doc": "unknown"}, "queries.jsonl:1: doc: there is no document"),
        ({"text": "세금", "doc": "tax", "lang": 3}, "queries.jsonl:1: lang: not a text"),
    ],
)
def test_a_bad_question_is_named_by_file_line_and_field(tmp_path, row, message):
    asked = lines(tmp_path / "queries.jsonl", [row])
    with pytest.raises(api.BadInput) as raised:
        run("--docs", documents(tmp_path), "--queries", asked, "--mode", "lexical")
    assert message in str(raised.value)


def test_odd_questions_break_nothing(tmp_path):
    odd = [
        "🤔",
        "?!",
        "a" * 100_000,
        "등본 " * 20_000,
        "\udcff 등본",
        "SELECT * FROM x; --",
        "\u200b",
    ]
    path = tmp_path / "q.jsonl"
    path.write_text(
        "".join(json.dumps({"text": text, "doc": "copy"}) + "\n" for text in odd), encoding="utf-8"
    )
    done = run("--docs", documents(tmp_path), "--queries", path, "--mode", "lexical", "--json")
    assert json.loads(done.stdout)["queries"] == len(odd)


@real
def test_real_questions_find_their_service_by_words_alone(tmp_path):
    asked = api.read_questions(SHARED / "welfare_dev_questions.jsonl")
    some = random.Random(1).sample(asked, 800)
    found = api.evaluate(
        api.read_documents(SHARED / "welfare_services.jsonl"), some, mode="lexical"
    )
    assert found.recall(5).value >= 0.90
    assert found.recall(1).value >= 0.75


@real
def test_typing_slips_cost_little(tmp_path):
    rng = random.Random(2)
    asked = rng.sample(api.read_questions(SHARED / "welfare_dev_questions.jsonl"), 400)
    slipped = [_slipped(q, rng) for q in asked]
    found = api.evaluate(
        api.read_documents(SHARED / "welfare_services.jsonl"), slipped, mode="lexical"
    )
    assert found.recall(5).value >= 0.85


def _slipped(question, rng):
    letters = list(question.text)
    for _ in range(2):
        at = rng.randrange(len(letters))
        letters[at : at + 1] = rng.choice(
            [[], [letters[at]] * 2, [chr(0xAC00 + rng.randrange(11172))]]
        )
    return api.FiledQuestion(question.line, "".join(letters), question.right, question.language)


def test_entries_read_on_several_cores_are_the_same_in_the_same_order():
    entries = [
        Entry(f"{n}:{key}", "service", {"ko": Text(title, body)})
        for n in range(30)
        for key, (title, body) in SERVICES.items()
    ]
    reader = Reader(analyser())
    assert list(bulk.read(entries, "mecab", processes=2)) == [reader.indexed(e) for e in entries]
