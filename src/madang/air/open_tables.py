"""The air tables of the Seoul Open API dialect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from madang.air.districts import DistrictAir, district_air, latest_origins
from madang.air.engine.breakpoints import half_up
from madang.air.rule_set import POLLUTANTS
from madang.air.series import end_of_hour
from madang.kernel.errors import Invalid

Row = Mapping[str, object]
DAY = timedelta(days=1)

_FIELDS = {"pm10": "PM10", "pm25": "PM25", "o3": "O3", "no2": "NO2", "co": "CO", "so2": "SO2"}
# As the city's service prints them: dust in whole µg/m³, gases to 0.001 ppm, CO to 0.1 ppm.
_DECIMALS = {"pm10": 0, "pm25": 0, "o3": 3, "no2": 3, "co": 1, "so2": 3}
_CLASSES = {"good": "좋음", "moderate": "보통", "bad": "나쁨", "very_bad": "매우나쁨"}
_STAMP = "%Y%m%d%H%M"


def realtime_city_air(arguments: Sequence[str], first: int, last: int) -> tuple[int, Sequence[Row]]:
    """Return (how many, rows `first` to `last`) of the air of each district now.

    Arguments: region (``도심권``) and district (``중구``), both optional.
    """
    region, district = _padded(arguments, 2)
    rows = [
        row
        for row in _realtime_rows()
        if region in ("", row["MSRRGN_NM"]) and district in ("", row["MSRSTE_NM"])
    ]
    return len(rows), rows[first - 1 : last]


def _realtime_rows() -> list[Row]:
    from madang.city import api as city

    profile = city.profile()
    airs = {air.district: air for air in district_air() if air.time is not None}
    return [
        _realtime_row(airs[code], group.names["ko"], profile.timezone)
        for group in profile.groups("air-region")
        for code in group.members
        if code in airs
    ]


def _realtime_row(air: DistrictAir, region: str, zone: tzinfo) -> Row:
    """Return one row; hourly means where there are, as the city publishes, else the freshest."""
    values = {**air.values, **air.hours}
    stamp = max((v.time for v in air.hours.values()), default=air.time)
    assert stamp is not None
    index = air.index
    return {
        "MSRDT": stamp.astimezone(zone).strftime(_STAMP),
        "MSRRGN_NM": region,
        "MSRSTE_NM": air.names["ko"],
        **{
            name: _rounded(p, values[p].value if p in values else None)
            for p, name in _FIELDS.items()
        },
        "IDEX_NM": _CLASSES.get(index.category or "", "점검중"),
        "IDEX_MVL": None if index.value is None else float(index.value),
        "ARPLT_MAIN": _FIELDS.get(index.main or "", ""),
    }


def time_average_air_quality(
    arguments: Sequence[str], first: int, last: int
) -> tuple[int, Sequence[Row]]:
    """Return (how many, rows `first` to `last`) of hourly means by district, newest first.

    Arguments: a day (``YYYYMMDD``) or the end of an hour (``YYYYMMDDHHMM``, also ``2400``), and a
    district's name, both optional. Without a day: the newest 24 hours. A day's hours end at
    01:00 to 24:00; midnight is stamped 0000 of the next day.

    Raises
    ------
    Invalid
        If the first argument is no day or hour.
    """
    from madang.city import api as city

    when, district = _padded(arguments, 2)
    profile = city.profile()
    after, until = _span(when, profile.timezone)
    names = {u.code: u.names["ko"] for u in profile.districts()}
    codes = [code for code, name in names.items() if district in ("", name)]
    rows = _hourly_rows(codes, after, until)
    order = {code: place for place, code in enumerate(names)}
    keys = sorted(rows, key=lambda key: (-key[0].timestamp(), order[key[1]]))
    shown = [_hourly_row(key, rows[key], names, profile.timezone) for key in keys[first - 1 : last]]
    return len(keys), shown


def _span(when: str, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return (after, until] in time, or Nones for the newest day."""
    if not when:
        return None, None
    day = f"{when[:4]}-{when[4:6]}-{when[6:8]}"
    try:
        if len(when) == 8:
            start = end_of_hour(f"{day}T00:00", zone)
            return start, start + DAY
        if len(when) == 12:
            end = end_of_hour(f"{day}T{when[8:10]}:{when[10:]}", zone)
            return end - timedelta(hours=1), end
    except ValueError as error:
        raise Invalid(f"date: {error}", {"date": str(error)}) from None
    raise Invalid(f"date {when!r} is not YYYYMMDD or YYYYMMDDHHMM", {"date": "has a wrong form"})


Hour = tuple[datetime, str]  # end of the hour, district


def _hourly_rows(
    codes: Sequence[str], after: datetime | None, until: datetime | None
) -> dict[Hour, dict[str, float | None]]:
    from django.db.models import Q

    from madang.air.models import DistrictHour

    wanted = Q(pk__in=[])
    for (code, origin), newest in latest_origins(codes, after, until).items():
        start, end = (after, until) if after and until else (newest - DAY, newest)
        wanted |= Q(district=code, origin=origin, end__gt=start, end__lte=end)
    found: dict[Hour, dict[str, float | None]] = defaultdict(dict)
    rows = DistrictHour.objects.filter(wanted, is_closed=True)
    for end, code, pollutant, value in rows.values_list("end", "district", "pollutant", "value"):
        found[end, code][pollutant] = value
    return found


def _hourly_row(
    key: Hour, values: Mapping[str, float | None], names: Mapping[str, str], zone: tzinfo
) -> Row:
    end, code = key
    order = ("no2", "o3", "co", "so2", "pm10", "pm25")
    assert set(order) == set(POLLUTANTS)
    return {
        "MSRDT": end.astimezone(zone).strftime(_STAMP),
        "MSRSTE_NM": names[code],
        **{_FIELDS[p]: _rounded(p, values.get(p)) for p in order},
    }


def _rounded(pollutant: str, value: float | None) -> float | None:
    return None if value is None else float(half_up(value, _DECIMALS[pollutant]))


def _padded(arguments: Sequence[str], length: int) -> tuple[str, ...]:
    """Return the arguments, blanks (``%20``) and missing ones as empty text."""
    given = [argument.strip() for argument in arguments]
    return tuple([*given, *[""] * length][:length])
