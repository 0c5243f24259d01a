"""Conversions against published values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel import units
from madang.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (36.0, "km/h", "m/s", 10.0),
        (0.0, "°C", "K", 273.15),
        (212.0, "°F", "°C", 100.0),
        (-40.0, "°C", "°F", -40.0),
        (1.0, "atm", "hPa", 1013.25),
        (1.0, "kWh", "MJ", 3.6),
        (30.0, "평", "m²", 99.1736),
        (250.0, "ppb", "ppm", 0.25),
        (50.0, "ug/m3", "mg/m³", 0.05),
        (50.0, "㎍/㎥", "µg/m³", 50.0),
        (50.0, "μg/m³", "µg/m³", 50.0),
        (1.0, "kn", "km/h", 1.852),
        (86400.0, "m³/d", "m³/s", 1.0),
    ],
)
def test_conversions_have_the_published_value(value, source, target, expected):
    assert units.convert(value, source, target) == pytest.approx(expected, rel=1e-6)


@given(
    st.sampled_from(sorted(units.UNITS)),
    st.sampled_from(sorted(units.UNITS)),
    st.floats(-1e6, 1e6),
)
def test_there_and_back_is_the_same_or_refused(source, target, value):
    if units.unit(source).dimension != units.unit(target).dimension:
        with pytest.raises(Invalid, match="no conversion"):
            units.convert(value, source, target)
        return
    there = units.convert(value, source, target)
    back = units.convert(there, target, source)
    assert back == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_nan_stays_nan_and_the_input_is_not_changed():
    given_values = np.array([1.0, np.nan])
    converted = units.convert(given_values, "°C", "°C")
    assert np.isnan(converted[1])
    converted[0] = 9
    assert given_values[0] == 1.0


def test_an_unknown_unit_names_what_is_known():
    with pytest.raises(Invalid, match=r"'furlong'.*km/h"):
        units.convert(1.0, "furlong", "m")


@pytest.mark.parametrize(
    ("gas", "ugm3_per_ppb_25", "ugm3_per_ppb_20"),
    # UK Defra, "Conversion factors between ppb and µg/m³" (LAQM, 2014): at 20 °C
    # O3 1.9957, NO2 1.9125, SO2 2.6609, CO 1.1642; at 25 °C O3 1.96, NO2 1.88, SO2 2.62, CO 1.15
    # (WHO, Air quality guidelines for Europe, 2nd ed., 2000).
    [
        ("o3", 1.96, 1.9957),
        ("no2", 1.88, 1.9125),
        ("so2", 2.62, 2.6609),
        ("co", 1.145, 1.1642),
    ],
)
def test_gases_convert_as_published(gas, ugm3_per_ppb_25, ugm3_per_ppb_20):
    assert units.ppm_to_ugm3(1e-3, gas) == pytest.approx(ugm3_per_ppb_25, rel=3e-3)
    cold = units.ppm_to_ugm3(1e-3, gas, temperature_k=293.15)
    assert cold == pytest.approx(ugm3_per_ppb_20, rel=2e-3)


@given(st.sampled_from(["o3", "no2", "co", "so2"]), st.floats(0, 100), st.floats(250, 320))
def test_gas_conversion_is_inverse_and_keeps_nan(gas, ppm, temperature):
    there = units.ppm_to_ugm3([ppm, np.nan], gas, temperature_k=temperature)
    back = units.ugm3_to_ppm(there, gas, temperature_k=temperature)
    assert back[0] == pytest.approx(ppm)
    assert np.isnan(back[1])


def test_a_mixture_has_no_molar_mass():
    with pytest.raises(Invalid, match="pm10"):
        units.ppm_to_ugm3(1.0, "pm10")
