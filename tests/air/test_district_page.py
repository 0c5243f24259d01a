"""The resident's air page in each of its states."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from madang.air import pages
from madang.air.present import forget_present_air
from madang.kernel.times import fixed_clock
from madang.telemetry.models import Location, Thing
from madang.web import choices, context
from tests.air.conftest import MAPO, city_time, feed
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 22, 12)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
GONGDEOK = "1144056500"
PAGE = f"/air/{MAPO}/"


@pytest.fixture(autouse=True)
def clock():
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        yield


def hours(*values: float | None) -> list:
    """Return hours that end at noon; a None is an hour that never came."""
    first = NOON - timedelta(hours=len(values) - 1)
    return [(first + timedelta(hours=n), v) for n, v in enumerate(values) if v is not None]


@pytest.fixture
def mapo(station):
    """Return a function that gives Mapo-gu hours of dust."""

    def give(*values: float | None, origin: str = "simulated") -> None:
        streams = station(origin=origin)
        feed(streams["pm25"], "pm25", hours(*values))
        for pollutant, value in {"pm10": 60.0, "o3": 0.02, "no2": 0.02}.items():
            feed(streams[pollutant], pollutant, hours(*[value] * len(values)))

    return give


def stand(name: str, lon: float, lat: float) -> None:
    """Give a station its place."""
    thing = Thing.objects.get(name=name)
    point = {"type": "Point", "coordinates": [lon, lat]}
    place = Location.objects.create(
        gateway=thing.gateway, name=name, location=point, lon=lon, lat=lat
    )
    thing.locations.add(place)


def text_of(root, element: str) -> str:
    return " ".join(root.get_element_by_id(element).text_content().split())


@LANGUAGES
def test_the_heading_says_how_it_is_and_what_to_do(client: Client, mapo, language: str):
    mapo(*[45.0] * 12)
    root = page(client, PAGE, language)
    assert root.find(".//h1").text_content() == {
        "ko": "마포구 대기질은 나쁨입니다. 바깥 운동은 짧게 하세요.",
        "en": "Air in Mapo-gu is bad. Keep outdoor exercise short.",
    }[language]  # fmt: skip


@LANGUAGES
def test_every_group_is_told_what_to_do_and_by_whose_advice(client, mapo, language: str):
    mapo(*[45.0] * 12)
    root = page(client, PAGE, language)
    assert len(root.xpath("//dl[@class='advice']/div")) == 5
    assert "EPA" in root.xpath("//section[@aria-labelledby='advice-title']")[0].text_content()


@LANGUAGES
def test_the_paragraph_for_the_ear_is_whole_sentences(client, mapo, language: str):
    mapo(*[45.0] * 12)
    said = text_of(page(client, PAGE, language), "spoken")
    for part in {
        "ko": ("45 마이크로그램", "65세", "120", "2026년 11월 22일"),
        "en": ("45 micrograms", "over 65", "120", "November 22, 2026"),
    }[language]:
        assert part in said
    assert "µg" not in said, "no engine reads a unit's sign well"


def test_what_only_a_browser_can_do_is_hidden_without_one(client, mapo):
    mapo(*[45.0] * 12)
    root = page(client, PAGE, "en")
    for name in ("data-read-aloud", "data-find-me"):
        assert all(button.get("hidden") is not None for button in root.xpath(f"//*[@{name}]"))


@LANGUAGES
def test_a_stale_district_gives_no_advice(client, mapo, language: str):
    mapo(*[45.0] * 12)
    with fixed_clock(NOON + timedelta(hours=5)):
        root = page(client, PAGE, language)
    assert ("새 측정값이 없습니다" if language == "ko" else "No fresh readings") in root.find(
        ".//h1"
    ).text_content()
    assert not root.xpath("//dl[@class='advice']")
    assert not root.xpath("//*[@id='spoken']")
    assert root.xpath("//*[@id='chart-day-pm25']"), "the past is still there"


@LANGUAGES
def test_without_readings_the_page_stands_and_promises_the_charts(client, language: str):
    root = page(client, PAGE, language)
    assert not root.xpath("//figure")
    assert not root.xpath("//a[contains(@href, 'hours.csv')]")
    assert ("두 시간이" if language == "ko" else "once two hours") in root.text_content()


@LANGUAGES
def test_the_finding_says_what_the_day_did(client, mapo, language: str):
    mapo(*[20.0] * 6, *[60.0] * 6)
    root = page(client, PAGE, language)
    finding = root.xpath("//figure[@id='chart-day-pm25']//h3")[0].text_content()
    assert finding == {
        "ko": "PM2.5, 12시간 동안 20에서 60 µg/m³로 올랐습니다",
        "en": "PM2.5 rose from 20 to 60 µg/m³ in 12 hours",
    }[language]  # fmt: skip
    assert root.xpath("//figure[@id='chart-day-pm25']//svg/@aria-label")[0] == finding


def test_a_day_that_hardly_changed_is_not_called_a_rise(client, mapo):
    mapo(*[50.0] * 6, *[55.0] * 6)
    root = page(client, PAGE, "en")
    finding = root.xpath("//figure[@id='chart-day-pm25']//h3")[0].text_content()
    assert finding == "PM2.5 was between 50 and 55 µg/m³ in the last 12 hours"


@LANGUAGES
def test_another_pollutant_can_be_chosen(client, mapo, language: str):
    mapo(*[45.0] * 12)
    root = page(client, f"{PAGE}?show=o3", language)
    assert root.xpath("//figure/@id") == ["chart-day-o3"]
    assert root.xpath("//nav[@class='tabs']//a[@aria-current]")[0].text_content() == "O₃"
    assert page(client, f"{PAGE}?show=%3Cx%3E", language).xpath("//figure/@id") == [
        "chart-day-pm25"
    ]


@LANGUAGES
def test_the_month_is_there_from_two_complete_days_on(client, mapo, language: str):
    # 60 hours up to noon: two whole days and two halves; the second whole day is bad
    mapo(*[20.0] * 12, *[20.0] * 24, *[50.0] * 24, *[20.0] * 12)
    root = page(client, f"{PAGE}?show=pm25", language)
    figure = root.get_element_by_id("chart-month-pm25")
    assert figure.xpath(".//h3")[0].text_content() == {
        "ko": "PM2.5, 2일 가운데 1일이 나쁨 이상이었습니다",
        "en": "PM2.5 was bad or worse on 1 of 2 days",
    }[language]  # fmt: skip
    cells = [cell.text_content() for cell in figure.xpath(".//tbody//td")]
    assert cells == ["20", "20 – 20", "50", "50 – 50"]


@LANGUAGES
def test_the_chart_names_its_limit_and_where_that_comes_from(client, mapo, language: str):
    mapo(*[45.0] * 12)
    root = page(client, PAGE, language)
    detail = root.get_element_by_id("chart-day-pm25").xpath(".//figcaption/p")[0].text_content()
    assert {"ko": "서울특별시 자체 기준", "en": "The city's own rule"}[language] in detail
    assert "50" in detail


@LANGUAGES
def test_a_measure_stands_with_what_to_do_and_the_readings_that_led_to_it(client, mapo, language):
    mapo(20.0, 51.0, 60.5, 61.0, 62.0)
    root = page(client, PAGE, language)
    assert root.xpath("//main//div[contains(@class, 'banner-warn')]//a[@href='#measures']")
    assert "60.5" in text_of(root, "measures")


@LANGUAGES
def test_the_nearest_stations_of_a_neighbourhood(client, station, language: str):
    near = station("Gongdeok", "simulated", station_class="sensor")
    station("Far away", "simulated", district="11110")
    stand("Gongdeok", 126.956, 37.547)
    stand("Far away", 127.00, 37.59)
    feed(near["pm25"], "pm25", hours(*[45.0] * 3))
    root = page(client, f"{PAGE}?near={GONGDEOK}", language)
    rows = root.xpath("//section[@id='stations']//tbody/tr")
    assert [row.xpath("th")[0].text_content().strip() for row in rows] == [
        "Gongdeok",
        "● Far away",
    ]
    assert ("간이 측정기" if language == "ko" else "low-cost sensor") in rows[0].text_content()
    assert " m" in rows[0].text_content()
    assert " km" in rows[1].text_content()


@LANGUAGES
def test_a_neighbourhood_of_another_district_is_not_taken(client, station, language: str):
    station("Mapo", "simulated")
    root = page(client, f"{PAGE}?near=1111051500", language)
    assert not root.xpath("//section[@id='stations']//option[@selected]")


@LANGUAGES
def test_no_station_with_a_place_is_said(client, station, language: str):
    station("Mapo", "simulated")
    root = page(client, f"{PAGE}?near={GONGDEOK}", language)
    assert {"ko": "위치가 알려진", "en": "known place"}[language] in text_of(root, "stations")


def test_of_very_many_stations_the_first_are_shown_and_the_rest_folded(client, station):
    for number in range(30):
        station(f"Mapo {number:02}", "simulated", station_class="sensor")
    root = page(client, PAGE, "en")
    assert len(root.xpath("//section[@id='stations']/div[@class='table']//tbody/tr")) == 8
    assert root.xpath("//section[@id='stations']/details/summary")[0].text_content() == (
        "22 more stations"
    )


@LANGUAGES
def test_my_district_stands_on_top_with_its_answer(client, mapo, language: str):
    mapo(*[45.0] * 12)
    assert not page(client, "/air/", language).xpath("//*[@id='mine-title']")
    assert client.get("/district/", {"code": MAPO, "next": "/air/"})["Location"] == "/air/"
    root = page(client, "/air/", language)
    (link,) = root.xpath("//*[@id='mine-title']/a")
    assert link.get("href") == PAGE
    assert ("나쁨" if language == "ko" else "is bad") in link.text_content()


def test_a_forged_district_is_no_district(client, mapo):
    client.cookies[pages.DISTRICT_COOKIE] = "<script>"
    assert not page(client, "/air/", "en").xpath("//*[@id='mine-title']")


def test_the_cookie_is_the_one_that_the_house_sets():
    assert pages.DISTRICT_COOKIE == choices.DISTRICT_COOKIE


def test_the_places_are_those_of_the_finest_level_and_none_twice(client):
    found = client.get("/air/places.json").json()["places"]
    assert len(found) == len({code for code, *_rest in found}) > 400
    assert [GONGDEOK, MAPO] in [row[:2] for row in found]


@LANGUAGES
def test_the_map_and_the_table_say_the_same(client, mapo, language: str):
    mapo(*[45.0] * 12)
    root = page(client, "/air/", language)
    drawn = root.xpath("//figure[@id='map']//a/@href")[1:]
    listed = root.xpath("//table[@class='districts']//th/a/@href")
    assert sorted(drawn) == sorted(listed)
    assert len(root.xpath("//a[@class='district district-bad']")) == 1
    legend = [item.text_content() for item in root.xpath("//ul[@class='legend']/li")]
    assert len(legend) == 2
    assert {"ko": "모식도", "en": "schematic"}[language] in text_of(root, "map")


def test_a_first_page_is_light(client, mapo):
    import gzip

    mapo(*[45.0] * 60)
    for path in ("/air/", PAGE):
        assert len(gzip.compress(client.get(path).content)) < 15_000
