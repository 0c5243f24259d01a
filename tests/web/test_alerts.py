"""What is in force, above every page: said in full for a few places, counted for many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from madang.access.api import Actor
from madang.air import api as air
from madang.air.present import forget_present_air
from madang.city.api import profile
from madang.kernel.times import fixed_clock
from madang.web import context, errors
from tests.air.conftest import city_time, feed
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOON = city_time(2026, 11, 22, 12)
OFFICER = Actor("kim", "kim", frozenset({"officer"}), aal=2)


@pytest.fixture(autouse=True)
def clock():
    context._kept_alerts.clear()
    forget_present_air()
    with fixed_clock(NOON + timedelta(minutes=5)):
        yield
    context._kept_alerts.clear()


def bad_air(station, districts: int) -> None:
    """Bring a measure into force in so many districts."""
    for unit in profile().units(profile().levels[0].id)[:districts]:
        streams = station(name=unit.code, origin="simulated", district=unit.code)
        hours = [(NOON - timedelta(hours=n), 90.0) for n in range(4, -1, -1)]
        feed(streams["pm25"], "pm25", hours)
    for measure in air.measures():
        if measure.awaits_approval:
            air.approve(measure.id, OFFICER)


def banners(client: Client, language: str) -> list[str]:
    root = page(client, "/status/", language)
    return [
        " ".join(banner.text_content().split())
        for banner in root.xpath("//div[@class='alerts']/div")
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_two_places_are_named_and_what_is_done_stands_below(client, station, language):
    bad_air(station, 2)
    found = banners(client, language)
    rules = {measure.rule for measure in air.measures_in_force()}
    assert len(found) == 2 * len(rules)
    assert ("종로구" if language == "ko" else "Jongno-gu") in "".join(found)
    action = air.measures_in_force()[0].actions[0].name[language]
    assert any(action in banner for banner in found)


def test_many_places_are_counted_in_one_banner(client, station):
    bad_air(station, 5)
    found = banners(client, "en")
    assert len(found) == len({measure.rule for measure in air.measures_in_force()})
    assert all("in 5 districts" in banner for banner in found)


def test_nothing_in_force_leaves_no_empty_region(client):
    assert page(client, "/status/", "en").find(".//div[@class='alerts']") is None


def test_the_page_that_says_the_database_is_away_still_comes(monkeypatch, caplog):
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(context, "_in_force", away)
    response = errors.server_error(RequestFactory().get("/x/", headers={"accept": "text/html"}))
    assert response.status_code == 500
    assert "120" in response.content.decode()
    assert "alerts in force could not be read" in caplog.text
