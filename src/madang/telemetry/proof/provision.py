"""Fill the system of record of an instance for a measurement; prints what it made as JSON.

    python -m madang.telemetry.proof.provision 30000 11110 11140 ...

One gateway with so many datastreams of ozone that report every second, and in each of the named
city units one reference station with an hourly PM2.5 and a PM10 of every second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from madang.kernel.orm import ready

_QUOTA = 10_000_000  # points per second; the measurement must not meet it


def main(load: int, units: Sequence[str]) -> None:
    """Make the gateway, its stations and datastreams."""
    ready()
    from django.db import transaction

    from madang.telemetry import api, models
    from madang.telemetry.changes import note_change

    with transaction.atomic():
        gateway, key = api.create_gateway("proof", "simulated", quota=_QUOTA)
        row = models.Gateway.objects.get(pk=gateway.id)
        loaded = _datastreams(models, _thing(models, row, "load", ""), "o3", [1] * load)
        hourly: dict[str, int] = {}
        live: dict[str, int] = {}
        for unit in units:
            thing = _thing(models, row, unit, unit)
            [hourly[unit]] = _datastreams(models, thing, "pm25", [3600])
            [live[unit]] = _datastreams(models, thing, "pm10", [1])
        note_change()
    json.dump({"key": key, "load": loaded, "hourly": hourly, "live": live}, sys.stdout)


def _thing(models: Any, gateway: Any, name: str, unit: str) -> Any:
    return models.Thing.objects.create(
        gateway=gateway,
        external_id=name,
        name=name,
        unit_code=unit,
        station_class="reference" if unit else "sensor",
    )


def _datastreams(models: Any, thing: Any, name: str, periods: Sequence[int]) -> list[int]:
    sensor, _ = models.Sensor.objects.get_or_create(
        gateway=thing.gateway, name="proof", encoding_type="text/plain"
    )
    rows = [
        models.Datastream(
            thing=thing,
            sensor=sensor,
            observed_property_id=name,
            name=f"{name} {number}",
            unit={},
            period_s=period,
            freshness_s=3600,
        )
        for number, period in enumerate(periods)
    ]
    models.Datastream.objects.bulk_create(rows, batch_size=1000)
    found = models.Datastream.objects.filter(thing=thing, observed_property_id=name)
    return sorted(found.values_list("id", flat=True))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
