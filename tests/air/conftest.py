"""A replayed reference station in Mapo-gu, and hours that come from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from madang.air.hours import StationHour, take_station_hours
from madang.kernel.times import zone

SEOUL = zone("Asia/Seoul")
MAPO = "11440"


@pytest.fixture
def station(db):
    """Return a function that makes stations with datastreams and feeds their hours."""
    from madang.telemetry import api as telemetry
    from madang.telemetry.models import Datastream, Gateway, ObservedProperty, Sensor, Thing

    def make(
        name: str = "Mapo", origin: str = "replayed", *, district: str = MAPO,
        station_class: str = "reference", period_s: int = 3600,
    ) -> dict[str, int]:  # fmt: skip
        gateway = Gateway.objects.filter(name=f"gw-{origin}").first()
        if gateway is None:
            telemetry.create_gateway(f"gw-{origin}", origin)
            gateway = Gateway.objects.get(name=f"gw-{origin}")
        sensor = Sensor.objects.create(
            gateway=gateway, name="beta", description="", encoding_type="text/html", metadata=""
        )
        thing = Thing.objects.create(
            gateway=gateway, name=name, external_id=f"{name}-{origin}", unit_code=district,
            station_class=station_class,
        )  # fmt: skip
        streams = {}
        for pollutant in ("pm25", "pm10", "o3", "no2", "co", "so2"):
            observed, _ = ObservedProperty.objects.get_or_create(
                id=pollutant, defaults={"name": pollutant, "definition": pollutant}
            )
            streams[pollutant] = Datastream.objects.create(
                thing=thing, sensor=sensor, observed_property=observed, name=pollutant,
                unit={}, period_s=period_s, freshness_s=3600,
            ).pk  # fmt: skip
        return streams

    return make


def city_time(*parts: int) -> datetime:
    """Return a moment of Seoul's clock in UTC."""
    return datetime(*parts, tzinfo=SEOUL).astimezone(UTC)


def feed(ds: int, pollutant: str, hours, *, n: int = 1) -> None:
    """Take closed station hours: (end, mean) pairs, as one message."""
    rows = [StationHour(ds, end.astimezone(UTC), n, mean, 0) for end, mean in hours]
    take_station_hours(pollutant, rows)
