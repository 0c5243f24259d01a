"""The detectors of the pipeline for the operator; asked of the lake process."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from madang.kernel import times
from madang.kernel.lake import client
from madang.kernel.registry import Detector, registry
from madang.kernel.watchers import Watch

_TOLD = ("id", "series", "events", "ran", "errors")
_SILENCE = "silence"  # as pipeline.watch_log has it, which web processes do not import


def watches() -> Sequence[Watch]:
    """Return the watch over silent datastreams and every detector; `Unavailable` without the lake.

    Errors are how often the pipeline broke and was restored: its detectors run together.
    """
    found = client.columns("telemetry", "detectors")
    rows = zip(*(found[name] for name in _TOLD), strict=True)
    helps = {offer.id: offer.help for offer in registry().offers(Detector)}
    return [
        Watch(
            id=id,
            title=_title(id, helps),
            series=series,
            events=events,
            ran_at=times.from_ms(ran) if ran else None,
            errors=errors,
        )
        for id, series, events, ran, errors in rows
    ]


def _title(detector: str, helps: dict[str, str]) -> str:
    if detector == _SILENCE:
        return _("Silent datastreams")
    return _(helps[detector]) if helps.get(detector) else detector
