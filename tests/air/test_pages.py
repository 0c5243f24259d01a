"""Pages of the air, on rows that came through the room's own door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from madang.air import api
from madang.air.present import forget_present_air
from madang.identity import api as identity
from madang.kernel.times import fixed_clock
from madang.web import context
from tests.air.conftest import MAPO, city_time, feed
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 22, 12)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture(autouse=True)
def clock():
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        yield


def day(*values: float | None) -> list[tuple[datetime, float]]:
    """Return hours that end at noon; a None is an hour that never came."""
    first = NOON - timedelta(hours=len(values) - 1)
    hours = [(first + timedelta(hours=n), v) for n, v in enumerate(values)]
    return [(end, value) for end, value in hours if value is not None]


@pytest.fixture
def mapo(station):
    """Return a function that gives Mapo-gu a day of dust."""

    def give(*values: float | None, origin: str = "simulated") -> None:
        streams = station(origin=origin)
        feed(streams["pm25"], "pm25", day(*values))
        for pollutant, value in {"pm10": 60.0, "o3": 0.02, "no2": 0.02}.items():
            feed(streams[pollutant], pollutant, day(*[value] * len(values)))

    return give


@pytest.fixture
def officer(client: Client) -> Client:
    identity.add_user("kim", ["officer"], password=PASSWORD)
    sign_in(client, "kim")
    return client


def heading(root) -> str:
    return root.find(".//h1").text_content()


@LANGUAGES
def test_with_nothing_known_the_page_says_so_for_all_districts(client: Client, language: str):
    root = page(client, "/air/", language)
    assert heading(root) == {
        "ko": "아직 들어온 대기질 측정값이 없습니다",
        "en": "No readings of the air have come in yet",
    }[language]  # fmt: skip
    assert len(root.xpath("//tbody/tr")) == 25


@LANGUAGES
def test_the_heading_is_the_answer_and_the_worst_comes_first(client, mapo, station, language: str):
    mapo(*[20.0] * 8, 60.0, 70.0, 70.0, 70.0)
    other = station("Jongno", "simulated", district="11110")
    feed(other["pm25"], "pm25", day(*[8.0] * 12))
    root = page(client, "/air/", language)
    assert heading(root) == {
        "ko": "마포구의 대기질은 나쁨이고, 나머지 1개 구는 그보다 낫습니다",
        "en": "The air is bad in Mapo-gu, better in the other 1 districts",
    }[language]  # fmt: skip
    first = root.xpath("//tbody/tr")[0].text_content()
    assert ("마포구" if language == "ko" else "Mapo-gu") in first
    assert ("모의" if language == "ko" else "simulated") in first
    assert "70" in first


@LANGUAGES
def test_what_is_overdue_is_marked(client, mapo, language: str):
    mapo(*[20.0] * 12)
    with fixed_clock(NOON + timedelta(hours=3)):
        root = page(client, "/air/", language)
        assert len(root.xpath("//tr[@class='stale']")) == 1
        one = page(client, f"/air/{MAPO}/", language)
    assert heading(root) == {
        "ko": "새로 들어온 대기질 측정값이 없습니다",
        "en": "There are no fresh readings of the air",
    }[language]  # fmt: skip
    assert ("지연" if language == "ko" else "overdue") in one.text_content()


def test_what_is_replayed_is_never_overdue(client, mapo):
    mapo(*[20.0] * 12, origin="replayed")
    with fixed_clock(NOON + timedelta(days=400)):
        root = page(client, "/air/", "en")
    assert not root.xpath("//tr[@class='stale']")
    assert "replayed" in root.text_content()


@LANGUAGES
def test_a_district_shows_its_day_with_the_gap(client, mapo, language: str):
    mapo(*[30.0] * 6, None, None, *[45.0] * 6)
    root = page(client, f"/air/{MAPO}/", language)
    figure = root.get_element_by_id("chart-day-pm25")
    assert "PM2.5" in figure.xpath(".//h3")[0].text_content()
    assert len(figure.xpath(".//rect[@class='gap']")) >= 1
    rows = figure.xpath(".//tbody/tr")
    assert len(rows) == 24
    missing = "값 없음" if language == "ko" else "no value"
    assert sum(missing in row.text_content() for row in rows) == 12
    assert "Mapo" in root.text_content()  # the station


@LANGUAGES
def test_an_empty_district_is_not_an_error(client, language: str):
    root = page(client, f"/air/{MAPO}/", language)
    assert ("아직 없습니다" if language == "ko" else "yet") in heading(root)


@LANGUAGES
@pytest.mark.parametrize("code", ["99999", "1144051000", "x"])
def test_what_is_no_district_is_not_found(client, language: str, code: str):
    page(client, f"/air/{code}/", language, status=404)


@LANGUAGES
def test_with_the_lake_away_the_page_says_so_and_shows_the_hours(client, mapo, language: str):
    mapo(*[20.0] * 12)
    root = page(client, "/air/", language)
    assert root.xpath("//div[contains(@class, 'banner-warn')]")
    assert "20" in root.xpath("//tbody/tr")[0].text_content()


@LANGUAGES
def test_no_measure_and_no_past(client, language: str):
    root = page(client, "/air/measures/", language)
    assert heading(root) == {
        "ko": "시행 중인 대기질 조치가 없습니다",
        "en": "No air measure is in force",
    }[language]  # fmt: skip


@LANGUAGES
def test_a_declared_measure_shows_its_reason_and_readings(client, mapo, language: str):
    mapo(20.0, 51.0, 60.5, 61.0, 62.0)
    root = page(client, "/air/measures/", language)
    card = root.xpath("//article")[0].text_content()
    assert "60.5" in card
    assert len(root.xpath("//article//tbody/tr")) == 4
    assert not root.xpath("//main//form"), "who is no officer decides nothing"


@LANGUAGES
def test_an_officer_brings_a_measure_into_force(officer: Client, mapo, language: str):
    mapo(20.0, 51.0, 60.0, 61.0, 62.0)
    root = page(officer, "/air/measures/", language)
    action = root.xpath("//main//form/@action")[0]
    assert officer.post(action).status_code == 302
    root = page(officer, "/air/measures/", language)
    assert ("시행 중" if language == "ko" else "in force in Mapo-gu") in heading(root)
    assert root.xpath("//div[@role='status']")
    assert root.xpath("//div[@class='alerts']//a"), "every page carries the alert"
    assert officer.post(action).status_code == 409


def test_an_officer_lifts_with_a_reason_only(officer: Client, mapo):
    mapo(20.0, 51.0, 60.0, 61.0, 62.0)
    number = api.measures_in_force()[0].id
    officer.cookies["django_language"] = "en"
    assert officer.post(f"/air/measures/{number}/lift/", {"reason": " "}).status_code == 422
    assert officer.post(f"/air/measures/{number}/lift/", {"reason": "mistake"}).status_code == 302
    root = page(officer, "/air/measures/", "en")
    assert not api.measures_in_force()
    assert len(root.xpath("//table//tbody/tr")) == 1


def test_who_is_no_officer_cannot_decide(client: Client, mapo):
    mapo(20.0, 51.0, 60.0, 61.0, 62.0)
    number = api.measures_in_force()[0].id
    answer = client.post(f"/air/measures/{number}/approve/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"][:10]) == (302, "/sign-in/?")
    identity.add_user("lee", ["operator"], password=PASSWORD)
    sign_in(client, "lee")
    assert client.post(f"/air/measures/{number}/approve/").status_code == 403
    assert api.measure(number).awaits_approval
    assert client.get(f"/air/measures/{number}/approve/").status_code == 403


def test_times_are_the_citys():
    assert datetime(2026, 11, 22, 3, tzinfo=UTC) == NOON
