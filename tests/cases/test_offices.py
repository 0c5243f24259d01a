"""Offices as data of the city: one per unit, strict, honest about what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.cases.api import ServiceChannels, closing_problem, nearest, offices
from madang.cases.errors import UnknownOffice
from madang.cases.office_file import faults_of_file
from madang.city.api import load_profile, profile

SEOUL = Path(__file__).parents[2] / "cities" / "seoul" / "offices.yaml"


def test_every_district_and_every_dong_has_its_office():
    found = offices().by_id
    kinds = [one.kind for one in found.values()]
    assert kinds.count("district-office") == 25
    assert kinds.count("dong-centre") == len(profile().units("dong", profile().today()))
    assert found["11440"].name("ko") == "마포구청"
    assert found["11440"].name("en") == "Mapo-gu Office"


def test_every_office_has_the_city_s_number_and_none_that_is_invented():
    assert {one.phone for one in offices().by_id.values()} == {"120"}


def test_an_address_stands_where_it_is_known_and_nowhere_else():
    found = offices().by_id
    assert found["11440"].address == "서울특별시 마포구 월드컵로 212"
    assert not any(one.address for one in found.values() if one.kind == "dong-centre")


def test_step_free_ways_are_what_the_law_asks_for_until_somebody_has_looked():
    assert {one.step_free for one in offices().by_id.values()} == {"required"}


def test_an_office_that_is_not_there_is_named():
    with pytest.raises(UnknownOffice, match="99999"):
        offices().office("99999")


def test_a_move_is_reported_at_dong_centres_and_passports_come_from_district_offices():
    house = offices()
    move, passport = house.matter("move-in"), house.matter("passport")
    assert {one.kind for one in house.serving(move)} == {"dong-centre"}
    assert {one.kind for one in house.serving(passport)} == {"district-office"}


def test_the_nearest_office_is_the_district_s_own_and_the_next_ones_border_on_it():
    house = offices()
    near = nearest(house.serving(house.matter("passport")), "11440")
    assert (near[0][0].id, near[0][1]) == ("11440", 0)
    distances = [km for _office, km in near]
    assert distances == sorted(distances)
    assert near[1][0].id in {"11410", "11380", "11560", "11470"}  # Seodaemun, Eunpyeong, ...


def test_the_city_s_file_is_good():
    assert faults_of_file(SEOUL, profile()) == []


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("slot_minutes: 15", "slot_minutes: 20"), "minutes", "multiple of slot_minutes"),
        (('phone: "120"', "phone: 120"), "phone", "must be"),
        (("counter: passport", "counter: pasport"), "counter: pasport", "no counter 'pasport'"),
        (("level: dong", "level: ri"), "level: ri", "no level 'ri'"),
        (("desks: 6, bookable: 4, at_lunch: 2", "desks: 3, bookable: 4, at_lunch: 2"),
         "bookable: 4", "bookable at most desks"),
        (('unit: "11140"', 'unit: "11149"'), "11149", "'11149'"),
        (('["09:00", "18:00"]', '["18:00", "09:00"]'), "hours:", "from and to"),
        (("lead_minutes", "leed_minutes"), "leed_minutes", "is no field here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, change, line, message):
    text = SEOUL.read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "offices.yaml"
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    faults = faults_of_file(path, profile())
    assert faults
    assert all(number is not None for number, _text in faults)
    number, said = faults[0]
    assert message in said
    assert line in path.read_text(encoding="utf-8").splitlines()[number - 1]


def test_a_city_without_the_file_has_no_offices_and_still_runs(monkeypatch):
    from madang.cases import offices as module

    other = load_profile("jakarta")
    assert "offices" not in other.rule_names
    monkeypatch.setattr(module, "profile", lambda: other)
    assert module.offices().by_id == {}


def channels(name: str, kinds: str, *places: str) -> ServiceChannels:
    return ServiceChannels(name, name, frozenset(kinds.split()), frozenset(places))


def test_an_office_that_is_a_service_s_last_way_without_a_computer_may_not_close():
    services = [
        channels("seal", "web counter", "11440"),
        channels("passport", "web counter", "11440", "11410"),
        channels("pension", "web counter phone", "11440"),
        channels("library-card", "web"),
    ]
    assert closing_problem("11440", services) == ["seal"]
    assert closing_problem("11410", services) == []
