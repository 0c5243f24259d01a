"""Until when bad air lasts: the rule on grades, the grades of coming hours, the heading."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from madang.air.forecasts import ForecastSkill, ForecastValue
from madang.air.index_spec import IndexSpec
from madang.air.models import ForecastIssue, ForecastScore
from madang.air.present import forget_present_air
from madang.air.standards import Standard
from madang.air.until import HourAhead, Until, grades_ahead, has_skill, until
from madang.kernel.times import fixed_clock
from madang.web import context
from tests.air.conftest import MAPO, city_time, feed
from tests.web.html import page

START = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ahead(*grades: tuple[str, str]) -> list[HourAhead]:
    return [HourAhead(START + n * HOUR, *pair) for n, pair in enumerate(grades)]


def test_the_class_ends_with_the_first_of_three_better_hours():
    hours = ahead(("bad", "bad"), *[("moderate", "bad")] * 3)
    assert until("bad", hours) == Until(START + HOUR, is_sure=False)


def test_one_good_hour_is_no_end():
    dip = [("moderate", "bad"), ("bad", "bad")]
    assert until("bad", ahead(*dip, *[("moderate", "bad")] * 2, ("bad", "bad"))) is None
    assert until("bad", ahead(*dip, *[("good", "bad")] * 3)) == Until(START + 2 * HOUR, False)


def test_it_is_sure_only_where_the_worst_of_the_interval_is_better_too():
    assert until("bad", ahead(*[("good", "moderate")] * 3)) == Until(START, is_sure=True)
    assert until("very_bad", ahead(*[("moderate", "bad")] * 3)) == Until(START, is_sure=True)
    mixed = [("good", "moderate"), ("good", "bad"), ("good", "moderate")]
    assert until("bad", ahead(*mixed)) == Until(START, is_sure=False)


@pytest.mark.parametrize("grade", ["bad", "very_bad"])
def test_air_that_stays_or_gets_worse_has_no_end(grade: str):
    assert until("bad", ahead(*[(grade, "very_bad")] * 24)) is None
    assert until("bad", []) is None
    assert until("bad", ahead(("good", "good"), ("good", "good"))) is None


def skill(**given: float | None) -> ForecastSkill:
    known = {"hours": 48, "hour_skill": 0.2, "hour_coverage": 0.8, **given}
    return ForecastSkill(
        district=MAPO, pollutant="pm25", source="real", days=2, margin=None, within=0,
        rmse=None, persistence_rmse=None, **known,
    )  # fmt: skip


def test_skill_is_being_better_than_nothing_changes_often_enough_and_honest_about_it():
    assert has_skill(skill())
    for lacking in ({"hours": 12}, {"hour_skill": 0.0}, {"hour_skill": None}):
        assert not has_skill(skill(**lacking))
    assert not has_skill(skill(hour_coverage=0.5)), "an interval that does not hold tells nothing"


def hours_ahead(*values: float, high: float = 0.0) -> list[ForecastValue]:
    return [ForecastValue(START + n * HOUR, v, v, v + high) for n, v in enumerate(values)]


def test_grades_follow_the_means_of_the_citys_index():
    """CAI: PM2.5 counts by 12 h and 4 h; 60 for hours keeps it bad although it is clean outside.

    Hand calculation: after n hours of 10 µg/m³ following 60 µg/m³, C12 = (60 (12 - n) + 10 n)/12;
    C4 = (45 or 60) of the hours left and 10 of the others; bad above 35, moderate above 15.
    """
    cai = Standard(IndexSpec(standard="cai"))
    found = grades_ahead(cai, {"pm25": [60.0] * 12}, {"pm25": hours_ahead(*[10.0] * 6)})
    # n=1: C12 55.8, C4 36.3 -> 46; 2: 51.7, 30 (60/51.7 = 1.16) -> ...; 3: 47.5, 18.8 -> 33
    assert [hour.probable for hour in found] == ["bad", "bad", *["moderate"] * 4]
    assert found[0].end == START


def test_the_interval_decides_between_the_probable_and_the_worst():
    us = Standard(IndexSpec(standard="table", **_table()))
    line = hours_ahead(*[20.0] * 3, high=40.0)
    found = grades_ahead(us, {"pm25": [80.0]}, {"pm25": line})
    assert [(hour.probable, hour.worst) for hour in found] == [("moderate", "bad")] * 3
    assert until("bad", found) == Until(START, is_sure=False)


def test_a_pollutant_without_a_forecast_stays_as_it_is():
    table = Standard(IndexSpec(standard="table", **_table("pm25", "pm10")))
    found = grades_ahead(table, {"pm25": [80.0], "pm10": [80.0]}, {"pm25": hours_ahead(*[5.0] * 3)})
    assert [hour.probable for hour in found] == ["bad"] * 3
    unknown = grades_ahead(
        table, {"pm25": [80.0], "pm10": [math.nan]}, {"pm25": hours_ahead(*[5.0] * 3)}
    )
    assert [hour.probable for hour in unknown] == ["good"] * 3


def _table(*pollutants: str) -> dict:
    """Return an index in which a pollutant's last hour is good to 15, moderate to 50, bad above."""
    from madang.air.index_spec import IndexClass, IndexPart

    return {
        "classes": [
            IndexClass(id="a", grade="good", top=50),
            IndexClass(id="b", grade="moderate", top=100),
            IndexClass(id="c", grade="bad", top=200),
        ],
        "pollutants": {
            name: IndexPart(hours=1, unit="µg/m³", tops=[15.0, 50.0, 200.0])
            for name in pollutants or ("pm25",)
        },
    }


NOON = city_time(2026, 11, 22, 12)


@pytest.fixture
def bad_air(station):
    """Mapo-gu at noon: twelve hours of 60 µg/m³ of PM2.5, simulated."""
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        streams = station(origin="simulated")
        feed(streams["pm25"], "pm25", [(NOON - n * HOUR, 60.0) for n in range(11, -1, -1)])
        yield


def issue(*, better_after: int, spread: float) -> None:
    """Keep a forecast: 60, and after so many hours 10; the interval `spread` to both sides."""
    value = [60.0] * better_after + [10.0] * (48 - better_after)
    bounds = {"low": [v - spread for v in value], "high": [v + spread for v in value]}
    ForecastIssue.objects.create(
        district=MAPO, origin="simulated", issued_at=NOON, version="1", made_by={"pm25": "ridge"},
        fitted_from=NOON - timedelta(days=30), fitted_rows=720,
        hours={"pm25": {"value": value, **bounds}},
        tomorrow_day=NOON.date() + timedelta(days=1), tomorrow={"pm25": [34.0, 22.0, 48.0]},
    )  # fmt: skip


def judge(error: float, held: float) -> None:
    """Keep the scores of a day of hours: mean squared errors of the forecast and of no change."""
    ForecastScore.objects.create(
        district=MAPO, origin="simulated", pollutant="pm25", day=NOON.date() - timedelta(days=1),
        n=24, inside=20, squared_error=error, squared_persistence=held,
    )  # fmt: skip


def heading(client, language: str) -> str:
    return page(client, f"/air/{MAPO}/", language).find(".//h1").text_content()


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "spread", "text"),
    [
        ("en", 1.0, "Air in Mapo-gu is bad, until about 21:00. Keep"),
        ("en", 4.0, "Air in Mapo-gu is bad, probably until about 21:00. Keep"),
        ("ko", 4.0, "마포구 대기질은 나쁨입니다. 오후 9시쯤까지 이어질 것으로 보입니다. 바깥"),
        ("de", 4.0, ", voraussichtlich bis etwa 21:00. "),
    ],
)
def test_the_heading_says_until_when(client, bad_air, language: str, spread: float, text: str):
    issue(better_after=6, spread=spread)
    judge(error=100.0, held=200.0)
    assert text in heading(client, language)


@pytest.mark.data
@pytest.mark.django_db
def test_a_wide_interval_puts_the_end_off(client, bad_air):
    issue(better_after=6, spread=60.0)
    judge(error=100.0, held=200.0)
    assert "probably until about Mon 23 Nov 06:00." in heading(client, "en")


@pytest.mark.data
@pytest.mark.django_db
def test_past_midnight_it_names_the_day(client, bad_air):
    issue(better_after=12, spread=1.0)
    judge(error=100.0, held=200.0)
    assert "bad, until about Mon 23 Nov 03:00." in heading(client, "en")


@pytest.mark.data
@pytest.mark.django_db
def test_without_skill_or_an_end_nothing_is_said(client, bad_air):
    plain = "Air in Mapo-gu is bad. Keep outdoor exercise short."
    assert heading(client, "en") == plain
    issue(better_after=6, spread=4.0)
    assert heading(client, "en") == plain, "nothing has been judged yet"
    judge(error=200.0, held=100.0)
    assert heading(client, "en") == plain, "no change would have been the better forecast"
    ForecastScore.objects.all().delete()
    ForecastIssue.objects.all().delete()
    judge(error=100.0, held=200.0)
    issue(better_after=48, spread=4.0)
    assert heading(client, "en") == plain, "it does not end within a day"
