"""What the air room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    AlertKind,
    Anchor,
    Claim,
    Command,
    DistrictNow,
    MapLayer,
    MenuEntry,
    ObservedProperty,
    Offer,
    OpenTable,
    Page,
    ProfileFile,
    QualityLimits,
    Schedule,
    SearchSource,
    StreamConsumer,
    Subscriber,
    Watcher,
)

_DEFINITION = "http://vocab.nerc.ac.uk/standard_name/"

# Fail spans: below zero nothing counts (as in the files of values); the top is twice and more the
# measuring range of the reference instruments (Korean monitoring network guide: PM 0-1,000 µg/m³,
# O3, NO2, SO2 0-0.5 ppm, CO 0-50 ppm), because a dust storm must not fail. Suspect spans: above the
# highest hourly city means of 2018-2019 (PM2.5 156, PM10 295) with room for single stations. Rates
# and spikes: changes of a minute that no reference station shows. Flat line: six hours for dust,
# a day for gases, whose instruments print steps of 0.001 ppm and do stand still at night.
_LIMITS_SOURCE = "QARTOD tests; instrument ranges of the Korean monitoring network guide"


def _property(
    name: str,
    title: str,
    cf_name: str,
    unit: tuple[str, str],
    kept: tuple[float, QualityLimits],
    *,
    not_above: str = "",
) -> ObservedProperty:
    return ObservedProperty(
        name, title, f"{_DEFINITION}{cf_name}/", unit[0], unit[1], *kept, not_above
    )


_UGM3 = ("microgram per cubic metre", "ug/m3")
_PPM = ("parts per million", "[ppm]")


def _limits(
    fail: float, suspect: float, jump: float, eps: float, *, flat_h: int = 24
) -> QualityLimits:
    return QualityLimits(
        fail_span=(0.0, fail),
        suspect_span=(0.0, suspect),
        spike=jump,
        rate_per_s=jump / 60.0,
        flat_line_s=flat_h * 3600,
        flat_line_eps=eps,
        source=_LIMITS_SOURCE,
    )


PROPERTIES = (
    _property("pm25", "PM2.5", "mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air",
              _UGM3, (0.1, _limits(2000.0, 500.0, 150.0, 0.05, flat_h=6)), not_above="pm10"),
    _property("pm10", "PM10", "mass_concentration_of_pm10_ambient_aerosol_particles_in_air",
              _UGM3, (0.1, _limits(5000.0, 1000.0, 400.0, 0.05, flat_h=6))),
    _property("o3", "Ozone", "mole_fraction_of_ozone_in_air",
              _PPM, (0.0001, _limits(1.0, 0.25, 0.1, 0.00005))),
    _property("no2", "Nitrogen dioxide", "mole_fraction_of_nitrogen_dioxide_in_air",
              _PPM, (0.0001, _limits(1.0, 0.25, 0.1, 0.00005))),
    _property("co", "Carbon monoxide", "mole_fraction_of_carbon_monoxide_in_air",
              _PPM, (0.001, _limits(100.0, 15.0, 5.0, 0.0005))),
    _property("so2", "Sulphur dioxide", "mole_fraction_of_sulfur_dioxide_in_air",
              _PPM, (0.0001, _limits(1.0, 0.15, 0.1, 0.00005))),
)  # fmt: skip


MAPPED = {"pm25": 0, "pm10": 0, "o3": 3, "no2": 3}  # pollutants with a layer; decimals shown


def _(text: str) -> str:
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


ALERTS = (
    AlertKind(
        "air.class",
        _("The air changes"),
        _("One message when the hour's air gets worse, one when it is better again."),
        tuple((p.id, p.name) for p in PROPERTIES[:4]),
        (
            ("good", _("Good")),
            ("moderate", _("Moderate")),
            ("bad", _("Bad")),
            ("very_bad", _("Very bad")),
        ),
        default_level="bad",
        critical_from="very_bad",
    ),
    AlertKind(
        "air.measure",
        _("The city takes measures"),
        _("When the city declares one because of the air, when it starts and when it ends."),
        tuple((p.id, p.name) for p in PROPERTIES[:2]),
        (("measure", _("Every measure")), ("severe", _("Severe ones only"))),
        default_level="measure",
        critical_from="severe",
    ),
)


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from PROPERTIES
    yield Command(
        "air measures", "madang.air.cli:measures", "Which measures the rules declare over a series."
    )
    yield Command("air index", "madang.air.cli_index:index", "The air quality index of values.")
    yield Command(
        "air forecast", "madang.air.cli_forecast:forecast", "Forecast the next hours of a series."
    )
    yield Command(
        "air day-forecast", "madang.air.cli:day_forecast", "Give daily forecasts of PM2.5."
    )
    yield API("air", "madang.air.http:router")
    yield SearchSource("air", "madang.air.finding:findables")
    yield ProfileFile(
        "air.yaml",
        "madang.air.in_effect:faults_of_file",
        "The city's index of the air, whose hours count, rules and measures.",
    )
    for pollutant in PROPERTIES:
        yield StreamConsumer(
            f"air-hours-{pollutant.id}",
            f"madang.hours.{pollutant.id}",
            "madang.air.hours:take_hours",
        )
    yield OpenTable(
        "RealtimeCityAir",
        "madang.air.open_tables:realtime_city_air",
        "The air of each district now; arguments: region, district.",
    )
    yield OpenTable(
        "TimeAverageAirQuality",
        "madang.air.open_tables:time_average_air_quality",
        "Hourly means of each district; arguments: YYYYMMDD or YYYYMMDDHHMM, district.",
    )
    yield Schedule(
        "air-close-hours",
        "* * * * *",
        "madang.air.hours:close_waiting",
        "Close district hours whose stations did not all report; let measures end on time.",
    )
    yield from _forecast_schedules()
    yield from _claims()
    yield Schedule(
        "air-forget-hours",
        "30 3 * * *",
        "madang.air.hours:forget_old_hours",
        "Delete district hours older than 90 days; the lake keeps them.",
    )
    for turn in ("declared", "in_force", "lifted"):
        name = f"air.measure_{turn}"
        yield Subscriber(name, f"air-desk-{turn}", "madang.air.desk:follow")
    yield from ALERTS
    for event, target in (
        ("air.class_changed", "class_changed"),
        ("air.measure_published", "measure_published"),
        ("air.measure_in_force", "measure_in_force"),
        ("air.measure_lifted", "measure_lifted"),
    ):
        name = f"air-tell-{target.replace('_', '-')}"
        yield Subscriber(event, name, f"madang.air.telling:{target}")
    yield Watcher("air", "madang.air.watches:watches")
    yield from _pages()
    yield from _layers()


def _claims() -> Iterable[Offer]:
    """Return what air claims; the first three need the real data (`MADANG_SHARED`)."""
    proof = "madang.air.proof"
    yield Claim(
        "air.forecast-skill",
        "PM2.5 of Seoul in 2019, 24 hours ahead by what 2018 taught: less error than persistence",
        "%",
        10.0,
        "higher",
        f"{proof}:forecast_skill",
        (Anchor("linear regression on 24 hours, same data", 11.2, "bench/forecast.py"),),
    )
    yield Claim(
        "air.forecast-interval",
        "How far from 80 of 100 hours the intervals held in that year, of the worst pollutant",
        "points",
        5.0,
        "lower",
        f"{proof}:coverage_gap",
    )
    yield Claim(
        "air.forecast-fit",
        "CPU time of learning six pollutants, 24 hours ahead, from a year of hours",
        "s",
        3.0,
        "lower",
        f"{proof}:fit_seconds",
    )
    yield Claim(
        "air.cai-table",
        "Class edges of the published Korean index table that ours agrees with",
        "%",
        100.0,
        "higher",
        f"{proof}:cai_agreement",
    )
    yield Claim(
        "air.rules",
        "District hours per CPU-second through three rules on runs of hours",
        "hours/s",
        20_000.0,
        "higher",
        f"{proof}:rule_hours_per_s",
    )


def _forecast_schedules() -> Iterable[Offer]:
    yield Schedule(
        "air-forecast",
        "* * * * *",
        "madang.air.forecasting:issue_forecasts",
        "Forecast the next 48 hours of places whose newest hour has no forecast yet.",
    )
    yield Schedule(
        "air-judge-forecasts",
        "25 * * * *",
        "madang.air.forecast_checks:judge_forecasts",
        "Compare forecasts of days that are over with what came.",
    )
    yield Schedule(
        "air-forget-forecasts",
        "35 3 * * *",
        "madang.air.forecasting:forget_old_forecasts",
        "Delete hourly forecasts after eight days; their scores are kept.",
    )


def _pages() -> Iterable[Offer]:
    here, decisions = "madang.air.pages", "madang.air.measure_pages"
    one = "air/measures/<int:measure_id>/"
    yield Page("air/", f"{here}:districts", "air", "public", easy=True)
    yield Page("air/measures/", f"{decisions}:measures", "air-measures", "public", easy=True)
    yield Page(f"{one}approve/", f"{decisions}:approve", "air-measure-approve", "role:officer")
    yield Page(f"{one}lift/", f"{decisions}:lift", "air-measure-lift", "role:officer")
    yield Page("air/places.json", f"{here}:places", "air-places", "public")
    yield Page("air/<str:code>/", f"{here}:district", "air-district", "public", easy=True)
    yield Page(
        "air/<str:code>/hours.<str:form>", "madang.air.downloads:hours", "air-hours-file", "public"
    )
    for screen in ("widget", "display", "embed"):
        target = f"madang.air.screens:{screen}"
        yield Page(f"air/<str:code>/{screen}/", target, f"air-{screen}", "public")
    yield DistrictNow("air", "madang.air.now:district_now", "air/now.html", 10)
    yield MenuEntry("air", "Air", 10)
    yield MenuEntry("air-measures", "Air measures", 11)


def _layers() -> Iterable[Offer]:
    districts, stations, measures = (f"madang.air.map_{n}" for n in (
        "districts", "stations", "measures"))  # fmt: skip
    yield MapLayer(
        "air-districts", "Air by district", "unit", f"{districts}:rows", f"{districts}:legend",
        f"{districts}:detail", level="district", live="obs", order=10,
    )  # fmt: skip
    for number, (pollutant, decimals) in enumerate(MAPPED.items()):
        title = next(p.name for p in PROPERTIES if p.id == pollutant)
        unit = "ppm" if decimals else "µg/m³"
        yield MapLayer(
            f"air-stations-{pollutant}", title, "point", f"{stations}:rows", f"{stations}:legend",
            f"{stations}:detail", unit=unit, decimals=decimals, live="obs", order=11 + number,
        )  # fmt: skip
    yield MapLayer(
        "air-measures", "Air measures", "unit", f"{measures}:rows", f"{measures}:legend",
        f"{measures}:detail", level="district", live="events", order=20,
    )  # fmt: skip
