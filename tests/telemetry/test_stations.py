"""Stations and datastreams as plain values."""

from __future__ import annotations

import pytest

from madang.telemetry import api, models

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def two_stations():
    api.create_gateway("air", "simulated")
    gateway = models.Gateway.objects.get(name="air")
    pm25 = models.ObservedProperty.objects.create(
        id="x_pm25", name="PM2.5", definition="urn:x", unit_symbol="ug/m3"
    )
    sensor = models.Sensor.objects.create(gateway=gateway, name="s", encoding_type="text/plain")
    for number, unit in enumerate(("11110", "11140")):
        thing = models.Thing.objects.create(
            gateway=gateway, name=f"T{number}", unit_code=unit, station_class="roadside"
        )
        place = models.Location.objects.create(
            gateway=gateway, name="here", location={}, lon=127.0 + number, lat=37.5
        )
        thing.locations.add(place)
        models.Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=pm25, name=f"D{number}", unit={}
        )


def test_stations_come_with_place_and_origin(two_stations):
    first, second = api.stations(station_class="roadside")
    assert (first.name, first.lon, first.lat) == ("T0", 127.0, 37.5)
    assert (second.origin, second.gateway) == ("simulated", "air")


def test_conditions_narrow_the_datastreams(two_stations):
    [only] = api.datastreams("x_pm25", unit="11140")
    assert (only.name, only.station_name, only.unit_symbol) == ("D1", "T1", "ug/m3")
    assert api.datastreams("x_pm25", unit="99999") == []
    assert [d.name for d in api.datastreams(ids=[only.id])] == ["D1"]


def test_any_number_of_datastreams_is_one_query(two_stations, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(api.datastreams()) == 2
