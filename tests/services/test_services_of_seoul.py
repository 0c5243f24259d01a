"""The services that ship for Seoul: complete, good, and of every kind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from madang.city.loader import load
from madang.services import api
from madang.services.engine.dmn.reach import facts_under
from madang.services.life_events import life_events
from madang.services.lint import examine
from madang.services.packages.decide import Rules, in_force
from madang.services.packages.reader import read_package
from madang.services.packages.service import OFFLINE
from madang.services.packages.translating import progress
from madang.services.ready import folders_of

FOLDER = Path(__file__).parents[2] / "cities" / "seoul"
SEOUL = load(FOLDER)
PACKAGES = {folder.name: read_package(folder)[0] for folder in folders_of(FOLDER / "services")}
OF_THE_CITY = {name: found for name, found in PACKAGES.items() if not found.extends}


def _automated(name):
    automation = PACKAGES[name].process.automation
    return automation is not None and automation.basis and not automation.discretion


each = pytest.mark.parametrize("name", sorted(PACKAGES))


@each
def test_it_can_be_published(name):
    assert examine.lint(FOLDER / "services" / name, SEOUL) == []


@each
def test_its_tests_come_out(name):
    assert examine.tested(FOLDER / "services" / name, SEOUL) == []
    assert len(PACKAGES[name].tests) >= 4


@each
def test_every_text_is_there_in_korean_and_english(name):
    found = progress(PACKAGES[name], "en")
    assert (found.missing, found.stale, found.unstamped, found.unknown) == ((), (), (), ())
    assert PACKAGES[name].service.language == "ko"


@each
def test_it_has_two_ways_without_a_device_that_say_when_they_are_open(name):
    offline = [one for one in PACKAGES[name].service.channels if one.kind in OFFLINE]
    assert len(offline) >= 2
    assert all(one.hours for one in offline)


@each
def test_its_tests_come_in_by_several_channels_and_some_end_with_an_officer(name):
    tests = PACKAGES[name].tests
    assert {test.channel for test in tests} & OFFLINE
    assert any(test.expect.end and test.expect.decided != "rules" for test in tests)


def test_forty_services_cover_all_life_events_and_all_decision_classes():
    services = OF_THE_CITY.values()
    assert len(services) >= 40
    told = {event for one in services for event in one.service.life_events}
    assert told == {event.id for event in life_events(SEOUL)}
    assert {one.process.decision_class for one in services} == {"R0", "R1", "R2", "R3"}
    assert {one.id for one in services} == set(OF_THE_CITY)


def test_each_names_only_services_that_there_are():
    for package in PACKAGES.values():
        assert set(package.service.related) <= set(OF_THE_CITY), package.id


@pytest.mark.parametrize("name", sorted(name for name in PACKAGES if _automated(name)))
def test_what_rules_grant_alone_waits_for_nothing_that_only_an_officer_knows(name):
    package = PACKAGES[name]
    rules = Rules(package)
    used = {path[0] for path in facts_under(rules.program, rules.program.by_name["outcome"], {})}
    assert [f.id for f in package.service.facts if f.id in used and f.source == "office"] == []


def test_journeys_of_all_three_kinds_are_there():
    granted = [t for t in PACKAGES["move-in-report"].tests if t.expect.decided == "rules"]
    assert granted[0].expect.documents == ("move-in-receipt",)
    appealed = [t for t in PACKAGES["resident-parking-permit"].tests if "appeal" in t.verbs]
    assert appealed[0].verbs[:2] == ("assign", "refuse")
    booked = [t for t in PACKAGES["facility-booking"].tests if t.verbs == ("withdraw",)]
    assert any(t.expect.fee == 60_000 and t.expect.end == "withdrawn" for t in booked)


def test_a_district_has_its_own_fees_and_offices_and_the_citys_rules():
    city, mapo = PACKAGES["bulky-waste-pickup"], PACKAGES["bulky-waste-pickup-mapo"]
    assert (mapo.id, mapo.district, mapo.rules) == (city.id, "11440", city.rules)
    counter = next(one for one in mapo.service.channels if one.kind == "counter")
    assert counter.address.endswith("마포구청")
    assert [one.kind for one in mapo.service.channels] == [o.kind for o in city.service.channels]


def test_a_later_value_of_the_city_does_not_overrule_the_districts(tmp_path):
    for name in ("bulky-waste-pickup", "bulky-waste-pickup-mapo"):
        shutil.copytree(FOLDER / "services" / name, tmp_path / name)
    fees = tmp_path / "bulky-waste-pickup" / "parameters" / "large_fees.yaml"
    law = "{law: 폐기물관리법, article: 제14조}"
    later = f"  - {{since: 2025-01-01, value: [16000, 5500], law: {law}}}\n"
    fees.write_text(fees.read_text(encoding="utf-8") + later, encoding="utf-8")
    mapo, _, problems = read_package(tmp_path / "bulky-waste-pickup-mapo")
    assert problems == []
    parameter = next(one for one in mapo.parameters if one.id == "large_fees")
    assert in_force(parameter, SEOUL.today()) == [18000, 6000]


@pytest.mark.data
def test_all_are_published_the_citys_and_the_districts(db):
    found = api.publish_shipped(FOLDER / "services")
    assert found.refused == ()
    assert sorted(found.published) == sorted(package.id for package in PACKAGES.values())
    mapo = api.current("bulky-waste-pickup", "11440").package
    assert mapo.district == "11440"
    assert api.current("bulky-waste-pickup", "11680").package.district == ""
