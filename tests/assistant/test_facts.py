"""Facts in the forms in which people and programs write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from madang.assistant import api
from madang.assistant.facts import read_facts
from madang.assistant.places import UnknownPlace, read_place
from madang.city.api import load_profile

SEOUL = load_profile("seoul")
ON = date(2026, 11, 24)
MOVE = api.graph("move", city=SEOUL, on=ON)


def _read(**facts: Any) -> dict[str, Any]:
    return read_facts(facts, MOVE, SEOUL).values


@pytest.mark.parametrize(
    ("text", "district", "dong"),
    [
        ("강남구", "11680", ""),
        ("강남", "11680", ""),
        ("Gangnam-gu", "11680", ""),
        ("gangnam", "11680", ""),
        ("GANGNAM GU", "11680", ""),
        ("11680", "11680", ""),
        ("서울특별시 강남구", "11680", ""),
        ("서울 마포구 합정동", "11440", "1144068000"),
        ("Hapjeong-dong, Mapo-gu, Seoul", "11440", "1144068000"),
        ("합정동", "11440", "1144068000"),
        ("중구", "11140", ""),
        ("종로", "11110", ""),
    ],
)
def test_places_are_read_in_many_forms(text: str, district: str, dong: str) -> None:
    found = read_place(text, SEOUL, elsewhere=False)
    assert (found.district, found.dong) == (district, dong)


@pytest.mark.parametrize("text", ["부산 중구", "Busan", "elsewhere", "경기도 수원시", "Suwon"])
def test_places_outside_are_outside(text: str) -> None:
    regions = MOVE.common.other_regions
    assert read_place(text, SEOUL, elsewhere=True, other_regions=regions).district == ""
    with pytest.raises(UnknownPlace):
        read_place(text, SEOUL, elsewhere=False, other_regions=regions)


def test_a_misspelt_district_is_not_taken_as_elsewhere() -> None:
    with pytest.raises(UnknownPlace, match="did you mean Gangnam-gu"):
        read_place("Gangnm", SEOUL, elsewhere=True)


def test_a_dong_of_two_districts_has_to_be_told_apart() -> None:
    with pytest.raises(UnknownPlace, match="several districts"):
        read_place("신사동", SEOUL, elsewhere=False)
    assert read_place("관악구 신사동", SEOUL, elsewhere=False).district == "11620"


@pytest.mark.parametrize(
    "text",
    ["2026-12-20", "2026.12.20", "2026/12/20", "20261220", "2026년 12월 20일", "2026-12-20T09:00"],
)
def test_dates_are_read_in_many_forms(text: str) -> None:
    assert _read(date=text) == {"date": date(2026, 12, 20)}


@pytest.mark.parametrize("value", [True, "yes", "예", 1, 2, "Y", "있음", {"value": True}])
def test_yes_is_read_in_many_forms(value: Any) -> None:
    assert _read(schoolchild=value) == {"schoolchild": True}


@pytest.mark.parametrize("value", [False, "no", "아니오", 0, "없음"])
def test_no_is_read_in_many_forms(value: Any) -> None:
    assert _read(schoolchild=value) == {"schoolchild": False}


@pytest.mark.parametrize("value", [300000000, "300,000,000", "3억", "3억원", "30000만원", 3e8])
def test_money_is_read_in_many_forms(value: Any) -> None:
    assert _read(deposit=value) == {"deposit": 300_000_000}


@pytest.mark.parametrize("value", ["lease", "전세", "월세", "Rent", "jeonse", "monthly rent"])
def test_choices_are_read_by_their_other_names(value: str) -> None:
    assert _read(tenure=value) == {"tenure": "lease"}


def test_sources_are_kept_and_unknown_facts_reported() -> None:
    raw = {"to": {"value": "마포구", "source": "profile"}, "dat": "2026-12-20", "colour": "red"}
    found = read_facts(raw, MOVE, SEOUL)
    assert found.known["to"].source == "profile"
    assert found.notes == (
        "dat: no fact of this event, left aside; did you mean 'date'?",
        "colour: no fact of this event, left aside",
    )


def test_empty_facts_are_not_known() -> None:
    assert _read(date=None, to="") == {}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"date": "2026-02-30"}, "date: there is no day 2026-02-30"),
        ({"date": "soon"}, "date: 'soon' is no date"),
        ({"date": "0001-01-01"}, "date: 0001-01-01 is not between"),
        ({"date": True}, "is no date"),
        ({"schoolchild": "perhaps"}, "schoolchild: 'perhaps' is neither"),
        ({"tenure": "castle"}, "tenure: 'castle' is none of lease, owned, other"),
        ({"deposit": -1}, "deposit: -1 is not between"),
        ({"deposit": 1.5}, "deposit: 1.5 is no whole number"),
        ({"to": 7}, "to: must be the name of a district"),
        ({"to": "x" * 501}, "to: is longer than 500"),
        ({"to": {"value": "마포구", "source": "guess"}}, "to: source 'guess'"),
        ({"to": {"value": "마포구", "color": 1}}, "to: has value and source"),
        ({"date": "2026-12-20", "move_date": "2026-12-21"}, "says other than another name"),
    ],
)
def test_facts_that_cannot_be_name_the_field(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(api.InvalidFacts, match=message) as caught:
        read_facts(facts, MOVE, SEOUL)
    assert set(caught.value.fields) <= set(facts)


def test_the_day_of_knowing_is_inferred_from_the_day_of_death() -> None:
    found = api.plan("death", {"date": "2026-11-10", "district": "노원구"}, city=SEOUL, on=ON)
    assert found.facts["known_date"].source == "inferred"
    told = api.plan("death", {"date": "2026-11-10", "known_date": "2026-11-12"}, city=SEOUL, on=ON)
    assert told.facts["known_date"].source == "said"
