"""What the air of a simulated city is like: levels, seasons, hours of the day, episodes.

Read from the file `simulator.yaml` of a city's profile, which only the simulator reads. The numbers
shape the simulated air after published means and seasons; they are no measurement and no forecast.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml


class InvalidClimate(Exception):
    """A climate file says what cannot be: `line` (None: as a whole) and a text naming the field."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True)
class Season:
    """A yearly wave: relative strength `swing` [log units], highest on day `peak_day` of the year.

    `sharp` above 1 makes the high season shorter and higher (1: a plain cosine).
    """

    swing: float = 0.25
    peak_day: float = 14.61
    sharp: float = 1.0


@dataclass(frozen=True)
class Heating:
    """Stoves: PM2.5 on a cold day's mean [µg/m³], peaks at `morning_h` and `evening_h`.

    It follows the season to the power of three, so that it vanishes in the warm half of the year.
    """

    pm25: float = 0.0
    morning_h: float = 8.0
    evening_h: float = 20.0
    so2_per_pm25: float = 0.0002


@dataclass(frozen=True)
class Episodes:
    """Days of dust or smoke from afar: chance per five days, more by `extra` around `peak_day`.

    `pm25_low` and `pm25_high` span their height [µg/m³]; `coarse` is coarse dust per PM2.5.
    """

    chance: float = 0.15
    extra: float = 0.3
    peak_day: float = 80.36
    pm25_low: float = 25.0
    pm25_high: float = 85.0
    coarse: float = 1.2


@dataclass(frozen=True)
class Climate:
    """A city's air. The defaults are Seoul's: annual PM2.5 near 20 µg/m³, PM2.5/PM10 near 0.55."""

    pm25: float = 18.0
    coarse: float = 0.7
    no2: float = 0.020
    o3: float = 0.032
    co: float = 0.25
    so2: float = 0.003
    traffic_share: float = 0.2
    sunrise_h: float = 6.5
    sunset_h: float = 19.5
    o3_winter_loss: float = 0.010
    season: Season = field(default_factory=Season)
    heating: Heating = field(default_factory=Heating)
    episodes: Episodes = field(default_factory=Episodes)
    source: str = ""


_PARTS = {"season": Season, "heating": Heating, "episodes": Episodes}


def read_climate(path: Path) -> Climate:
    """Return the climate that a file describes; what it leaves out has its default.

    Raises
    ------
    InvalidClimate
        If the file cannot be read, or has an unknown field or one of the wrong form.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        found = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidClimate(f"cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidClimate(f"is not YAML: {error.problem}", line) from error
    try:
        return climate_of(found)
    except InvalidClimate as error:
        field = str(error).partition(":")[0]
        raise InvalidClimate(str(error), _line_of(node, field)) from None


def climate_of(found: object) -> Climate:
    """Return the climate of a file's value, a mapping with `air`."""
    air = found.get("air") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(air, dict) or len(found) != 1:
        raise InvalidClimate("air: the file needs one mapping of this name, and no other")
    parts = {key: _filled(kind, air.get(key, {}), f"air.{key}") for key, kind in _PARTS.items()}
    plain = {key: value for key, value in air.items() if key not in _PARTS}
    climate: Climate = _filled(Climate, plain, "air")
    return replace(climate, **parts)


def _filled(kind: type, values: object, path: str) -> Any:
    if not isinstance(values, dict):
        raise InvalidClimate(f"{path}: must be a mapping")
    known = {item.name for item in fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise InvalidClimate(f"{path}.{key}: is none of {', '.join(sorted(known))}")
        if key == "source":
            if not isinstance(value, str):
                raise InvalidClimate(f"{path}.{key}: must be text")
        elif isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise InvalidClimate(f"{path}.{key}: must be a number from 0")
    return kind(**values)


def _line_of(node: yaml.Node | None, field: str) -> int:
    """Return the line (from 1) of a field such as ``air.season.swing``, or of what holds it."""
    line = 1
    for name in field.split("."):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        held = next(((key, value) for key, value in pairs if key.value == name), None)
        if held is None:
            return line
        line, node = held[0].start_mark.line + 1, held[1]
    return line
