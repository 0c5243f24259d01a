"""What the air room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, ObservedProperty, Offer, QualityLimits

_DEFINITION = "http://vocab.nerc.ac.uk/standard_name/"

# Spans: Ministry of Environment, air pollution monitoring network guide (measuring ranges of the
# reference instruments: PM 0-1,000 µg/m³, O3 0-0.5 ppm, NO2 0-0.5, CO 0-50, SO2 0-0.5). A reference
# instrument may print a few steps below zero; a value far below is a failure. Suspect spans: above
# the highest hourly means recorded in Seoul in 2018-2019 (PM2.5 156, PM10 295 city mean) with room
# for dust episodes of the years before. Rates and spikes: QARTOD practice, three to five times the
# 99.9th percentile of hour-to-hour changes, per second. Flat line: equal to a resolution step for
# six hours (instruments that print whole µg/m³ do repeat values for some hours).
_LIMITS_SOURCE = "QARTOD tests; instrument ranges of the Korean monitoring network guide"


def _property(
    name: str,
    title: str,
    cf_name: str,
    unit: tuple[str, str],
    kept: tuple[float, QualityLimits],
) -> ObservedProperty:
    return ObservedProperty(
        name, title, f"{_DEFINITION}{cf_name}/", unit[0], unit[1], kept[0], kept[1]
    )


_UGM3 = ("microgram per cubic metre", "ug/m3")
_PPM = ("parts per million", "[ppm]")


def _limits(
    fail: float, suspect: float, spike: float, hourly_rate: float, eps: float
) -> QualityLimits:
    return QualityLimits(
        fail_span=(-10 * eps, fail),
        suspect_span=(0.0, suspect),
        spike=spike,
        rate_per_s=hourly_rate / 60.0,
        flat_line_s=6 * 3600,
        flat_line_eps=eps,
        source=_LIMITS_SOURCE,
    )


PROPERTIES = (
    _property("pm25", "PM2.5", "mass_concentration_of_pm2p5_ambient_aerosol_particles_in_air",
              _UGM3, (0.1, _limits(1000.0, 500.0, 150.0, 150.0, 0.05))),
    _property("pm10", "PM10", "mass_concentration_of_pm10_ambient_aerosol_particles_in_air",
              _UGM3, (0.1, _limits(2000.0, 1000.0, 400.0, 400.0, 0.05))),
    _property("o3", "Ozone", "mole_fraction_of_ozone_in_air",
              _PPM, (0.0001, _limits(0.5, 0.25, 0.1, 0.1, 0.00005))),
    _property("no2", "Nitrogen dioxide", "mole_fraction_of_nitrogen_dioxide_in_air",
              _PPM, (0.0001, _limits(0.5, 0.25, 0.1, 0.1, 0.00005))),
    _property("co", "Carbon monoxide", "mole_fraction_of_carbon_monoxide_in_air",
              _PPM, (0.001, _limits(50.0, 15.0, 5.0, 5.0, 0.0005))),
    _property("so2", "Sulphur dioxide", "mole_fraction_of_sulfur_dioxide_in_air",
              _PPM, (0.0001, _limits(0.5, 0.15, 0.1, 0.1, 0.00005))),
)  # fmt: skip


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from PROPERTIES
    yield Command(
        "air measures", "madang.air.cli:measures", "Which measures the rules declare over a series."
    )
    yield Command("air index", "madang.air.cli_index:index", "Korean CAI or US AQI of values.")
