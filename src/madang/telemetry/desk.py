"""Silent sensors on the operators' desk: one alert for a gateway, as long as any is silent."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from madang.notices import api as notices
from madang.telemetry import models
from madang.telemetry.events import Silence

_SILENT = gettext_noop("Silent datastreams of gateway %(gateway)s: %(n)s")
# Our choice, not fitted to data: a tenth of a gateway's datastreams silent at once is taken for the
# gateway or its line, less for single sensors.
_GATEWAY_SHARE = 0.1


def follow(event: Silence) -> None:
    """Bring the desk up to date with what fell silent or is heard again."""
    key = f"telemetry:silence:{event.gateway}"
    before = set(notices.open_data(key).get("silent", ()))
    named = set(event.datastreams)
    silent = before | named if event.state == "opened" else before - named
    if not silent:
        notices.clear_alert(key)
        return
    gateway = models.Gateway.objects.filter(pk=event.gateway).first()
    if gateway is None:  # deleted since
        notices.clear_alert(key)
        return
    total = models.Datastream.objects.filter(thing__gateway=gateway).count()
    notices.open_alert(
        notices.Trouble(
            key=key,
            kind="telemetry.silence",
            severity=severity(len(silent), total),
            message=_SILENT,
            values={"n": len(silent), "gateway": gateway.name},
            origin=gateway.origin,
            layer="sensors",
            data={"silent": sorted(silent)},
        )
    )


def severity(silent: int, total: int) -> str:
    """Return how grave it is that so many of a gateway's datastreams are silent.

    >>> severity(3, 1000), severity(100, 1000), severity(1000, 1000)
    ('notice', 'serious', 'critical')
    """
    if silent >= total > 0:
        return "critical"
    return "serious" if silent >= _GATEWAY_SHARE * total else "notice"
