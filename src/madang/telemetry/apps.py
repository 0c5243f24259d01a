from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TelemetryConfig(AppConfig):
    name = "madang.telemetry"
    label = "telemetry"

    def ready(self) -> None:
        post_migrate.connect(_synchronise, sender=self, dispatch_uid="telemetry.properties")


def _synchronise(**signal: Any) -> None:
    """Bring the table of observed properties up to what the rooms offer."""
    from madang.telemetry.properties import synchronise

    synchronise(using=signal["using"])
