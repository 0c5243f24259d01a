"""The JSON API of the air room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date as Day  # noqa: N812 - a field is called date
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from madang.air import api
from madang.identity.api import api_access, current_actor
from madang.kernel.errors import Forbidden
from madang.telemetry import api as telemetry

router = Router(tags=["air"])
CAP_TYPE = "application/cap+xml; charset=utf-8"
Pollutant = Literal["pm25", "pm10", "o3", "no2", "co", "so2"]
_officer = api_access("role:officer")


class ValueOut(Schema):
    """A value: µg/m³ for dust, ppm for gases; `time` is the end of the hour where `is_hour`."""

    pollutant: str
    value: float
    time: datetime
    stations: int
    quality: str
    is_hour: bool


class IndexOut(Schema):
    """The city's index; null where a pollutant that it needs is missing. `category` is the grade:
    good, moderate, bad or very_bad."""

    value: int | None
    category: str | None
    main: str | None
    parts: dict[str, int]
    missing: list[str]


class DistrictOut(Schema):
    """The air of a district."""

    district: str
    names: dict[str, str]
    origin: str | None
    time: datetime | None
    index: IndexOut
    is_provisional: bool
    values: dict[str, ValueOut]
    hours: dict[str, ValueOut]


class HourOut(Schema):
    """One closed hour of a district."""

    end: datetime
    value: float | None
    stations: int
    quality: str


class StationOut(Schema):
    """A station's latest readings."""

    id: int
    name: str
    district: str
    station_class: str
    origin: str
    lon: float | None
    lat: float | None
    values: dict[str, ValueOut]


class ReadingOut(Schema):
    """One hour that led to a measure."""

    time: datetime
    value: float


class ActionOut(Schema):
    """What the city does while a measure is in force."""

    id: str
    name: dict[str, str]
    text: dict[str, str]
    legal: dict[str, str]


class MeasureOut(Schema):
    """A measure, from its declaration to its lifting."""

    id: int
    rule: str
    name: dict[str, str]
    legal: dict[str, str]
    pollutant: str
    district: str
    origin: str
    status: str
    declared_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    in_force_at: datetime | None
    lifted_at: datetime | None
    needs_approval: bool
    awaits_approval: bool
    approved_by: str
    approved_at: datetime | None
    lifted_by: str
    reason: dict[str, str]
    readings: list[ReadingOut]
    actions: list[ActionOut]
    rule_version: str
    rule_digest: str
    alert: str


class StatisticOut(Schema):
    """A mean over an hour or a day of a place; null where less than 75 % of its hours are there."""

    place: str
    start: datetime
    mean: float | None
    hours: int
    stations: int


class ForecastValueOut(Schema):
    """One hour ahead: mean and ends of the 80 % interval; µg/m³ for dust, ppm for gases."""

    valid_at: datetime
    value: float
    low: float
    high: float


class DayValueOut(Schema):
    """A day's mean ahead and the ends of its 80 % interval; `day` is the city's."""

    day: Day
    value: float
    low: float
    high: float


class ForecastOut(Schema):
    """A forecast: `source` is the origin of the hours that it was made from."""

    district: str
    names: dict[str, str]
    origin: str
    source: str
    issued_at: datetime
    model: str
    version: str
    models: dict[str, str]
    fitted_from: datetime
    fitted_rows: int
    hours: dict[str, list[ForecastValueOut]]
    tomorrow: dict[str, DayValueOut]


class ForecastSkillOut(Schema):
    """How forecasts did: of the last days' means, and of hours 24 hours ahead."""

    district: str
    pollutant: str
    source: str
    days: int
    margin: float | None
    within: int
    rmse: float | None
    persistence_rmse: float | None
    hours: int
    hour_skill: float | None
    hour_coverage: float | None


class LiftIn(Schema):
    """Why a measure is lifted before its rule does."""

    reason: str


class ForecastIn(Schema):
    """A forecast 24-hour mean of PM2.5; without `district` it is the whole city's."""

    date: Day
    pm25_mean_ugm3: Annotated[float, Field(ge=0, lt=1e6)]
    district: str = ""


class ForecastsIn(Schema):
    """Forecasts of one or more days."""

    forecasts: Annotated[list[ForecastIn], Field(min_length=1, max_length=20_000)]


@dataclass(frozen=True)
class Giver:
    """Who gives a forecast: an officer, or a gateway with its origin."""

    id: str
    origin: str


def _officer_or_gateway(request: HttpRequest) -> Giver:
    """Let in an officer, or a gateway that may provision."""
    presented = telemetry.credentials({k.lower(): v for k, v in request.headers.items()})
    if presented is None:
        return Giver(_officer(request).id, "real")
    gateway = telemetry.gateway_of(presented)
    if "provision" not in gateway.scopes:
        raise Forbidden(f"gateway {gateway.name!r} may not provision; a forecast needs that")
    return Giver(f"gateway:{gateway.name}", gateway.origin)


_officer_or_gateway.access = "key"  # type: ignore[attr-defined]


@router.get("/districts", auth=None, response=list[DistrictOut], summary="Air of each district now")
def districts(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the freshest values, the last closed hours and the index of each district."""
    return [{**asdict(air), "time": air.time} for air in api.district_air()]


@router.get(
    "/districts/{code}/series",
    auth=None,
    response=list[HourOut],
    summary="Closed hours of a district",
)
def series(
    request: HttpRequest,
    *,
    code: str,
    pollutant: Pollutant = "pm25",
    start: datetime | None = None,
    end: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 48,
) -> list[api.HourValue]:
    """Return the newest `limit` closed hours between `start` and `end`, oldest first."""
    return api.district_series(code, pollutant, start=start, end=end, limit=limit)


@router.get("/stations", auth=None, response=list[StationOut], summary="Air stations")
def stations(
    request: HttpRequest, district: str | None = None, station_class: str | None = None
) -> list[dict[str, Any]]:
    """Return the latest readings of each air station."""
    return [asdict(station) for station in api.station_air(district, station_class)]


@router.get("/statistics", auth=None, response=list[StatisticOut], summary="Hourly and daily means")
def statistics(
    request: HttpRequest,
    *,
    pollutant: Pollutant,
    start: datetime,
    end: datetime,
    period: Literal["hour", "day"] = "hour",
    level: str = "district",
) -> list[api.Statistic]:
    """Return means of the counted stations over closed hours, by place and period.

    `level` is `station`, `district`, or another level of the city's units.
    """
    return api.statistics(pollutant, start, end, period=period, level=level)


@router.get("/forecast", auth=None, response=ForecastOut, summary="Forecast of the next hours")
def forecast(
    request: HttpRequest,
    district: str = "",
    source: Literal["real", "simulated", "replayed"] | None = None,
) -> api.AirForecast:
    """Return the newest forecast of a district, without one of the whole city: 48 hours and
    tomorrow's means, with 80 % intervals."""
    return api.forecast(district, source=source)


@router.get(
    "/forecast/skill",
    auth=None,
    response=list[ForecastSkillOut],
    summary="How forecasts did",
)
def forecast_skill(
    request: HttpRequest,
    district: str = "",
    source: Literal["real", "simulated", "replayed"] | None = None,
) -> list[api.ForecastSkill]:
    """Return, by pollutant, how past forecasts of a district, or of the city, did."""
    return api.forecast_skill(district, source=source)


@router.get("/measures", auth=None, response=list[MeasureOut], summary="Measures")
def measures(
    request: HttpRequest,
    *,
    district: str | None = None,
    rule: str | None = None,
    status: Literal["declared", "in_force", "lifted"] | None = None,
    origin: Literal["real", "simulated", "replayed"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[api.Measure]:
    """Return measures, the newest declaration first."""
    return api.measures(district=district, rule=rule, status=status, origin=origin, limit=limit)


@router.get("/measures/{measure_id}", auth=None, response=MeasureOut, summary="One measure")
def measure(request: HttpRequest, measure_id: int) -> api.Measure:
    """Return a measure with its readings, its reason and what the city does."""
    return api.measure(measure_id)


@router.get("/measures/{measure_id}/cap.xml", auth=None, summary="A measure as CAP 1.2")
def measure_cap(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Return the CAP 1.2 document; its status is Draft while an officer has yet to approve."""
    return HttpResponse(api.cap_xml(measure_id), content_type=CAP_TYPE)


@router.post(
    "/measures/{measure_id}/approve",
    auth=_officer,
    response=MeasureOut,
    summary="Approve a declared measure",
)
def approve(request: HttpRequest, measure_id: int) -> api.Measure:
    """Put a declared measure into force now, or when its rule says it starts."""
    api.approve(measure_id, current_actor(request))
    return api.measure(measure_id)


@router.post(
    "/measures/{measure_id}/lift", auth=_officer, response=MeasureOut, summary="Lift a measure"
)
def lift(request: HttpRequest, measure_id: int, body: LiftIn) -> api.Measure:
    """Lift a measure before its rule does, with a reason that is published."""
    api.lift(measure_id, current_actor(request), body.reason)
    return api.measure(measure_id)


@router.post("/forecasts", auth=_officer_or_gateway, summary="Give daily forecasts")
def forecasts(request: HttpRequest, body: ForecastsIn) -> dict[str, int]:
    """Keep forecast daily means; a newer one for a day replaces the older."""
    giver: Giver = request.auth  # type: ignore[attr-defined]
    by_district: dict[str, dict[Day, float]] = defaultdict(dict)
    for forecast in body.forecasts:
        by_district[forecast.district][forecast.date] = forecast.pm25_mean_ugm3
    with transaction.atomic():
        for district, means in by_district.items():
            api.record_forecasts(means, giver.id, district=district, origin=giver.origin)
    return {"days": len(body.forecasts)}
