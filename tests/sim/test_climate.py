"""What a city's air is like: read from the profile's folder, strict, and felt in the field."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from madang_sim.climate import (
    Climate,
    Episodes,
    Heating,
    InvalidClimate,
    Season,
    climate_of,
    read_climate,
)
from madang_sim.field import AirField

CITIES = sorted(Path(__file__).parents[2].joinpath("cities").glob("*/simulator.yaml"))
HERE, KERB = np.zeros((1, 2)), np.zeros(1, bool)


def means(field: AirField, month: int) -> dict[str, float]:
    """Return the means of 25 days of a month."""
    begin = datetime(2026, month, 1, tzinfo=UTC).timestamp()
    values = [field.at(begin + 3600.0 * h, HERE, KERB) for h in range(0, 600, 7)]
    return {p: float(np.mean([v[p][0] for v in values])) for p in values[0]}


def of(name: str, utc_offset_h: float) -> AirField:
    folder = Path(__file__).parents[2] / "cities" / name
    return AirField(1, utc_offset_h, (), read_climate(folder / "simulator.yaml"))


def test_every_city_has_a_climate_with_its_source():
    assert len(CITIES) == 6
    assert all(read_climate(path).source for path in CITIES)


def test_the_climate_of_seoul_is_the_default():
    seoul = read_climate(Path(__file__).parents[2] / "cities" / "seoul" / "simulator.yaml")
    assert Climate(source=seoul.source) == seoul


def test_ulaanbaatar_smokes_in_winter_only():
    field = of("ulaanbaatar", 8.0)
    winter, summer = means(field, 1), means(field, 7)
    assert winter["pm25"] > 70
    assert summer["pm25"] < 30
    assert winter["so2"] > 3 * summer["so2"]


def test_ulaanbaatars_stoves_peak_in_the_morning_and_at_night():
    field = of("ulaanbaatar", 8.0)
    by_hour = [
        np.mean(
            [
                field.at(datetime(2026, 1, day, tzinfo=UTC).timestamp() + 3600.0 * (h - 8), HERE,
                         KERB)["pm25"][0]
                for day in range(2, 28)
            ]
        )
        for h in range(24)
    ]  # fmt: skip
    assert by_hour[9] > by_hour[3]
    assert by_hour[21] > 1.3 * by_hour[15]


@pytest.mark.parametrize(
    ("name", "offset", "dry", "wet"),
    [("jakarta", 7, 8, 2), ("phnom_penh", 7, 2, 8), ("bogota", -5, 2, 9)],
)
def test_the_dry_season_is_the_dusty_one(name, offset, dry, wet):
    field = of(name, offset)
    assert means(field, dry)["pm25"] > 1.3 * means(field, wet)["pm25"]


@pytest.mark.parametrize("path", CITIES, ids=lambda path: path.parent.name)
def test_no_city_simulates_what_cannot_be(path):
    field = AirField(1, 0.0, (), read_climate(path))
    for t in np.arange(0.0, 400 * 86400.0, 86400.0 * 3 + 5 * 3600):
        values = field.at(1.767e9 + t, HERE, KERB)
        assert all(np.isfinite(v).all() and (v >= 0).all() for v in values.values())
        assert (values["pm25"] <= values["pm10"]).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("air: {pm25: much}", r"air\.pm25: must be a number"),
        ("air: {pm99: 1}", r"air\.pm99: is none of"),
        ("air: {season: {swing: -1}}", r"air\.season\.swing: must be a number from 0"),
        ("air: {heating: 3}", r"air\.heating: must be a mapping"),
        ("stations: 3", "air: the file needs one mapping of this name"),
        ("air: [", "is not YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_field(tmp_path, text, said):
    file = tmp_path / "simulator.yaml"
    file.write_text(text)
    with pytest.raises(InvalidClimate, match=said):
        read_climate(file)


def test_what_is_left_out_has_its_default():
    assert climate_of({"air": {"pm25": 40}}) == Climate(pm25=40)


def test_a_fault_has_its_line(tmp_path):
    file = tmp_path / "simulator.yaml"
    file.write_text("air:\n  pm25: 20\n  season:\n    peak_day: 3\n    swing: high\n")
    with pytest.raises(InvalidClimate) as caught:
        read_climate(file)
    assert caught.value.line == 5


def test_the_reference_names_every_field():
    page = Path(__file__).parents[2] / "docs" / "reference" / "simulated-air.md"
    text = page.read_text(encoding="utf-8")
    for kind in (Climate, Season, Heating, Episodes):
        for item in fields(kind):
            assert f"`{item.name}`" in text, item.name
