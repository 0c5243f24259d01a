"""The simulated day: its arithmetic, what help changes, and the file of assumptions."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from madang.callcentre.cli_adherence import adherence
from madang.callcentre.cli_day import day
from madang.callcentre.day import simulated_day, windows
from madang.callcentre.day_assumptions import Case, read_assumptions
from madang.callcentre.day_languages import language_pools, overlapping_skills
from madang.callcentre.errors import InvalidCalls

SMALL = {"calls": 3000.0, "published": {"wait_s": 30.0}}


def assumed(**changes):
    values = msgspec.to_builtins(read_assumptions(None)) | SMALL | changes
    return msgspec.convert(values, type(read_assumptions(None)))


@pytest.fixture(scope="module")
def cases():
    return {case.name: case for case in simulated_day(assumed(), range(3))}


def test_help_needs_fewer_people_and_free_starts_fewer_still(cases):
    people = [cases[name].free.payroll for name in ("plain", "copilot", "copilot_and_bot")]
    assert people[0] > people[1] > people[2]
    assert all(case.free.payroll < case.fixed.payroll for case in cases.values())


def test_each_case_keeps_its_target_with_its_people(cases):
    for case in cases.values():
        assert case.met.service_level.value > 0.8


def test_what_is_assumed_comes_out(cases):
    plain, helped = cases["plain"].met, cases["copilot"].met
    assert plain.handling_s.value == pytest.approx(252.0, rel=0.02)
    assert helped.handling_s.value / plain.handling_s.value == pytest.approx(0.87, abs=0.02)
    assert plain.closed_alone.value == 0.0
    bot = cases["as_published"].met.closed_alone
    assert bot.value == pytest.approx(0.38, abs=0.015)
    assert cases["as_published"].met.first_call.value == pytest.approx(0.86, abs=0.015)


def test_with_too_few_people_callers_wait_as_long_as_published_and_help_shortens_it(cases):
    assert cases["plain"].stretched.wait_s.value == pytest.approx(30.0, abs=8.0)
    waits = [cases[name].stretched.wait_s.value for name in ("plain", "copilot", "copilot_and_bot")]
    assert waits[0] > waits[1] > waits[2]


def test_no_calls_are_lost_between_plan_and_simulation(cases):
    """All first calls, and those repeated, make up the assumed day where nothing helps."""
    first = cases["plain"].calls
    assert first == pytest.approx(3000.0 * (1 - 0.2 * 0.5))


def test_places_at_the_phones_are_stacked():
    found = windows(np.array([2, 3, 0, 1]), 10.0)
    assert found.tolist() == [[0, 0, 20], [0, 30, 40], [1, 0, 20], [2, 10, 20]]


def test_what_a_bot_closes_of_all():
    case = Case(settled=0.8, offered=0.5, opted_out=0.2, closes=0.5)
    assert case.closed == pytest.approx(0.2)


def test_one_pool_needs_fewer_than_separate_ones():
    found = language_pools(assumed(calls=25_000.0), range(2))
    assert found.languages == 21
    assert found.pooled < found.separate
    assert found.overlapping < found.separate
    assert found.level >= 0.8
    assert found.worst_level <= found.level


def test_languages_are_shared_out_by_their_weight():
    weights = np.array([0.5, 0.3, 0.2])
    skills = overlapping_skills(weights, 10, 2)
    assert skills.sum(axis=1).tolist() == [2] * 10
    spoken = skills.sum(axis=0)
    assert spoken[0] >= spoken[1] >= spoken[2] > 0


def test_the_command_prints_figures_beside_the_published_and_its_assumptions(tmp_path):
    path = tmp_path / "own.yaml"
    text = (resources.files("madang.callcentre") / "assumptions" / "day.yaml").read_text("utf-8")
    path.write_text(text.replace("calls: 25000", "calls: 2000"), encoding="utf-8")
    arguments = ["--assumptions", str(path), "--seeds", "2"]
    result = CliRunner().invoke(day, [*arguments, "--json"], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert found["simulated"] is True
    assert found["published"]["wait_s"] == 42
    assert found["assumptions"]["calls"] == 2000
    assert found["cases"]["plain"]["payroll_saved_pct"] == 0
    shown = CliRunner().invoke(day, arguments, catch_exceptions=False).stdout
    assert shown.startswith("Simulated from assumptions, not measured.")
    assert "aht_s: 252" in shown


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("shrinkage: 0.3", "shrinkage: 1.3", "shrinkage: "),
        ("target: 80/20", "target: fast", "target: 'fast' is no target"),
        ("    settled: 0.80", "    solved: 0.80", "cases.plain.solved: is no field here"),
        ("hours: [1.0,", "hours: [", "hours: "),
    ],
)
def test_an_assumption_that_does_not_fit_is_named(tmp_path, old, new, told):
    text = (resources.files("madang.callcentre") / "assumptions" / "day.yaml").read_text("utf-8")
    assert old in text
    path = tmp_path / "own.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidCalls) as refused:
        read_assumptions(path)
    assert told in refused.value.message
    assert refused.value.line is not None


def test_adherence_of_two_files(tmp_path):
    head = "operator,start,end\n"
    planned, actual = tmp_path / "planned.csv", tmp_path / "actual.csv"
    planned.write_text(head + "Kim,2026-11-23T09:00,2026-11-23T10:00\n", encoding="utf-8")
    actual.write_text(head + "Kim,2026-11-23T09:15,2026-11-23T10:15\n", encoding="utf-8")
    arguments = ["--planned", str(planned), "--actual", str(actual)]
    result = CliRunner().invoke(adherence, [*arguments, "--json"], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert found["adherence"] == 0.75
    assert found["conformance"] == 1.0
    assert [row["as_planned"] for row in found["intervals"]] == [0.5, 1.0, 0.0]
    actual.write_text(head + "Kim,2026-11-23T09:15,2026-11-23T09:15\n", encoding="utf-8")
    with pytest.raises(InvalidCalls, match=r"actual.csv:2: end .* is not after start"):
        CliRunner().invoke(adherence, arguments, catch_exceptions=False)
