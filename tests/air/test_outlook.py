"""Tomorrow on the resident's page: the forecast, its interval, and how far off we were."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from madang.air.models import ForecastDay, ForecastIssue
from madang.air.present import forget_present_air
from madang.kernel.times import fixed_clock
from madang.web import context
from tests.air.conftest import MAPO, city_time, feed
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 22, 12)
TOMORROW = date(2026, 11, 23)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
PAGE = f"/air/{MAPO}/?show=pm25"


@pytest.fixture(autouse=True)
def clock(station):
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        streams = station(origin="simulated")
        hours = [(NOON - timedelta(hours=n), 45.0) for n in range(11, -1, -1)]
        feed(streams["pm25"], "pm25", hours)
        yield


def issue(hours_ago: int = 0, origin: str = "simulated") -> None:
    """Keep a forecast of 48 hours: 40, between 30 and 52; tomorrow's mean 34, from 22 to 48."""
    ForecastIssue.objects.create(
        district=MAPO, origin=origin, issued_at=NOON - timedelta(hours=hours_ago), version="1",
        made_by={"pm25": "ridge"}, fitted_from=NOON - timedelta(days=30), fitted_rows=720,
        hours={"pm25": {"value": [40.0] * 48, "low": [30.0] * 48, "high": [52.0] * 48}},
        tomorrow_day=TOMORROW, tomorrow={"pm25": [34.0, 22.0, 48.0]},
    )  # fmt: skip


def judge(*errors: float, last_day: float) -> None:
    """Keep past forecasts that were that far off, where 40 came each day."""
    for number, error in enumerate(errors):
        ForecastDay.objects.create(
            district=MAPO, origin="simulated", pollutant="pm25",
            day=TOMORROW - timedelta(days=2 + number), issued_at=NOON, model="ridge", version="1",
            mean=40.0 + error, low=20.0, high=60.0, last_day=last_day, came=40.0, is_judged=True,
        )  # fmt: skip


def test_without_a_forecast_nothing_is_said_of_tomorrow(client):
    assert not page(client, PAGE, "en").xpath("//*[@id='tomorrow']")


@LANGUAGES
def test_tomorrow_has_its_interval_and_its_class(client, language: str):
    issue()
    part = page(client, PAGE, language).get_element_by_id("tomorrow")
    assert part.xpath("h3")[0].text_content() == {
        "ko": "내일 PM2.5 약 34 µg/m³, 아마 22에서 48 사이입니다",
        "en": "Tomorrow PM2.5 about 34 µg/m³, probably between 22 and 48",
    }[language]  # fmt: skip
    text = part.text_content()
    assert {"ko": "보통", "en": "Moderate"}[language] in text
    assert {"ko": "예보", "en": "forecast"}[language] in text
    assert {"ko": "모의", "en": "simulated"}[language] in text
    assert {"ko": "이틀이 걸립니다", "en": "takes two days"}[language] in text


@LANGUAGES
def test_the_past_error_is_said_in_words(client, language: str):
    issue()
    judge(1, -2, 3, -4, 5, -6, 7, -8, 20, -21, last_day=80.0)
    text = page(client, PAGE, language).get_element_by_id("tomorrow").text_content()
    assert {
        "ko": "지난 10일 가운데 8일은 예보가 실제와 ±8 µg/m³ 안에서",
        "en": "On 8 of the last 10 days the forecast was within ±8 µg/m³.",
    }[language] in text
    assert {"ko": "더 크게 빗나갔을", "en": "further off"}[language] in text


def test_a_forecast_no_better_than_yesterday_says_so(client):
    issue()
    judge(9, -9, last_day=42.0)
    text = page(client, PAGE, "en").get_element_by_id("tomorrow").text_content()
    assert "would have done as well" in text


@LANGUAGES
def test_the_chart_goes_on_with_a_band_and_the_table_with_it(client, language: str):
    issue()
    figure = page(client, PAGE, language).get_element_by_id("chart-day-pm25")
    assert len(figure.xpath(".//path[@class='band band-forecast']")) == 1
    assert len(figure.xpath(".//path[@class='value value-forecast']")) == 1
    rows = figure.xpath(".//tbody/tr")
    assert len(rows) == 48
    assert [cell.text_content() for cell in rows[-1].xpath("td")] == ["–", "40", "30 – 52"]
    assert [cell.text_content() for cell in rows[23].xpath("td")] == ["45", "45", "45 – 45"]
    assert {"ko": "10시간 가운데 8시간", "en": "8 of 10 hours"}[language] in figure.text_content()


@pytest.mark.parametrize(("hours_ago", "origin"), [(5, "simulated"), (0, "real")])
def test_an_old_forecast_and_one_of_other_hours_are_not_shown(client, hours_ago, origin):
    issue(hours_ago, origin)
    assert not page(client, PAGE, "en").xpath("//*[@id='tomorrow']")


def test_a_pollutant_without_a_forecast_has_none(client, station):
    issue()
    streams = station("Other", "simulated")
    feed(streams["o3"], "o3", [(NOON - timedelta(hours=n), 0.02) for n in (1, 0)])
    root = page(client, f"/air/{MAPO}/?show=o3", "en")
    assert not root.xpath("//*[@id='tomorrow']")
