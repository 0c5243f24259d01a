"""The air of the city in one sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madang.air.districts import DistrictAir, Value
from madang.air.index_spec import GRADES
from madang.air.standards import index_in_effect
from madang.kernel import times

# An hour closes at its end and the next an hour later; past two hours one has failed to come.
HOUR_LIMIT = timedelta(hours=2)
READING_LIMIT = timedelta(hours=1)  # the slowest freshness class of a datastream


@dataclass(frozen=True)
class Summary:
    """The answer to: how is the air?

    `category` is the worst grade among the districts (good, moderate, bad, very_bad), None where
    nothing is known, and `everywhere` whether all are in it; `origins` says where the readings
    come from.
    """

    sentence: str
    advice: str
    category: str | None
    time: datetime | None
    everywhere: bool
    origins: tuple[str, ...]
    stale: int
    known: int
    total: int


def summary(districts: Sequence[DistrictAir], names: Sequence[str]) -> Summary:
    """Return the summary of the districts' air; `names` are the districts', as shown."""
    now = times.now()
    graded = [(air, name, category_of(air)) for air, name in zip(districts, names, strict=True)]
    fresh = [row for row in graded if row[2] and not is_stale(row[0], now)]
    known = [row for row in graded if row[2]]
    moments = [air.time for air, _name, _category in known if air.time is not None]
    worst = max((row[2] for row in fresh), key=GRADES.index, default=None)
    among = [(air, name) for air, name, category in fresh if category == worst]
    return Summary(
        sentence=_sentence(worst, among, len(fresh), bool(known)),
        advice=advice(worst),
        category=worst,
        time=max(moments, default=None),
        everywhere=len(among) == len(fresh),
        origins=tuple(sorted({air.origin for air, _n, _c in known if air.origin})),
        stale=len(known) - len(fresh),
        known=len(known),
        total=len(graded),
    )


def category_of(air: DistrictAir) -> str | None:
    """Return the grade of a district's air: of its index, else of the worst pollutant known."""
    if air.index.category is not None:
        return air.index.category
    parts = air.index.parts
    return index_in_effect().grade(max(parts.values())) if parts else None


def is_stale(air: DistrictAir, now: datetime) -> bool:
    """Return whether a district's newest value is overdue; what is replayed never is."""
    return all(is_overdue(value, air.origin, now) for value in air.values.values())


def is_overdue(value: Value, origin: str | None, now: datetime) -> bool:
    """Return whether a newer value should have come by now."""
    limit = HOUR_LIMIT if value.is_hour else READING_LIMIT
    return origin != "replayed" and now - value.time > limit


def advice(category: str | None) -> str:
    """Return what to do in that class of air.

    In the words of the Ministry of Environment's guide by forecast grade (AirKorea, "미세먼지
    예보등급별 행동요령").
    """
    words = {
        "good": _("Nothing stands against being outside."),
        "moderate": _("Fine for most. If you are sensitive to dust, heed how you feel."),
        "bad": _(
            "Keep long or hard exercise outside short. Children, older people and people with "
            "heart or lung disease avoid it."
        ),
        "very_bad": _(
            "Stay inside if you can and wear a mask outside. Children, older people and people "
            "with heart or lung disease stay in."
        ),
    }
    return words.get(category or "", "")


def _sentence(
    worst: str | None, among: Sequence[tuple[DistrictAir, str]], fresh: int, has_old: bool
) -> str:
    if worst is None:
        if has_old:
            return _("There are no fresh readings of the air")
        return _("No readings of the air have come in yet")
    if len(among) == fresh:
        return _all_are(worst, fresh)
    if len(among) == 1:
        return _one_is(worst, among[0][1], fresh - 1)
    top = max(among, key=lambda row: row[0].index.value or max(row[0].index.parts.values()))
    return _some_are(worst, len(among), fresh, top[1])


def _all_are(category: str, total: int) -> str:
    sentences = {
        "good": ngettext(
            "The air is good in %(n)s district", "The air is good in all %(n)s districts", total
        ),
        "moderate": ngettext(
            "The air is moderate in %(n)s district",
            "The air is moderate in all %(n)s districts",
            total,
        ),
        "bad": ngettext(
            "The air is bad in %(n)s district", "The air is bad in all %(n)s districts", total
        ),
        "very_bad": ngettext(
            "The air is very bad in %(n)s district",
            "The air is very bad in all %(n)s districts",
            total,
        ),
    }
    return sentences[category] % {"n": total}


def _one_is(category: str, place: str, others: int) -> str:
    sentences = {
        "moderate": _("The air is moderate in %(place)s, good in the other %(n)s districts"),
        "bad": _("The air is bad in %(place)s, better in the other %(n)s districts"),
        "very_bad": _("The air is very bad in %(place)s, better in the other %(n)s districts"),
    }
    return sentences[category] % {"place": place, "n": others}


def _some_are(category: str, count: int, total: int, top: str) -> str:
    sentences = {
        "moderate": _("The air is moderate in %(n)s of %(total)s districts, good in the others"),
        "bad": _("The air is bad in %(n)s of %(total)s districts, worst in %(top)s"),
        "very_bad": _("The air is very bad in %(n)s of %(total)s districts, worst in %(top)s"),
    }
    return sentences[category] % {"n": count, "total": total, "top": top}
