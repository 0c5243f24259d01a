"""Six cities, each started whole with its simulator: one journey for all of them.

Long: six instances one after the other, two minutes or three each. `tests/system/journey.py` is the
way of a resident and an operator, in a browser and in the main language; `MADANG_TEST_CITIES`
narrows the run to some. `tests/city/test_journey.py` looks at pages in process on every run.
"""

from __future__ import annotations

import os

import httpx
import pytest
from lxml import html

from madang.city.api import load_profile
from madang.kernel.ports import is_free
from tests.system.instance import Instance, until
from tests.system.journey import walk
from tests.web.browser import needs_browser, open_browser

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

PAGES = [
    "home", "my district", "air of the district, what to do", "sign-up", "signed up", "measures",
    "alerts", "password", "second proof", "recorded messages", "confirmation", "my alerts",
    "operations room", "operations room, acknowledged", "pipeline",
]  # fmt: skip
SIX = ["addis_ababa", "bogota", "jakarta", "phnom_penh", "seoul", "ulaanbaatar"]
CHOSEN = os.environ.get("MADANG_TEST_CITIES", " ".join(SIX)).split()


@pytest.fixture(scope="module", params=CHOSEN)
def city(request, tmp_path_factory):
    """Return a running instance of a city, and its profile."""
    folder = tmp_path_factory.mktemp(request.param)
    with Instance(folder, "--city", request.param) as running:
        yield running, load_profile(request.param)


def page(instance: Instance, path: str, language: str = "") -> html.HtmlElement:
    headers = {"Accept-Language": language} if language else {}
    answer = httpx.get(instance.url + path, headers=headers, timeout=30)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return html.document_fromstring(answer.content.decode())


def test_home_answers_in_the_official_language_and_in_english(city):
    instance, profile = city
    home = page(instance, "/")
    assert home.get("lang") == profile.city.default_language
    assert profile.name() in home.text_content()
    english = page(instance, "/", "en")
    assert english.get("lang") == "en"
    assert profile.name("en") in english.text_content()


def test_simulated_air_arrives_in_every_district_and_is_named_by_the_citys_index(city):
    instance, profile = city

    def arrived():
        airs = instance.get("/api/v1/air/districts").json()
        return airs if all(air["index"]["value"] is not None for air in airs) else None

    airs = until(arrived, 240, "an index of every district")
    assert {air["district"] for air in airs} == {unit.code for unit in profile.districts()}
    assert {air["origin"] for air in airs} == {"simulated"}
    listed = page(instance, "/air/").text_content()
    assert all(unit.name() in listed for unit in profile.districts())
    index = profile.rules("air")["index"]["name"]
    assert profile.text(index) in listed


def test_a_district_and_the_measures_have_their_pages(city):
    instance, profile = city
    code = profile.districts()[0].code
    for language in ("", "en"):
        assert page(instance, f"/air/{code}/", language).find(".//h1") is not None
        assert page(instance, "/air/measures/", language).find(".//h1") is not None


@needs_browser
def test_the_same_journey_leads_a_resident_and_an_operator_through(city, tmp_path):
    instance, profile = city
    with open_browser(tmp_path) as browser:
        journey = walk(browser, instance, profile)
    assert journey.read == PAGES
    assert not journey.wrong, "\n".join(journey.wrong)


def test_the_stations_follow_the_districts_and_the_residents(city):
    instance, profile = city
    counted = instance.get("/api/v1/telemetry/stations?station_class=reference&limit=200").json()
    assert {item["unit_code"] for item in counted["items"]} == {
        unit.code for unit in profile.districts()
    }


def test_the_clock_is_the_citys(city):
    instance, profile = city
    told = instance.get("/api/v1/city/").json()
    assert told["timezone"] == profile.city.timezone
    assert told["district_level"] == profile.district_level


def test_only_seoul_opens_the_port_of_its_dialect(city):
    instance, profile = city
    port = 8088 + instance.offset
    assert is_free("127.0.0.1", port) == ("seoul" not in profile.city.dialects)


def test_it_stops_as_it_should(city):
    instance, _profile = city
    assert instance.stop() == 0
