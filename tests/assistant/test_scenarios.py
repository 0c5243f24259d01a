"""The scenarios of the cities, each a test; and that a wrong expectation is told clearly."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.assistant import api
from madang.kernel.errors import BadInput

RAN = api.scenarios(city="seoul")


@pytest.mark.parametrize("ran", RAN, ids=[f"{one.event}/{one.id}" for one in RAN])
def test_the_plan_is_as_the_scenario_says(ran: api.Ran) -> None:
    assert not ran.differences, "\n".join(
        f"{ran.file}:{ran.line}: {line}" for line in ran.differences
    )


def test_every_event_has_scenarios() -> None:
    assert len(RAN) >= 60
    events = api.events("seoul")
    assert len(events) == 12
    assert {one.event for one in RAN} == set(events)
    assert len({one.id + one.event for one in RAN}) == len(RAN)


def test_every_procedure_of_the_city_stands_in_a_scenario() -> None:
    """A rule that no scenario reaches is one that nobody has reckoned by hand."""
    texts = {
        event: (Path(next(r.file for r in RAN if r.event == event))).read_text(encoding="utf-8")
        for event in api.events("seoul")
    }
    missed = [
        f"{graph.file.event}/{one.id}"
        for graph in api.graphs("seoul")
        for one in graph.file.procedures
        if f"{{id: {one.id}" not in texts[graph.file.event]
    ]
    # kindergarten and middle school rest on one condition each
    assert missed == ["school/kindergarten-place", "school/middle-school"]


WRONG = """
scenarios:
  - id: wrong
    event: car
    today: 2026-12-01
    facts: {what: 폐차, date: 2026-11-30, district: 금천구}
    asks: [district]
    steps:
      - {id: deregistration, due: 2026-12-30, office: 금천구청, documents: [id-card]}
"""


def test_a_wrong_expectation_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    (ran,) = api.scenarios([path], city="seoul")
    assert ran.line == 3
    assert any("due: expected 2026-12-30, is 2026-12-31" in one for one in ran.differences)
    assert any(one.startswith("asks: expected ['district'], is []") for one in ran.differences)
    assert any("office: expected 금천구청" in one for one in ran.differences)
    assert any("documents: expected ['id-card']" in one for one in ran.differences)


def test_steps_too_many_missing_and_in_another_order_are_told(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    steps = "      - {id: deregistration, due: 2026-12-30, office: 금천구청, documents: [id-card]}"
    path.write_text(WRONG.replace(steps, "      - {id: other}"), encoding="utf-8")
    (ran,) = api.scenarios([path], city="seoul")
    assert "steps: missing ['other'], too many ['deregistration']" in ran.differences


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scenarios: []", "scenarios"),
        (WRONG.replace("event: car", "evnt: car"), "evnt"),
        (WRONG.replace("due: 2026-12-30", "due: 2026-02-30"), "cannot be"),
    ],
)
def test_a_file_that_is_wrong_names_the_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=message):
        api.scenarios([path], city="seoul")
