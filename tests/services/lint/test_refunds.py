"""What the linter wants of a table that says what comes back of a fee."""

from __future__ import annotations

import pytest

from madang.services.lint import examine
from tests.services.lint.good import FILES, SEOUL, written

GOOD = """\
id: refund
title: 얼마를 돌려주는가
inputs:
  - {of: ended_by, type: string, title: 어떻게}
  - {of: (ended_on - today).days, type: number, title: 며칠 뒤}
results:
  - {name: refund, type: number}
rows:
  - id: soon
    when: ['"withdraw"', "<= 7"]
    then: ["100"]
    because: 일주일 안입니다.
    law: {law: 공원법, article: 제27조}
  - id: later
    when: ['"withdraw"', "> 7"]
    then: ["50"]
    because: 일주일이 지났습니다.
    law: {law: 공원법, article: 제27조}
  - id: refused
    when: ['"refuse"', "-"]
    then: ["0"]
    because: 심사에 쓴 수수료입니다.
    law: {law: 공원법, article: 제27조}
"""
TESTS = """\
  - name: 일주일 뒤에 그만둔다
    at: 2026-09-23
    facts: {size: 5, age: 30, colour: red}
    verbs: [withdraw]
    ended: 2026-09-30
    expect: {fee: 1000, refund: 1000, end: withdrawn}
  - name: 여드레 뒤에 그만둔다
    at: 2026-09-23
    facts: {size: 5, age: 30, colour: red}
    verbs: [withdraw]
    ended: 2026-10-01
    expect: {refund: 500, rows: [outcome.large, refund.later]}
"""


def faults(tmp_path, table: str, tests: str = TESTS, **more: str):
    """Return the faults of the small package with such a table and such tests."""
    changes = {"rules__refund": table, "tests__main": FILES["tests/main.yaml"] + tests} | more
    return [
        (one.code, one.file, one.line)
        for one in examine.lint(written(tmp_path / "p", **changes), SEOUL)
    ]


def test_a_table_of_shares_whose_rows_are_all_tested_is_good(tmp_path):
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"<= 7"', '"< 7"', "gap", 8),
        ('"> 7"', '">= 7"', "overlap", 14),
        ('[\'"refuse"\', "-"]', '[\'"refuse"\', "> 3"]', "gap", 8),
        ('then: ["50"]', 'then: ["150"]', "bad-refund", 16),
        ('then: ["50"]', "then: ['\"half\"']", "bad-refund", 16),
        ("    because: 일주일이 지났습니다.\n", "", "row-without-reason", 14),
        ("ended_on - today", "left - today", "unknown-name", 5),
    ],
)
def test_what_is_wrong_with_it_is_found_on_its_line(tmp_path, old, new, code, line):
    assert (code, "rules/refund.yaml", line) in faults(tmp_path, GOOD.replace(old, new))


def test_a_row_that_no_test_hits_is_found(tmp_path):
    found = faults(tmp_path, GOOD, TESTS[: TESTS.index("  - name: 여드레")])
    assert ("untested-row", "rules/refund.yaml", 14) in found


def test_a_test_that_comes_out_otherwise_is_told_with_both_amounts(tmp_path):
    changed = TESTS.replace("refund: 500", "refund: 400")
    folder = written(
        tmp_path / "p", rules__refund=GOOD, tests__main=FILES["tests/main.yaml"] + changed
    )
    (fault,) = examine.tested(folder, SEOUL)
    assert fault.code == "test-failed"
    assert "refund is 500, not 400" in fault.message


def test_the_day_of_the_end_does_not_lie_before_the_receipt(tmp_path):
    found = faults(tmp_path, GOOD, TESTS.replace("2026-10-01", "2026-09-01"))
    assert "test-unclear" in {code for code, _file, _line in found}


def test_other_tables_know_nothing_of_how_a_case_ends(tmp_path):
    outcome = FILES["rules/outcome.yaml"].replace("of: age", "of: (ended_on - today).days")
    found = faults(tmp_path, GOOD, rules__outcome=outcome)
    assert ("unknown-name", "rules/outcome.yaml", 5) in found


def test_nothing_comes_back_where_nothing_is_paid(tmp_path):
    free = FILES["service.yaml"].replace(
        "fees:\n  - {id: permit, title: 허가 수수료, parameter: fee}\n", ""
    )
    found = faults(tmp_path, GOOD, service=free)
    assert ("bad-refund", "rules/refund.yaml", 1) in found


def test_a_table_whose_columns_share_a_fact_is_tried_at_every_boundary(tmp_path):
    shared = GOOD.replace("(ended_on - today).days", 'ended_on < today + duration("P8D")')
    shared = shared.replace('"<= 7"', '"true"').replace('"> 7"', '"false"')
    shared = shared.replace("type: number, title: 며칠", "type: boolean, title: 며칠")
    shared = shared.replace(
        "results:", "  - {of: ended_on >= today, type: boolean, title: 뒤}\nresults:"
    )
    shared = shared.replace("]\n    then", ', "-"]\n    then')
    assert faults(tmp_path, shared) == []
    gap = shared.replace('"false", "-"]', '"false", "false"]')
    assert ("gap", "rules/refund.yaml", 9) in faults(tmp_path, gap)


@pytest.mark.parametrize(("due", "sources"), [("submit", "[in-review]"), ("grant", "[received]")])
def test_a_fee_falls_due_only_where_a_verb_takes_it(tmp_path, due, sources):
    service = FILES["service.yaml"].replace("parameter: fee}", f"parameter: fee, due: {due}}}")
    process = FILES["process.yaml"] + (
        f"verbs:\n  - {{id: pay, kind: pay, from: {sources}, by: [applicant, officer]}}\n"
    )
    found = faults(tmp_path, GOOD, service=service, process=process)
    assert "fee-not-payable" in {code for code, _file, _line in found}
