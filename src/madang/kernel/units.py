"""Units of measure: SI inside, converted once at the edge. Pure numpy.

numpy is imported when something is converted: symbols are checked at every start of a process.

Factors are exact by definition where they can be (BIPM, The International System of Units, 9th
ed. 2019; NIST Special Publication 811, 2008, appendix B); others name their source beside them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

GAS_CONSTANT = 8.314462618  # J/(mol K), exact since 2019: CODATA 2018
STANDARD_TEMPERATURE_K = 298.15  # 25 °C: reference conditions of 40 CFR 50.3 (US EPA)
STANDARD_PRESSURE_PA = 101_325.0  # 760 mm Hg: 40 CFR 50.3

# g/mol, from IUPAC standard atomic weights 2021 (conventional): C 12.011, N 14.007, O 15.999,
# S 32.06
MOLAR_MASS_G = MappingProxyType({"o3": 47.997, "no2": 46.005, "co": 28.010, "so2": 64.058})


@dataclass(frozen=True)
class Unit:
    """A unit: ``SI value = value * factor + offset`` in the SI unit of its dimension."""

    symbol: str
    dimension: str
    factor: float
    offset: float = 0.0


_BY_DIMENSION: Mapping[str, Mapping[str, float]] = {
    "1": {"1": 1.0, "%": 1e-2, "‰": 1e-3, "ppm": 1e-6, "ppb": 1e-9},
    "length": {
        "m": 1.0,
        "km": 1e3,
        "cm": 1e-2,
        "mm": 1e-3,
        "µm": 1e-6,
        "mi": 1609.344,
        "ft": 0.3048,
    },
    # 평 = 400/121 m²: 계량에 관한 법률, conversion of the traditional unit
    "area": {"m²": 1.0, "km²": 1e6, "ha": 1e4, "cm²": 1e-4, "평": 400 / 121},
    "volume": {"m³": 1.0, "L": 1e-3, "mL": 1e-6},
    "mass": {"kg": 1.0, "g": 1e-3, "mg": 1e-6, "µg": 1e-9, "t": 1e3},
    "time": {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "d": 86400.0},
    "speed": {"m/s": 1.0, "km/h": 1 / 3.6, "kn": 1852 / 3600, "mi/h": 0.44704},
    "acceleration": {"m/s²": 1.0, "gal": 1e-2, "g_n": 9.80665},
    "pressure": {
        "Pa": 1.0,
        "hPa": 1e2,
        "kPa": 1e3,
        "MPa": 1e6,
        "bar": 1e5,
        "mbar": 1e2,
        "atm": 101_325.0,
        "mmHg": 101_325 / 760,
    },
    "power": {"W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "energy": {
        "J": 1.0,
        "kJ": 1e3,
        "MJ": 1e6,
        "GJ": 1e9,
        "Wh": 3.6e3,
        "kWh": 3.6e6,
        "MWh": 3.6e9,
        "toe": 41.868e9,
    },  # toe: IEA, Energy Statistics Manual, 2005, annex 3
    "flow": {"m³/s": 1.0, "m³/h": 1 / 3600, "m³/d": 1 / 86400, "L/s": 1e-3, "L/min": 1e-3 / 60},
    "concentration": {"kg/m³": 1.0, "g/m³": 1e-3, "mg/m³": 1e-6, "µg/m³": 1e-9, "mg/L": 1e-3},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6},
    "angle": {"rad": 1.0, "°": math.pi / 180},
    "voltage": {"V": 1.0, "kV": 1e3},
    "current": {"A": 1.0, "mA": 1e-3},
    "illuminance": {"lx": 1.0, "klx": 1e3},
    "sound level": {"dB": 1.0, "dB(A)": 1.0},
    "rainfall rate": {"mm/h": 1.0, "mm/d": 1 / 24},
}
_TEMPERATURES = (
    Unit("K", "temperature", 1.0),
    Unit("°C", "temperature", 1.0, 273.15),
    Unit("°F", "temperature", 5 / 9, 459.67 * 5 / 9),
)
# Signs that look alike or are typed instead: U+03BC for U+00B5, letters for superscripts.
_SAME_SIGN = str.maketrans({"μ": "µ", "㎍": "µg", "㎥": "m³", "℃": "°C", "㎡": "m²"})
_ALIASES = {
    "ug/m3": "µg/m³",
    "mg/m3": "mg/m³",
    "m3": "m³",
    "m2": "m²",
    "km2": "km²",
    "C": "°C",
    "degC": "°C",
    "kph": "km/h",
    "deg": "°",
    "l": "L",
    "ug": "µg",
    "m3/s": "m³/s",
    "µg/m3": "µg/m³",
}

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        **{
            symbol: Unit(symbol, dimension, factor)
            for dimension, factors in _BY_DIMENSION.items()
            for symbol, factor in factors.items()
        },
        **{unit.symbol: unit for unit in _TEMPERATURES},
    }
)


def unit(symbol: str) -> Unit:
    """Return the unit of that symbol; common ASCII and Korean spellings are understood.

    >>> unit("ug/m3").symbol
    'µg/m³'

    Raises
    ------
    Invalid
        If the symbol is not known.
    """
    text = symbol.strip().translate(_SAME_SIGN)
    found = UNITS.get(_ALIASES.get(text, text))
    if found is None:
        raise Invalid(f"{symbol!r} is no known unit; known are {', '.join(UNITS)}")
    return found


def convert(values: ArrayLike, source: str, target: str) -> Floats:
    """Return values given in unit `source` in unit `target`; NaN stays NaN.

    Raises
    ------
    Invalid
        If a unit is not known or the two measure different things.

    Examples
    --------
    >>> convert([0.0, 36.6], "°C", "K").tolist()
    [273.15, 309.75]
    """
    import numpy as np

    given, wanted = unit(source), unit(target)
    if given.dimension != wanted.dimension:
        raise Invalid(
            f"{source} measures {given.dimension}, {target} measures {wanted.dimension}: "
            "no conversion; for gases use ppm_to_ugm3"
        )
    numbers: Floats = np.asarray(values, dtype=np.float64)
    if given == wanted:
        return numbers.copy()
    return (numbers * given.factor + (given.offset - wanted.offset)) / wanted.factor


def molar_volume(
    temperature_k: Any = STANDARD_TEMPERATURE_K, pressure_pa: Any = STANDARD_PRESSURE_PA
) -> Any:
    """Return the volume of one mole of an ideal gas [m³/mol]: R T / p.

    >>> round(molar_volume() * 1000, 3)  # litres at 25 °C and 1 atm
    24.465
    """
    return GAS_CONSTANT * temperature_k / pressure_pa


def ppm_to_ugm3(
    ppm: ArrayLike,
    gas: str,
    *,
    temperature_k: ArrayLike = STANDARD_TEMPERATURE_K,
    pressure_pa: ArrayLike = STANDARD_PRESSURE_PA,
) -> Floats:
    """Return the mass concentration [µg/m³] of a gas given in parts per million by volume.

    Parameters
    ----------
    ppm : array [µmol/mol]
    gas : one of `MOLAR_MASS_G` (``o3 no2 co so2``)
    temperature_k, pressure_pa : broadcast with `ppm`
        Default 25 °C and 1 atm, the reference conditions of Korea (환경정책기본법 시행령 별표 1)
        and of the US (40 CFR 50.3); the EU refers to 20 °C (293.15 K, directive 2008/50/EC annex
        VI C).

    Notes
    -----
    ppm * M [g/mol] / V_m [m³/mol], ideal gas; good to 0.1 % for these gases in outdoor air.

    Examples
    --------
    >>> ppm_to_ugm3([0.1], "o3").round(1).tolist()
    [196.2]
    """
    import numpy as np

    volume = molar_volume(np.asarray(temperature_k, float), np.asarray(pressure_pa, float))
    return np.asarray(np.asarray(ppm, dtype=np.float64) * _molar_mass(gas) / volume)


def ugm3_to_ppm(
    ugm3: ArrayLike,
    gas: str,
    *,
    temperature_k: ArrayLike = STANDARD_TEMPERATURE_K,
    pressure_pa: ArrayLike = STANDARD_PRESSURE_PA,
) -> Floats:
    """Return parts per million by volume of a gas given as mass concentration [µg/m³].

    The inverse of `ppm_to_ugm3`, with the same reference conditions.
    """
    import numpy as np

    volume = molar_volume(np.asarray(temperature_k, float), np.asarray(pressure_pa, float))
    return np.asarray(np.asarray(ugm3, dtype=np.float64) * volume / _molar_mass(gas))


def _molar_mass(gas: str) -> float:
    try:
        return MOLAR_MASS_G[gas.lower()]
    except KeyError:
        raise Invalid(
            f"{gas!r} has no molar mass here; known are {', '.join(MOLAR_MASS_G)}"
        ) from None
