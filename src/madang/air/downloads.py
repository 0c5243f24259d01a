"""A district's closed hours as files: the numbers behind the charts, units in the column names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.air import api
from madang.air.history import DAY_HOURS, MONTH_DAYS
from madang.air.pages import district_unit
from madang.air.rule_set import POLLUTANTS
from madang.air.series import COLUMNS
from madang.city.api import profile
from madang.kernel import apart
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.times import format_time

MOST_DAYS = 90  # kept in the system of record; the lake and its API have more
_COLUMN = {pollutant: column for column, pollutant in COLUMNS.items()}
Row = Mapping[str, Any]


@require_safe
@cache_control(public=True, max_age=60)
def hours(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """Answer the closed hours of a district as CSV, JSON or Parquet, oldest first."""
    if form not in _FORMS:
        raise NotFound(_("There is no file of that kind: csv, json and parquet are."))
    unit = district_unit(code)
    rows = hour_rows(unit.code, _days(request))
    content_type, write = _FORMS[form]
    response = HttpResponse(write(rows), content_type=content_type)
    name = f"air-{unit.code}-hours.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def hour_rows(district: str, days: int) -> list[Row]:
    """Return one row per hour that any pollutant has, of the origin that pages show.

    Columns: `hour_end` (UTC), `hour_end_local`, `district`, `origin`; and for each pollutant its
    mean, how many stations went in, and its quality.
    """
    origin = api.district_air([district])[0].origin
    if origin is None:
        return []
    found: dict[datetime, dict[str, Any]] = {}
    for pollutant in POLLUTANTS:
        series = api.district_series(district, pollutant, origin=origin, limit=days * DAY_HOURS)
        for hour in series:
            row = found.setdefault(hour.end, {})
            row[_COLUMN[pollutant]] = hour.value
            row[f"{pollutant}_stations"] = hour.stations
            row[f"{pollutant}_quality"] = hour.quality
    zone = profile().timezone
    empty = dict.fromkeys(_columns())
    return [
        {
            "hour_end": format_time(end),
            "hour_end_local": format_time(end, zone),
            "district": district,
            "origin": origin,
            **empty,
            **found[end],
        }
        for end in sorted(found)[-days * DAY_HOURS :]
    ]


def _columns() -> list[str]:
    kinds: Sequence[Callable[[str], str]] = (
        lambda p: _COLUMN[p],
        lambda p: f"{p}_stations",
        lambda p: f"{p}_quality",
    )
    return [kind(pollutant) for pollutant in POLLUTANTS for kind in kinds]


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", str(MONTH_DAYS))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        words = _("days must be a whole number from 1 to %(most)s") % {"most": MOST_DAYS}
        raise Invalid(words, {"days": words})
    return int(text)


def _csv(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    head = ["hour_end", "hour_end_local", "district", "origin", *_columns()]
    writer = csv.DictWriter(text, head, lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(rows: Sequence[Row]) -> bytes:
    return json.dumps({"hours": rows}, ensure_ascii=False).encode()


def _parquet(rows: Sequence[Row]) -> bytes:
    names = ("hour_end", "hour_end_local", "district", "origin", *_columns())
    columns = {name: [row[name] for row in rows] for name in names}
    made: bytes = apart.called("madang.air.parquet:hours_file", columns)
    return made


_FORMS: Mapping[str, tuple[str, Callable[[Sequence[Row]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "json": ("application/json", _json),
    "parquet": ("application/vnd.apache.parquet", _parquet),
}
