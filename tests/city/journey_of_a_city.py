"""The same walk through the pages of whatever city runs (`MADANG_CITY`); see test_journey.py.

The name keeps it out of the usual run: Django's settings belong to one city, so each city has a
process of its own.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from madang.air import api
from madang.air.present import forget_present_air
from madang.city.api import profile
from madang.kernel.times import fixed_clock
from madang_sim.climate import Climate, read_climate
from madang_sim.field import AirField
from madang_sim.layout import POLLUTANTS, Place, city_stations
from tests.air.conftest import feed, station

__all__ = ["station"]  # the fixture

pytestmark = [pytest.mark.django_db]

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
HANGUL = re.compile("[가-힣]")
# What only Seoul has: its line, index, region names and money must not reach another city's pages.
ONLY_SEOUL = ("Seoul", "120다산", "CAI", "통합대기환경지수", "Dasan", "₩", "KRW", "자치구", "-gu ")


@pytest.fixture(autouse=True)
def clock():
    forget_present_air()
    with fixed_clock(NOW + timedelta(minutes=7)):
        yield


@pytest.fixture
def simulated(station):
    """Return three districts with a day of air as the simulator makes it for this city."""
    here = profile()
    file = here.folder / "simulator.yaml"
    climate = read_climate(file) if file.is_file() else Climate()
    offset = here.local(NOW).utcoffset() or timedelta(0)
    field = AirField(1, offset.total_seconds() / 3600, (), climate)
    places = [
        Place(u.code, u.name(), *u.centre, u.population or 0, u.code)
        for u in here.districts()
        if u.centre
    ]
    found = city_stations(places, places, seed=1)
    where = found.positions_km()
    for index in range(3):
        streams = station(found.name[index], "simulated", district=found.district[index])
        for pollutant in ("pm25", "pm10", "o3", "no2"):
            hours = [NOW - timedelta(hours=n) for n in range(25, -1, -1)]
            values = [
                float(
                    field.at(end.timestamp(), where, np.zeros(len(where), bool))[pollutant][index]
                )
                for end in hours
            ]
            feed(streams[pollutant], pollutant, list(zip(hours, values, strict=True)))
    forget_present_air()
    return places[:3]


@pytest.fixture
def read(client: Client):
    """Return a function that reads a page in a language; without one asked for, the city's own."""

    def page(path: str, language: str) -> html.HtmlElement:
        asked = {"Accept-Language": language} if language != settings.LANGUAGE_CODE else {}
        answer = client.get(path, headers=asked)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        root = html.document_fromstring(answer.content.decode())
        assert root.get("lang", "").lower() == language.lower()
        return root

    return page


def both_languages() -> list[str]:
    """Return the language of the city and English."""
    return list(dict.fromkeys([settings.LANGUAGE_CODE, "en"]))


def test_the_profile_has_all_that_the_demo_needs():
    here = profile()
    assert all(unit.centre for unit in here.districts())
    assert len(here.outlines(here.district_level)) == len(here.districts())
    assert here.unit_at(*here.districts()[0].centre) is not None
    assert here.city.departments
    assert any(basis.topic == "privacy" for basis in here.city.legal_bases)
    assert any(number.emergency for number in here.city.phones.numbers)
    assert here.calendar.holidays(2026)
    assert set(POLLUTANTS) >= set(api.index_in_effect().pollutants)


def test_days_hours_and_money_are_the_citys_own():
    here = profile()
    assert here.date_text(NOW.date())
    assert here.time_text(NOW)
    money = here.currency.amount(123_456_00).format(here.city.locale)
    assert any(sign.isdigit() for sign in money)
    assert here.fiscal_year(NOW.date()).start <= NOW.date()


def test_home_air_district_and_measures_answer_in_the_citys_language_and_english(simulated, read):
    here, code = profile(), simulated[0].code
    index = api.index_in_effect()
    found = api.district_air([code])[0]
    assert found.index.value is not None
    assert not found.is_provisional
    for language in both_languages():
        home = read("/", language)
        assert home.find(".//h1").text_content().strip()
        assert here.name(language) in home.text_content()
        air = read("/air/", language).text_content()
        for unit in here.districts():
            assert unit.name(language) in air
        assert here.text(index.spec.name, language) in air
        district = read(f"/air/{code}/", language).text_content()
        assert str(found.index.value) in district
        assert index.class_name(found.index.value, here.chain(language)) in district
        if language == "en":
            apart = any(unit.detached for unit in here.districts())
            assert ("Islands and exclaves stand below the city" in air) == apart
        measures = read("/air/measures/", language)
        assert measures.find(".//h1") is not None
        if language == "en":
            says_none = "has no rules that declare measures" in measures.text_content()
            assert says_none == (not api.read_rule_set(here.folder / "air.yaml").rules)


def test_nothing_of_seoul_is_on_the_pages_of_another_city(simulated, client):
    if profile().id == "seoul":
        pytest.skip("this is Seoul")
    code = simulated[0].code
    for path in ("/", "/air/", f"/air/{code}/", "/air/measures/", "/status/", "/accessibility/"):
        text = html.document_fromstring(client.get(path).content.decode()).text_content()
        for word in ONLY_SEOUL:
            assert word not in text, f"{path} says {word}"
        if not any(language.code == "ko" for language in profile().languages):
            assert not HANGUL.search(text), f"{path}: {HANGUL.findall(text)[:5]}"


def test_pages_call_the_districts_by_the_citys_own_word(simulated, read):
    here, code = profile(), simulated[0].code
    for language in both_languages():
        words = here.city.wording.get(language, {})
        for path in ("/", "/air/", f"/air/{code}/", "/alerts/sign-up/", "/privacy/"):
            said = read(path, language).text_content().lower()
            for line in here.city.phones.numbers:  # Bogotá's is of the Distrito, the whole city
                said = said.replace(here.text(line.names, language).lower(), "")
            for word in words:
                found = re.search(rf".{{,40}}\b{re.escape(word)}\b.{{,40}}", said)
                assert not found, f"{path} says {found[0]}"
        if words:
            own = here.level_named("district").names[language].lower()
            assert own in read("/", language).text_content().lower()


def test_the_public_interface_tells_the_districts(client):
    here = profile()
    city = client.get("/api/v1/city/").json()
    assert city["timezone"] == here.city.timezone
    units = client.get(f"/api/v1/city/units?level={city['district_level']}").json()["units"]
    assert {unit["code"] for unit in units} == {unit.code for unit in here.districts()}
    assert all(unit["district"] == unit["code"] for unit in units)
    assert not any(math.isnan(unit["centre"][0]) for unit in units)
    air = client.get("/api/v1/air/districts").json()
    assert len(air) == len(units)
    day = f"start={NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}&end={NOW:%Y-%m-%dT%H:%M:%SZ}"
    for level in ("district", city["district_level"]):
        path = f"/api/v1/air/statistics?pollutant=pm25&{day}&level={level}"
        assert client.get(path).status_code == 200
    bad = client.get(f"/api/v1/air/statistics?pollutant=pm25&{day}&level=dong")
    assert bad.status_code == (200 if here.id == "seoul" else 422)


def test_the_dialect_of_seoul_is_spoken_where_the_profile_says_so(client):
    answer = client.get("/_dialect/seoul/sample/json/RealtimeCityAir/1/5/")
    assert answer.status_code == (200 if "seoul" in profile().city.dialects else 404)


def test_the_folder_is_all_that_makes_the_city():
    assert Path(profile().folder).name == profile().id
