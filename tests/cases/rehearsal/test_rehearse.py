"""`madang cases rehearse`: a change on past cases of a file, and what is wrong with either."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from madang.cases.rehearse_cli import rehearse
from madang.city.api import profile
from madang.kernel.errors import BadInput

COPY = profile().folder / "services" / "resident-registration-copy"
HEAD = "case,copies,is_low_income,is_registered,district,age\n"
CASES = HEAD + "".join(
    f"C-{n},{1 + n % 3},{'true' if n % 4 == 0 else 'false'},{'false' if n == 7 else 'true'},"
    f"{'11440' if n % 2 else '11680'},{20 + n}\n"
    for n in range(40)
)
DEARER = "title: 수수료 500원\nparameters: {fee_per_copy: 500}\n"


@pytest.fixture
def run(tmp_path):
    def ran(change: str, cases: str | None = CASES, name: str = "cases.csv", *more: str):
        (tmp_path / "change.yaml").write_text(change, encoding="utf-8")
        options = ["--change", str(tmp_path / "change.yaml"), "--at", "2026-11-23", *more]
        if cases is not None:
            (tmp_path / name).write_text(cases, encoding="utf-8")
            options += ["--cases", str(tmp_path / name)]
        found = CliRunner().invoke(rehearse, [str(COPY), *options, "--json"])
        if found.exception and not isinstance(found.exception, SystemExit):
            raise found.exception
        return json.loads(found.output)

    return ran


def test_a_dearer_fee_is_lost_by_those_who_pay_it(run):
    found = run(DEARER)
    paying = [n for n in range(40) if n % 4 and n != 7]
    assert found["cases"] == 40
    assert found["lose"]["cases"] == len(paying)
    assert found["gain"]["cases"] == 0
    assert found["lose"]["low"] < found["lose"]["share"] < found["lose"]["high"]
    copies = sum(1 + n % 3 for n in paying)
    assert found["fees"] == {
        "before": 400 * copies,
        "after": 500 * copies,
        "difference": 100 * copies,
    }
    assert {row["group"] for row in found["by"]["district"]} == {"11440", "11680"}
    assert {row["group"] for row in found["by"]["age"]} == {"19-34", "35-49", "50-64"}


def test_a_row_that_refuses_more_is_lost(run):
    row = '{id: registered, when: ["true"], then: [\'"refer"\'], because: 살펴봅니다.}'
    found = run(f"title: 모두 살펴본다\nrows: {{outcome.registered: {row}}}\n")
    assert found["outcomes"] == [
        {"before": "grant", "after": "refer", "cases": 39},
        {"before": "refuse", "after": "refuse", "cases": 1},
    ]
    assert found["lose"]["cases"] == 39


def test_cases_may_be_parquet_and_json_lines(run, tmp_path):
    frame = pl.read_csv(CASES.encode())
    frame.write_parquet(tmp_path / "c.parquet")
    same = run(DEARER, None, "", "--cases", str(tmp_path / "c.parquet"))
    assert same == run(DEARER)
    frame.write_ndjson(tmp_path / "c.jsonl")
    assert run(DEARER, None, "", "--cases", str(tmp_path / "c.jsonl")) == same


def test_what_is_not_known_goes_to_a_person(run):
    cases = HEAD + "C-1,1,true,,11440,30\n" * 6
    assert run(DEARER, cases)["outcomes"] == [{"before": "refer", "after": "refer", "cases": 6}]


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        ("title: x\nparameters: {fee: 5}\n", 2, "no parameter 'fee'; it has fee_per_copy"),
        ("title: x\nfees:\n  - {id: other, title: t, amount: 1}\n", 3, "no fee 'other'"),
        ("title: x\nrows: {outcome.no: {id: a, when: [], then: []}}\n", 2, "no row 'outcome.no'"),
        (
            "title: x\nrows:\n  outcome.registered: {id: a, when: [], then: []}\n",
            3,
            "needs 1 conditions and 1 conclusions",
        ),
        ("title: x\nprices: 3\n", 2, "is no field here"),
        ("title: x\n", 1, "changes nothing"),
        ("title: [\n", 2, "is not YAML"),
    ],
)
def test_a_change_that_cannot_be_names_file_and_line(run, change, line, said):
    with pytest.raises(BadInput, match=said) as error:
        run(change)
    assert error.value.line == line
    assert error.value.file.endswith("change.yaml")


@pytest.mark.parametrize(
    ("cases", "line", "said"),
    [
        ("case,colour\nC-1,red\n", 1, "column 'colour' is no fact of"),
        ("case,age\nC-1,30\n", 1, "has no column of a fact"),
        ("case,copies\nC-1,2\nC-2,two\n", 3, "copies: 'two' is no number"),
        ("case,is_registered\nC-1,maybe\n", 2, "is_registered: 'maybe' is no boolean"),
        ("", None, "cannot be read"),
    ],
)
def test_cases_that_cannot_be_read_name_file_and_line(run, cases, line, said):
    with pytest.raises(BadInput, match=said) as error:
        run(DEARER, cases)
    assert error.value.line == line


def test_a_file_of_another_kind_is_refused(run):
    with pytest.raises(BadInput, match="is none of"):
        run(DEARER, CASES, "cases.xlsx")
