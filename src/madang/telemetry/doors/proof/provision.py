"""Fill a fresh instance's system of record for the doors' tests; prints what it made as JSON.

python -m tests.telemetry.doors.provision
"""

from __future__ import annotations

import json
import sys
from typing import Any

from madang.kernel.orm import ready

DATASTREAMS = 1000


def main() -> None:
    """Migrate, and make two gateways: `north` with 1,000 datastreams, `south` with one."""
    ready()
    from django.core.management import call_command

    from madang.telemetry import api, models

    call_command("migrate", verbosity=0)
    made = {}
    for name, quota, count in (("north", 50_000_000, DATASTREAMS), ("south", 100, 1)):
        gateway, key = api.create_gateway(name, "simulated", quota=quota)
        row = models.Gateway.objects.get(pk=gateway.id)
        made[name] = {"key": key, "ds": _datastreams(models, row, count)}
    from madang.telemetry.changes import note_change

    note_change()
    json.dump(made, sys.stdout)


def _datastreams(models: Any, gateway: Any, count: int) -> list[int]:
    thing = models.Thing.objects.create(
        gateway=gateway, external_id=f"{gateway.name}-1", name=gateway.name, unit_code="11110"
    )
    sensor = models.Sensor.objects.create(
        gateway=gateway, name=gateway.name, encoding_type="text/plain", metadata=""
    )
    pm25, _ = models.ObservedProperty.objects.get_or_create(
        id="pm25", defaults={"name": "PM2.5", "definition": "x", "resolution": 0.1}
    )
    rows = [
        models.Datastream(
            thing=thing, sensor=sensor, observed_property=pm25, name=f"pm25 {n}", unit={}
        )
        for n in range(count)
    ]
    models.Datastream.objects.bulk_create(rows)
    return sorted(models.Datastream.objects.filter(thing=thing).values_list("id", flat=True))


if __name__ == "__main__":
    main()
