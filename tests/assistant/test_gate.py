"""``madang assistant gate``: two runs of search over the same questions."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.assistant.review.cli_gate import gate
from madang.kernel.errors import BadInput
from madang.search.cli_evaluate import evaluate
from tests.search.city_documents import documents, lines, questions


def ranks(path, found):
    rows = [{"query": f"질문 {n}", "right": f"s{n}", "rank": rank, "found": [], "ms": 1.0}
            for n, rank in enumerate(found)]  # fmt: skip
    return lines(path, rows)


def run(before, after, *more):
    found = CliRunner().invoke(
        gate, ["--before", str(before), "--after", str(after), *more], catch_exceptions=False
    )
    return found.exit_code, found.stdout


def test_a_release_that_loses_more_than_a_point_is_blocked(tmp_path):
    before = ranks(tmp_path / "a.jsonl", [1] * 180 + [None] * 20)
    after = ranks(tmp_path / "b.jsonl", [6] * 3 + [2] * 177 + [None] * 20)
    code, out = run(before, after, "--json")
    told = json.loads(out)
    assert code == 1 and told["blocked"] is True
    assert told["first_query_resolution"]["change_points"] == -1.5
    assert told["first_query_resolution"]["before"] == {"value": 0.9, "low": 0.8506, "high": 0.9343}
    assert told["first_query_resolution"]["p_value"] == 0.25
    assert [one["line"] for one in told["lost"]] == [1, 2, 3]
    assert told["r_at_1"]["lost"] == 180


def test_just_a_point_is_let_through_and_so_is_gain(tmp_path):
    before = ranks(tmp_path / "a.jsonl", [1] * 100)
    for after in ([9] + [1] * 99, [1] * 100):
        code, out = run(before, ranks(tmp_path / "b.jsonl", after))
        assert code == 0 and "may go out" in out
    code, out = run(ranks(tmp_path / "c.jsonl", [None] * 100), before)
    assert code == 0 and "gained 100, lost 0" in out
    assert run(before, ranks(tmp_path / "d.jsonl", [9] + [1] * 99), "--limit", "0.5")[0] == 1
    assert run(before, ranks(tmp_path / "e.jsonl", [9] * 100), "--within", "10")[0] == 0


def test_the_order_of_lines_does_not_matter(tmp_path):
    rows = [
        {"query": "같은 질문", "right": 7, "rank": None},
        {"query": "b", "right": "y", "rank": 2},
    ]
    before = lines(tmp_path / "a.jsonl", rows)
    after = lines(tmp_path / "b.jsonl", rows[::-1])
    code, out = run(before, after, "--json")
    assert code == 0
    assert json.loads(out)["first_query_resolution"]["change_points"] == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"query": "x", "right": "s", "rank": 0}', "b.jsonl:2: rank: 0 is no rank"),
        ('{"query": "x", "right": "s", "rank": true}', "rank: True is no rank"),
        ('{"query": "x", "right": "s"}', "b.jsonl:2: rank: missing"),
        ('{"query": " ", "right": "s", "rank": 1}', "b.jsonl:2: query: missing"),
        ('{"query": "x", "right": null, "rank": 1}', "b.jsonl:2: right: missing"),
        ('{"query": "x"', "b.jsonl:2: not JSON"),
        ("[1]", "b.jsonl:2: not a JSON object"),
        ('{"query": "x", "right": "s", "rank": 1}', "b.jsonl:2: query: "),
    ],
)
def test_what_cannot_be_compared_is_named_by_file_and_line(tmp_path, line, said):
    before = ranks(tmp_path / "a.jsonl", [1])
    after = tmp_path / "b.jsonl"
    after.write_text(before.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        run(before, after)


def test_a_question_that_is_gone_is_named(tmp_path):
    before, after = ranks(tmp_path / "a.jsonl", [1, 1]), ranks(tmp_path / "b.jsonl", [1])
    with pytest.raises(BadInput, match=r"a\.jsonl:2: query: .*b\.jsonl has no such question"):
        run(before, after)
    with pytest.raises(BadInput, match="cannot be read"):
        run(before, tmp_path / "none.jsonl")
    with pytest.raises(BadInput, match="no question"):
        run(before, lines(tmp_path / "empty.jsonl", []))


def test_it_takes_what_search_evaluate_writes(tmp_path):
    out = []
    for mode in ("keyword", "lexical"):
        out.append(tmp_path / f"{mode}.jsonl")
        arguments = ["--docs", documents(tmp_path), "--queries", questions(tmp_path),
                     "--mode", mode, "--out", out[-1], "--json"]  # fmt: skip
        CliRunner().invoke(evaluate, [str(a) for a in arguments], catch_exceptions=False)
    assert run(*out)[0] == 0
    assert json.loads(run(*out, "--json")[1])["questions"] == 10
