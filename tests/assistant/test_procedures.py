"""The files of procedures: strict, with file and line; and what a good one becomes."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from madang.assistant import api
from madang.city.api import load_profile, profile

ON = date(2026, 11, 24)


def _city(tmp_path: Path, change: tuple[str, str], file: str = "car.yaml") -> Path:
    """Return a copy of the reference city with one text of its procedures changed."""
    source = load_profile("seoul").folder
    folder = tmp_path / "town"
    ignored = shutil.ignore_patterns("scenarios", "services", "texts")
    shutil.copytree(source, folder, ignore=ignored)
    (folder / "services").symlink_to(source / "services")
    path = folder / "procedures" / file
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("event: car", "event: cars"), "must be 'car'"),
        (("owner: 서울특별시 교통정책과\n", ""), "owner"),
        (("aliases: [vehicle", "alias: [vehicle"), "alias"),
        (('when: what = "sold"', 'when: what = "slod"'), "'slod'"),
        (('when: what = "sold"', "when: wht"), "wht is no fact"),
        (('when: what = "sold"', 'when: what = ("sold"'), "FEEL"),
        (("gives: [car-insurance]", "gives: [car-insurance-2]"), "no paper 'car-insurance-2'"),
        (("kind: insurer", "kind: insurance-shop"), "insurance-shop"),
        (("service: vehicle-tax-payment", "service: no-such-service"), "no service"),
        (("channels: [phone, web]", "channels: [web]"), "without a device"),
        (("    law: [자동차손해배상 보장법 제5조, 자동차손해배상 보장법 제8조]\n", ""), "on a law"),
        (("after: date, within: 16 days", "after: what, within: 16 days"), "is no date"),
        (("after: date, within: 16 days", "after: date, on: date"), "one of after"),
        (("within: 16 days", "within: 16 moons"), "moons|opens"),
        (("{ko: 자동차 신규등록, en: First registration of the car}", "{ko: 등록}"), "'en'"),
        (("id: deregistration", "id: inspection"), "twice"),
    ],
)
def test_a_wrong_file_names_file_and_line(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(api.InvalidProcedures, match=message) as caught:
        api.graph("car", city=_city(tmp_path, change), on=ON)
    assert all(one.file.startswith("procedures/") and one.line for one in caught.value.problems)


def test_a_circle_of_procedures_is_a_problem(tmp_path: Path) -> None:
    folder = _city(
        tmp_path,
        ("id: compulsory-insurance", "id: compulsory-insurance\n    requires: [inspection]"),
    )
    with pytest.raises(api.InvalidProcedures, match="require each other"):
        api.graph("car", city=folder, on=ON)


def test_every_procedure_cites_a_law_has_an_owner_and_an_offline_way() -> None:
    graphs = api.graphs("seoul", on=ON)
    procedures = [one for graph in graphs for one in graph.file.procedures]
    assert 60 <= len(procedures) <= 160
    for graph in graphs:
        whole = api.plan(graph.file.event, {}, city="seoul", on=ON)
        for step in whole.steps:
            assert step.law, step.id
            assert step.owner, step.id
            assert any(way.is_offline for way in step.ways), step.id
            assert step.names.get("ko"), step.id
            assert step.names.get("en"), step.id


def test_life_events_of_procedures_are_those_of_the_catalogue() -> None:
    city = load_profile("seoul")
    known = {event["id"] for event in city.rules("life_events")["events"]}
    for graph in api.graphs(city, on=ON):
        assert set(graph.file.life_events) <= known


def test_a_rule_past_its_review_says_to_check() -> None:
    facts = {"what": "sold", "date": "2026-11-20"}
    fresh = api.plan("car", facts, city="seoul", on=date(2027, 11, 23))
    stale = api.plan("car", facts, city="seoul", on=date(2027, 11, 24))
    assert [step.expired for step in fresh.steps] == [False]
    assert [step.expired for step in stale.steps] == [True]
    assert any("check with 120" in note for note in stale.notes)
    assert api.as_json(stale)["steps"][0]["check_with"] == "120"


def test_events_are_found_by_their_other_names() -> None:
    for name in ("job_loss", "job-loss", "Job Loss", "해고", "실직", "losing a job"):
        assert api.graph(name, city="seoul", on=ON).file.event == "job_loss"
    with pytest.raises(api.UnknownEvent, match="did you mean 'move'"):
        api.graph("mov", city="seoul", on=ON)


def test_a_city_without_procedures_has_no_events() -> None:
    assert api.events("jakarta") == []
    with pytest.raises(api.UnknownEvent, match="none"):
        api.plan("move", {}, city="jakarta", on=ON)


def test_the_city_of_the_instance_is_the_default() -> None:
    assert api.city_of() is profile()
