"""What air tells people through notices: changes of class, measures and their end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from madang.air.events import (
    ClassChanged,
    MeasureEvent,
    MeasureInForce,
    MeasureLifted,
    MeasurePublished,
)
from madang.air.index_spec import GRADES
from madang.air.models import Measure
from madang.air.summary import advice
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.kernel.times import HOUR
from madang.notices import api as notices

CLASS_KIND, MEASURE_KIND = "air.class", "air.measure"
CLASS_NEWS = timedelta(hours=12)  # then the next hours have said more
MEASURE_NEWS = timedelta(hours=24)
GRADE_TITLES = {"good": "Good", "moderate": "Moderate", "bad": "Bad", "very_bad": "Very bad"}
_SEVERE = ("Severe", "Extreme")  # CAP 1.2, section 3.2.2


def class_changed(event: ClassChanged) -> None:
    """Tell those who want to hear of this district and pollutant."""
    path = reverse("air-district", args=[event.district])
    notices.tell(
        notices.Notice(
            key=f"{CLASS_KIND}:{event.id}",
            kind=CLASS_KIND,
            subject=event.pollutant,
            level=event.grade,
            earlier_level=event.earlier,
            place=event.district,
            template="air/class",
            thread=f"{CLASS_KIND}:{event.district}:{event.pollutant}",
            values={
                "place": notices.unit(event.district),
                "pollutant": NAMES[event.pollutant],
                "grade": event.grade,
                "is_better": int(GRADES.index(event.grade) < GRADES.index(event.earlier)),
                "value": notices.number(event.value, DECIMALS[event.pollutant]),
                "unit": UNITS[event.pollutant],
                "at": notices.moment(event.turned_at),
                "advice": notices.message(_advice(event.grade)),
            },
            path=path,
            origin=event.origin,
            expires=event.turned_at + CLASS_NEWS if event.origin != "replayed" else None,
        )
    )


def _advice(grade: str) -> str:
    """Return the message id of what to do."""
    from django.utils.translation import override

    with override("en"):
        return advice(grade)


def measure_published(event: MeasurePublished) -> None:
    """Tell of a measure: what, where, from when, what to do."""
    _tell_measure(event, "air/measure", "published")


def measure_in_force(event: MeasureInForce) -> None:
    """Remind of a measure that was told before it came into force."""
    measure = Measure.objects.get(pk=event.measure)
    if measure.starts_at - measure.declared_at >= HOUR:
        _tell_measure(event, "air/measure", "in-force")


def measure_lifted(event: MeasureLifted) -> None:
    """Tell that a measure is over; one that nobody was told of ends silently."""
    measure = Measure.objects.get(pk=event.measure)
    if measure.alert:
        _tell_measure(event, "air/measure-over", "lifted")


def _news_until(measure: Measure, turned_at: datetime) -> datetime | None:
    """Return when it is no news any more; what is replayed is told whenever it is played."""
    if measure.origin == "replayed":
        return None
    return max(turned_at + MEASURE_NEWS, measure.ends_at or turned_at)


def _tell_measure(event: MeasureEvent, template: str, turn: str) -> None:
    measure = Measure.objects.get(pk=event.measure)
    is_severe = measure.words["cap"]["codes"]["severity"] in _SEVERE
    level = "severe" if is_severe else "measure"
    is_over = turn == "lifted"
    texts = measure.words["cap"]["texts"]
    notices.tell(
        notices.Notice(
            key=f"{MEASURE_KIND}:{measure.pk}:{turn}",
            kind=MEASURE_KIND,
            subject=measure.pollutant,
            level="measure" if is_over else level,
            earlier_level=level,
            place=measure.district,
            template=template,
            thread=f"{MEASURE_KIND}:{measure.pk}",
            values={
                "place": notices.unit(measure.district),
                "name": notices.names(measure.words["name"]),
                "headline": notices.names({k: v["headline"] for k, v in texts.items()}),
                "instruction": notices.names({k: v["instruction"] for k, v in texts.items()}),
                "reason": notices.names(measure.reason),
                "starts": notices.moment(measure.starts_at),
                "ends": notices.moment(measure.ends_at) if measure.ends_at else None,
                "is_ahead": int(turn == "published" and measure.status == "declared"),
            },
            path=f"{reverse('air-measures')}#measure-{measure.pk}",
            origin=measure.origin,
            expires=_news_until(measure, event.turned_at),
        )
    )
