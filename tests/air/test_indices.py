"""The Korean and the US index against tables worked out by hand, and their properties."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from madang.air.cli_index import index as command
from madang.air.engine import cai, us_aqi
from madang.air.engine.breakpoints import half_up, truncated

CLEAN = {"pm25": 10, "pm10": 20, "no2": 0.01, "o3": 0.01}  # 33, 33, 17, 17

# (pollutant, concentration, sub-index): corners of the table of air.jeju.go.kr, and values between
# them by its formula, worked out by hand
CAI_CASES = [
    ("pm25", 0, 0), ("pm25", 15, 50), ("pm25", 16, 51), ("pm25", 35, 100), ("pm25", 36, 101),
    ("pm25", 75, 250), ("pm25", 76, 251), ("pm25", 500, 500), ("pm25", 25, 74), ("pm25", 50, 154),
    ("pm10", 30, 50), ("pm10", 31, 51), ("pm10", 80, 100), ("pm10", 81, 101), ("pm10", 150, 250),
    ("pm10", 151, 251), ("pm10", 600, 500), ("pm10", 55, 75), ("pm10", 100, 142),
    ("o3", 0.030, 50), ("o3", 0.031, 51), ("o3", 0.090, 100), ("o3", 0.091, 101),
    ("o3", 0.150, 250),
    ("o3", 0.151, 251), ("o3", 0.600, 500), ("o3", 0.058, 73), ("o3", 0.120, 174),
    ("no2", 0.030, 50), ("no2", 0.031, 51), ("no2", 0.060, 100), ("no2", 0.061, 101),
    ("no2", 0.200, 250), ("no2", 0.201, 251), ("no2", 2.0, 500), ("no2", 0.045, 75),
    ("co", 2.0, 50), ("co", 2.01, 51), ("co", 9.0, 100), ("co", 9.01, 101), ("co", 15.0, 250),
    ("co", 50.0, 500), ("co", 0.4, 10), ("so2", 0.020, 50), ("so2", 0.021, 51), ("so2", 0.050, 100),
    ("so2", 0.051, 101), ("so2", 0.150, 250), ("so2", 0.151, 251), ("so2", 1.0, 500),
    ("so2", 0.003, 8),
]  # fmt: skip


@pytest.mark.parametrize(("pollutant", "value", "expected"), CAI_CASES)
def test_a_cai_sub_index_is_that_of_the_table(pollutant, value, expected):
    assert float(cai.sub_index(pollutant, value)) == expected


def test_cai_above_the_table_stays_500_and_missing_stays_missing():
    assert cai.sub_index("pm25", [900.0, math.nan]).tolist()[0] == 500
    assert math.isnan(cai.sub_index("pm25", math.nan))
    assert math.isnan(cai.sub_index("pm25", -1.0))


@pytest.mark.parametrize(
    ("values", "value", "category", "main"),
    [
        ({}, 33, "good", "pm25"),
        ({"pm10": 60}, 80, "moderate", "pm10"),
        ({"pm25": 50}, 154, "bad", "pm25"),
        ({"pm25": 50, "pm10": 100}, 204, "bad", "pm25"),  # two bad: 154 + 50
        ({"pm25": 50, "pm10": 100, "o3": 0.12}, 249, "bad", "o3"),  # three bad: 174 + 75
        ({"pm25": 50, "pm10": 100, "o3": 0.12, "co": 15}, 325, "very_bad", "co"),  # four: + 75
        ({"pm25": 490, "pm10": 590}, 500, "very_bad", "pm10"),
        ({"pm25": 35, "pm10": 80}, 100, "moderate", "pm25"),  # moderate adds nothing
    ],
)
def test_the_composite_cai_adds_50_for_two_and_75_for_three_bad_pollutants(
    values, value, category, main
):
    found = cai.index({**CLEAN, **values})
    assert (found.value, found.category) == (value, category)
    if value < 490:
        assert found.main == main


@pytest.mark.parametrize("name", ["pm25", "pm10", "no2", "o3"])
@pytest.mark.parametrize("value", [None, math.nan])
def test_cai_needs_its_four_pollutants(name, value):
    found = cai.index({**CLEAN, name: value})
    assert found.value is None
    assert found.missing == (name,)


def test_the_predicted_mean_by_hand():
    # all below M: the plain mean of 12 and of 4 hours
    assert cai.predicted_mean("pm25", [20.0] * 12)[-1] == 20
    # at M = 30, ratio 1: three quarters in C4
    assert cai.predicted_mean("pm25", [30.0] * 12)[-1] == (30 + 22.5) / 2
    assert cai.predicted_mean("pm10", [69.9] * 12)[-1] == pytest.approx(69.9)
    assert cai.predicted_mean("pm10", [70.0] * 12)[-1] == (70 + 52.5) / 2
    # 8 x 10 and 4 x 100: C12 = 40, ratio 2.5 > 1.7, C4 as it is
    assert cai.predicted_mean("pm25", [10.0] * 8 + [100.0] * 4)[-1] == (40 + 100) / 2
    # 8 x 60 and 4 x 48: C12 = 56, ratio 0.857 < 0.9
    assert cai.predicted_mean("pm25", [60.0] * 8 + [48.0] * 4)[-1] == (56 + 48) / 2
    # 8 x 40 and 40, 36, 30, 100: C12 = 43.83, ratios 0.91, 0.82, 0.68, 2.28: only the first
    # weighs 0.75
    mixed = [40.0] * 8 + [40.0, 36.0, 30.0, 100.0]
    assert cai.predicted_mean("pm25", mixed)[-1] == pytest.approx((526 / 12 + 196 / 4) / 2)


def test_the_predicted_mean_needs_9_of_12_and_3_of_4_hours():
    hours = np.full(12, 20.0)
    hours[:3] = np.nan
    assert cai.predicted_mean("pm25", hours)[-1] == 20
    hours[3] = np.nan
    assert math.isnan(cai.predicted_mean("pm25", hours)[-1])
    hours = np.full(12, 20.0)
    hours[-1] = np.nan
    assert cai.predicted_mean("pm25", hours)[-1] == 20
    hours[-2] = np.nan
    assert math.isnan(cai.predicted_mean("pm25", hours)[-1])
    assert len(cai.predicted_mean("pm25", [])) == 0


# 40 CFR 58 appendix G, table 2 (2024), and the worked examples of its section on computation
US_CASES = [
    ("pm25", 0, 0), ("pm25", 9.0, 50), ("pm25", 9.09, 50), ("pm25", 9.1, 51), ("pm25", 35.4, 100),
    ("pm25", 35.49, 100), ("pm25", 35.5, 101), ("pm25", 55.4, 150), ("pm25", 55.5, 151),
    ("pm25", 125.4, 200), ("pm25", 125.5, 201), ("pm25", 225.4, 300), ("pm25", 225.5, 301),
    ("pm25", 325.4, 500), ("pm25", 35.9, 102),
    ("pm10", 54.9, 50), ("pm10", 55, 51), ("pm10", 154, 100), ("pm10", 254, 150),
    ("pm10", 354, 200),
    ("pm10", 424, 300), ("pm10", 604, 500), ("o3", 0.0549, 50), ("o3", 0.055, 51),
    ("o3", 0.070, 100),
    ("o3", 0.071, 101), ("o3", 0.085, 150), ("o3", 0.105, 200), ("o3", 0.200, 300),
    ("o3", 0.078, 126), ("o3_1h", 0.125, 101), ("o3_1h", 0.164, 150), ("o3_1h", 0.204, 200),
    ("o3_1h", 0.404, 300), ("o3_1h", 0.604, 500), ("o3_1h", 0.162, 147),
    ("co", 4.4, 50), ("co", 4.5, 51), ("co", 9.4, 100), ("co", 12.4, 150), ("co", 15.4, 200),
    ("co", 30.4, 300), ("co", 50.4, 500), ("co", 8.4, 90), ("so2", 0.035, 50), ("so2", 0.0359, 50),
    ("so2", 0.036, 51), ("so2", 0.075, 100), ("so2", 0.185, 150), ("so2", 0.304, 200),
    ("so2", 0.900, 200), ("no2", 0.053, 50), ("no2", 0.054, 51), ("no2", 0.100, 100),
    ("no2", 0.360, 150), ("no2", 0.649, 200), ("no2", 1.249, 300), ("no2", 2.049, 500),
]  # fmt: skip


@pytest.mark.parametrize(("pollutant", "value", "expected"), US_CASES)
def test_a_us_sub_index_is_that_of_the_table(pollutant, value, expected):
    assert float(us_aqi.sub_index(pollutant, value)) == expected


def test_the_us_index_is_the_greatest_and_goes_on_above_500():
    found = us_aqi.index({"pm25": 35.9, "o3": 0.078, "o3_1h": 0.162, "co": 8.4})
    assert (found.value, found.main, found.parts["o3"]) == (147, "o3", 147)
    assert us_aqi.index({"pm25": 400.0}).value > 500
    assert us_aqi.index({"o3": 0.25}).parts == {"o3": 223}  # by the one-hour table
    assert us_aqi.index({"o3": 0.25, "o3_1h": 0.05}).value is None
    assert us_aqi.index({}).value is None


@given(st.sampled_from(list(cai.BANDS)), st.floats(0, 1000), st.floats(0, 1000))
def test_more_is_never_better(pollutant, one, other):
    scale = cai.BANDS[pollutant][-1].high / 900
    low, high = sorted((one * scale, other * scale))
    assert cai.sub_index(pollutant, low) <= cai.sub_index(pollutant, high)


def test_rounding_and_cutting_as_printed_numbers():
    assert half_up(2.675, 2) == 2.68
    assert truncated(0.29999999999999993, 1) == 0.3


def told(tmp_path, text: str, *options: str) -> dict:
    path = tmp_path / "v.csv"
    path.write_text(text)
    result = CliRunner().invoke(
        command, ["--values", str(path), *options, "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0
    return json.loads(result.stdout)


VALUES = """pm25_ugm3,pm10_ugm3,o3_ppm,no2_ppm,co_ppm,so2_ppm
50,100,0.12,0.01,0.4,0.003
,20,0.01,0.01,-,1
"""


def test_the_command_gives_the_index_of_each_row(tmp_path):
    found = told(tmp_path, VALUES, "--standard", "cai")
    first, second = found["rows"]
    assert (first["line"], first["index"], first["class"], first["main_pollutant"]) == (
        2, 249, "bad", "o3",
    )  # fmt: skip
    assert first["sub_indices"] == {
        "pm25": 154, "pm10": 142, "o3": 174, "no2": 17, "co": 10, "so2": 8,
    }  # fmt: skip
    assert second["index"] is None
    assert second["missing"] == ["pm25"]
    assert found["rejected_rows"] == [{"line": 3, "reason": "co_ppm '-' is no finite number"}]
    assert told(tmp_path, VALUES, "--standard", "us")["rows"][0]["index"] == 216  # ozone, 8 hours


def test_the_command_takes_hours_with_their_running_means(tmp_path):
    text = "time,pm25_ugm3,pm10_ugm3,o3_ppm,no2_ppm\n" + "".join(
        f"2019-03-01T{hour:02}:00,40,40,0.02,0.02\n" for hour in range(1, 13)
    )
    rows = told(tmp_path, text, "--standard", "cai", "--hourly")["rows"]
    assert [row["index"] for row in rows[:8]] == [None] * 8
    assert rows[-1]["time"] == "2019-03-01T12:00:00+09:00"
    assert rows[-1]["sub_indices"]["pm25"] == 100  # C24E = (40 + 30) / 2
