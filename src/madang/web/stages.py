"""The way of a reading in stages for the operator: doors, bus, lake, rules; and who watches it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from madang.kernel import times
from madang.kernel.health import Check
from madang.kernel.watchers import Watching
from madang.web import formats

WAITING = 100  # messages; more than the pipeline takes at one gulp is a backlog


@dataclass(frozen=True)
class Stage:
    """One stage: whether it does its work, and what it says of itself; `late` asks for a look."""

    id: str
    name: str
    ok: bool
    facts: Sequence[str]
    late: bool = False


def stages(
    counters: Mapping[str, Any], refused: int, watching: Watching, checks: Sequence[Check]
) -> list[Stage]:
    """Return the four stages in the order of the way of a reading.

    `counters` are the pipeline's (empty where the lake does not answer), `refused` the dead letters
    of the last day.
    """
    ok = {check.name: check.ok for check in checks}
    return [
        Stage("doors", _("Doors"), ok.get("stream", True), _doors(counters, refused)),
        _bus(counters, ok.get("bus", True)),
        _lake(counters, ok.get("lake", True)),
        _rules(watching, is_fed=ok.get("worker", True)),
    ]


def _doors(counters: Mapping[str, Any], refused: int) -> list[str]:
    facts = []
    if counters:
        newest = counters.get("newest_received") or 0
        age_s = max(0.0, (times.now_ms() - newest) / 1000)
        facts.append(
            _("newest %(span)s ago") % {"span": _span(age_s)} if newest else _("no reading yet")
        )
    return [*facts, _("refused in 24 h: %(n)s") % {"n": _number(refused)}]


def _bus(counters: Mapping[str, Any], ok: bool) -> Stage:
    lag = int(counters.get("lag", 0))
    facts = [_("%(n)s waiting") % {"n": _number(lag)}] if counters else []
    return Stage("bus", _("Bus"), ok, facts, late=lag > WAITING)


def _lake(counters: Mapping[str, Any], ok: bool) -> Stage:
    if not counters:
        return Stage("lake", _("Lake"), ok=False, facts=[_("does not answer")])
    total, stale = int(counters.get("datastreams", 0)), int(counters.get("stale", 0))
    facts = [
        _("%(live)s of %(total)s datastreams live")
        % {"live": _number(total - stale), "total": _number(total)}
    ]
    if stale:
        facts.append(_("%(n)s overdue") % {"n": _number(stale)})
    return Stage("lake", _("Lake"), ok, facts, late=stale > 0)


def _rules(watching: Watching, *, is_fed: bool) -> Stage:
    n = len(watching.watches)
    facts = [
        ngettext("%(n)s detector watches", "%(n)s detectors watch", n) % {"n": _number(n)},
        _("events in 1 h: %(n)s") % {"n": _number(watching.events)},
    ]
    if watching.errors:
        facts.append(_("errors: %(n)s") % {"n": _number(watching.errors)})
    late = bool(watching.errors or watching.silent)
    return Stage("rules", _("Rules"), is_fed, facts, late=late)


def _number(n: int) -> str:
    return formats.number_text(n, 0, get_language() or "")


def _span(seconds: float) -> str:
    return formats.span_text(seconds, get_language() or "")
