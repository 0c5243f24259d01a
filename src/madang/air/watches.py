"""The rules and classes of the air for the operator: what watches the hours, and how it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.air.events import ClassChanged
from madang.air.in_effect import rules_in_effect
from madang.air.models import DistrictClass, Measure, RuleState
from madang.city.api import profile
from madang.kernel import dispatch, events, streams, times
from madang.kernel.watchers import Watch

_HOUR = timedelta(hours=1)
_CONSUMER = "air-hours-"  # + pollutant; what feeds the hours to the rules


def watches() -> Sequence[Watch]:
    """Return the city's rules for measures, and the watch over changes of class."""
    moved = {
        one.consumer.removeprefix(_CONSUMER): one.moved_at
        for one in streams.standings()
        if one.consumer.startswith(_CONSUMER)
    }
    failed = Counter(
        item.receiver.removeprefix(_CONSUMER)
        for item in dispatch.parked()
        if item.receiver.startswith(_CONSUMER)
    )
    since = times.now() - _HOUR
    return [*_rules(since, moved, failed), _classes(since, moved, failed)]


def _rules(since: datetime, moved: dict[str, datetime], failed: Counter[str]) -> list[Watch]:
    language = get_language() or ""
    turned = Counter[str]()
    turns = Measure.objects.filter(Q(created__gte=since) | Q(lifted_at__gte=since))
    for rule, created, lifted in turns.values_list("rule", "created", "lifted_at"):
        turned[rule] += (created >= since) + (lifted is not None and lifted >= since)
    series = Counter(RuleState.objects.values_list("pollutant", flat=True))
    return [
        Watch(
            id=rule.id,
            title=profile().text(rule.name, language),
            series=series[rule.pollutant],
            events=turned[rule.id],
            ran_at=moved.get(rule.pollutant),
            errors=failed[rule.pollutant],
        )
        for rule in rules_in_effect().rules
    ]


def _classes(since: datetime, moved: dict[str, datetime], failed: Counter[str]) -> Watch:
    return Watch(
        id="air-class",
        title=_("Changes of the air's class"),
        series=DistrictClass.objects.count(),
        events=events.announced_count(ClassChanged.NAME, since),
        ran_at=max(moved.values(), default=None),
        errors=sum(failed.values()),
    )
