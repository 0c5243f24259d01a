"""Processes that act on one case at the same moment: one wins, the others learn why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases.drilling import NEEDS_SERVER, run_drill

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
DATABASES = [
    "sqlite",
    pytest.param("postgresql", marks=[pytest.mark.external, NEEDS_SERVER]),
]


@pytest.fixture(scope="module", params=DATABASES)
def drilled(request, tmp_path_factory) -> dict[str, Any]:
    """What a drill came to, on each database."""
    return run_drill("drill_rivals", tmp_path_factory.mktemp("rivals"), request.param)


def rounds(drilled: dict[str, Any], scene: str) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield how each round of a scene ended, sorted, and what its case came to."""
    for ends, case in drilled["rounds"][scene]:
        assert case["events"] == case["version"], "an event for each version"
        yield sorted(ends), case


def test_of_two_decisions_one_counts_and_the_other_officer_is_told_that_the_case_changed(drilled):
    for ends, case in rounds(drilled, "two_decide"):
        assert ends == ["case-changed", "done"]
        assert (case["decisions"], case["version"]) == (1, 2)
        assert case["documents"] == (case["state"] == "granted")


def test_who_does_not_say_which_version_they_saw_decides_no_second_time_either(drilled):
    for ends, case in rounds(drilled, "two_decide_blindly"):
        assert ends == ["done", "verb-not-possible"]
        assert (case["decisions"], case["version"]) == (1, 2)


def test_a_case_is_withdrawn_or_granted_and_never_both(drilled):
    for ends, case in rounds(drilled, "withdrawn_while_decided"):
        assert ends == ["case-changed", "done"]
        granted = case["state"] == "granted"
        assert (case["decisions"], case["documents"]) == (granted, granted)


def test_of_four_who_take_a_case_on_one_has_it(drilled):
    for ends, case in rounds(drilled, "two_assign"):
        assert ends == ["case-changed"] * 3 + ["done"]
        assert case["assignee"].startswith("account:o")
        assert case["version"] == 2


def test_an_act_on_many_leaves_the_case_that_somebody_else_was_first_to_decide(drilled):
    for ends, case in rounds(drilled, "many_against_one"):
        if case["state"] == "granted":
            assert ends == ["2 of 3", "done"]
        else:
            assert (ends, case["state"]) == (["3 of 3", "case-changed"], "waiting")


def test_the_clock_ends_a_case_once_or_the_answer_came_first(drilled):
    for ends, case in rounds(drilled, "clock_against_people"):
        assert ends[1:] == ["ran", "ran"]
        if ends[0] == "done":
            assert (case["state"], case["version"]) == ("in-review", 3)
        else:
            assert ends[0] == "case-changed"
            assert (case["state"], case["version"]) == ("withdrawn", 3)


def test_one_application_that_arrives_four_times_is_one_case(drilled):
    for _ends, case in rounds(drilled, "sent_four_times"):
        assert case["version"] == 1


def test_one_verb_that_arrives_four_times_is_done_once(drilled):
    for ends, case in rounds(drilled, "pressed_four_times"):
        assert ends == ["again"] * 3 + ["done"]
        assert (case["decisions"], case["documents"], case["version"]) == (1, 1, 2)


def test_two_cases_joined_crosswise_do_not_lead_to_each_other(drilled):
    for ends, case in rounds(drilled, "joined_crosswise"):
        assert "done" in ends
        assert ends in (["done", "invalid"], ["done", "verb-not-possible"]), ends
        assert case["state"] in ("moved", "received")


def test_a_fee_that_arrives_while_its_case_is_withdrawn_is_booked_once_and_given_back(drilled):
    for ends, case in rounds(drilled, "paid_while_withdrawn"):
        assert ends == ["done", "ran", "ran"]
        assert (case["state"], case["kept"]) == ("withdrawn", 0)
        if case["captured"]:
            assert (case["given_back"], case["suspended"]) == ([[case["fee"]]], 0)
        else:  # the payment was withdrawn first: what came nevertheless is on the desk
            assert (case["given_back"], case["suspended"]) == ([], 1)
    assert drilled["books"] == []


def test_two_processes_make_the_paper_of_a_case_once(drilled):
    if "issued_twice" not in drilled["rounds"]:
        pytest.skip("the fonts of papers are not laid: make assets")
    for ends, case in rounds(drilled, "issued_twice"):
        assert ends == ["ran", "ran"]
        assert (case["issued"], case["code"]) == (1, True)


def test_every_chain_is_whole_and_nobody_is_told_a_thing_twice(drilled):
    assert drilled["faults"] == []
    assert drilled["cases"] > 50
    assert drilled["notices_twice"] == []
