"""`madang air forecast`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from madang.air.cli_forecast import forecast
from madang.kernel.errors import Invalid
from tests.air import forecast_series

HOUR = timedelta(hours=1)
START = datetime(2019, 3, 1, 1)  # noqa: DTZ001 - stamps without an offset are the city's


def stamp(at: datetime) -> str:
    """Return the stamp as Seoul writes it: midnight is 24:00 of the day before."""
    if at.hour:
        return f"{at:%Y-%m-%d %H:%M}"
    return f"{at - timedelta(days=1):%Y-%m-%d} 24:00"


def write(path: Path, days: int, *, columns: str = "pm25_ugm3,o3_ppm") -> list[str]:
    """Write a made series; returns its lines."""
    values = forecast_series.made(days).values
    lines = [f"time,{columns}"]
    for row, (dust, gas) in enumerate(values):
        lines.append(f"{stamp(START + row * HOUR)},{dust:.1f},{gas / 1000:.4f}")
    path.write_text("\n".join(lines) + "\n")
    return lines


def run(*arguments) -> tuple[dict, list[dict[str, str]], str]:
    out = Path(arguments[1]).parent / "out.csv"
    given = [*map(str, arguments), "--out", str(out), "--json"]
    result = CliRunner().invoke(forecast, given, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    with out.open(newline="") as file:
        return json.loads(result.stdout), list(csv.DictReader(file)), result.stderr


@pytest.fixture
def hourly(tmp_path) -> Path:
    write(tmp_path / "hourly.csv", 60)
    return tmp_path / "hourly.csv"


def test_a_day_of_every_pollutant_is_written_with_its_interval(hourly):
    found, rows, _ = run("--series", hourly)
    assert list(rows[0]) == ["issued_at", "valid_at", "pollutant", "value", "low", "high"]
    assert len(rows) == found["rows"] == 48
    assert {row["issued_at"] for row in rows} == {"2019-04-30T00:00:00+09:00"}
    dust = [row for row in rows if row["pollutant"] == "pm25"]
    ends = [datetime.fromisoformat(row["valid_at"]) for row in dust]
    assert ends == [
        datetime.fromisoformat("2019-04-30T01:00:00+09:00") + n * HOUR for n in range(24)
    ]
    assert all(float(r["low"]) <= float(r["value"]) <= float(r["high"]) for r in rows)


def test_the_summary_says_what_was_learned_and_how_it_does(hourly):
    found, _, _ = run("--series", hourly, "--horizon", "30")
    assert (found["model"], found["version"], found["horizon_hours"]) == ("madang ridge", "1", 30)
    assert found["issued_at"] == "2019-04-30T00:00:00+09:00"
    assert found["fitted_on"] == {
        "from": "2019-03-01T01:00:00+09:00", "to": "2019-04-30T00:00:00+09:00", "rows": 1440,
    }  # fmt: skip
    assert found["models"] == {"pm25": "ridge", "o3": "ridge"}
    held = found["held_out"]
    assert held["rows"] == 288  # a fifth
    assert set(held["scores"]["pm25"]) == {"1", "6", "12", "24", "30"}
    assert 0.5 < held["scores"]["pm25"]["6"]["coverage"] < 1
    assert found["warnings"] == []


def test_a_short_series_says_so(tmp_path):
    write(tmp_path / "hourly.csv", 5)
    found, rows, said = run("--series", tmp_path / "hourly.csv")
    assert found["models"]["pm25"] == "diurnal persistence"
    assert "pm25: 5 days of hours are known, a regression needs 28" in found["warnings"][0]
    assert found["warnings"][0] in said
    assert found["held_out"] is None
    assert len(rows) == 48


def test_doubles_bad_cells_gaps_and_disorder_do_not_change_the_rest(hourly):
    lines = hourly.read_text().splitlines()
    _, expected, _ = run("--series", hourly)
    mixed = [lines[0], *reversed(lines[1:]), lines[100].rsplit(",", 1)[0] + ",0.9", "x,1,2", "a,b"]
    hourly.write_text("\n".join(mixed) + "\n")
    found, rows, said = run("--series", hourly)
    assert rows == expected
    assert [r["line"] for r in found["rejected_rows"]] == [1442, 1443, 1444]
    assert "same hour as line" in found["rejected_rows"][0]["reason"]
    assert f"{hourly}:1443: rejected" in said


def test_districts_are_forecast_apart(tmp_path):
    lines = write(tmp_path / "hourly.csv", 40)
    both = [f"{lines[0]},district", *(f"{line},{name}" for line in lines[1:] for name in "AB")]
    (tmp_path / "hourly.csv").write_text("\n".join(both) + "\n")
    found, rows, _ = run("--series", tmp_path / "hourly.csv")
    assert [d["district"] for d in found["districts"]] == ["A", "B"]
    by = {name: [r["value"] for r in rows if r["district"] == name] for name in "AB"}
    assert by["A"] == by["B"]
    assert len(by["A"]) == 48


def test_the_last_hour_with_a_value_is_the_hour_of_issue(hourly):
    with hourly.open("a") as file:
        file.write("2019-04-30 01:00,,\n2019-04-30 02:00,-,-\n")
    found, _, _ = run("--series", hourly)
    assert found["issued_at"] == "2019-04-30T00:00:00+09:00"


def test_a_stamp_of_another_century_is_left_out_and_said(hourly):
    _, expected, _ = run("--series", hourly)
    with hourly.open("a") as file:
        file.write("2109-04-30 01:00,30,0.03\n")
    found, rows, _ = run("--series", hourly)
    assert rows == expected
    assert found["warnings"][0].startswith("1 hours were left out")


def weather(path: Path, days: int, *, head: str = "time,wind_speed,wind_dir,note") -> None:
    rng = np.random.default_rng(4)
    lines = [head]
    for row in range(days * 24):
        lines.append(f"{stamp(START + row * HOUR)},{rng.gamma(2, 1):.1f},NNW,")
    path.write_text("\n".join(lines) + "\n")


def test_weather_is_used_as_far_as_it_goes_and_what_is_missing_is_said(hourly, tmp_path):
    weather(tmp_path / "w.csv", 61)
    found, _, _ = run("--series", hourly, "--weather", tmp_path / "w.csv")
    assert found["models"]["pm25"] == "ridge with weather"
    assert found["warnings"] == ["weather column 'note' has no number; left out"]
    weather(tmp_path / "w.csv", 60)
    found, rows, _ = run("--series", hourly, "--weather", tmp_path / "w.csv")
    assert "weather: not known on the way to 24 of the 24 hours" in found["warnings"][1]
    assert len(rows) == 48


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hour,wind_ms\n", "w.csv:1: has no column 'time'"),
        ("time,wind_ms,district\n", "w.csv:1: has a column 'district'"),
        ("time,wind_ms,wspm\n", "w.csv:1: has wind_ms and wspm, which are one thing"),
        ("time,wind_ms\n2019-03-01 01:00,-\n", "w.csv:1: has no column with a number"),
        ("", "w.csv: is empty"),
    ],
)
def test_weather_that_cannot_be_used_is_refused_by_name(hourly, tmp_path, text, message):
    (tmp_path / "w.csv").write_text(text)
    with pytest.raises(Invalid, match=message.replace("(", r"\(")):
        run("--series", hourly, "--weather", tmp_path / "w.csv")


def test_bad_weather_cells_are_rejected_with_their_line(hourly, tmp_path):
    weather(tmp_path / "w.csv", 61)
    with (tmp_path / "w.csv").open("a") as file:
        file.write("2019-07-01 01:00,fast,N,\n2019-07-01 01:00,1,N,\n2019-07-01 01:30,1,N,\n")
    found, _, _ = run("--series", hourly, "--weather", tmp_path / "w.csv")
    assert [row["line"] for row in found["rejected_rows"]] == [1466, 1467, 1468]
    assert found["rejected_rows"][0]["reason"].endswith("wind_speed 'fast' is no number")


def test_a_series_without_a_value_is_refused(tmp_path):
    (tmp_path / "hourly.csv").write_text("time,pm25_ugm3\n2019-03-01 01:00,\n")
    with pytest.raises(Invalid, match=r"hourly\.csv: has no hour with a value"):
        run("--series", tmp_path / "hourly.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_folder_that_is_not_there_is_named(hourly, tmp_path):
    given = ["--series", str(hourly), "--out", str(tmp_path / "no" / "f.csv")]
    with pytest.raises(Invalid, match=r"f\.csv: cannot be written"):
        CliRunner().invoke(forecast, given, catch_exceptions=False)


@pytest.mark.parametrize("horizon", ["0", "49", "x"])
def test_a_horizon_out_of_reach_ends_with_two(hourly, tmp_path, horizon):
    given = ["--series", str(hourly), "--out", str(tmp_path / "f.csv"), "--horizon", horizon]
    assert CliRunner().invoke(forecast, given).exit_code == 2


def test_past_forecasts_are_issued_at_every_hour_by_what_lay_before(hourly):
    found, rows, _ = run("--series", hourly, "--since", "2019-04-25", "--horizon", "6")
    assert found["fitted_on"]["to"] == "2019-04-25T00:00:00+09:00"
    issued = sorted({row["issued_at"] for row in rows})
    assert (issued[0], issued[-1]) == ("2019-04-25T00:00:00+09:00", "2019-04-30T00:00:00+09:00")
    assert len(issued) == 121
    assert len(rows) == 121 * 6 * 2
    with pytest.raises(Invalid, match="some must lie before and some after"):
        run("--series", hourly, "--since", "2020-01-01")
    with pytest.raises(Invalid, match="some must lie before and some after"):
        run("--series", hourly, "--since", "2019-03-01T00")


def test_seouls_two_years_are_read_with_their_faults(shared, tmp_path):
    path = shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"
    with gzip.open(path, "rt") as file:
        (tmp_path / "hourly.csv").write_text(file.read())
    found, rows, _ = run("--series", tmp_path / "hourly.csv")
    assert len(found["rejected_rows"]) == 25  # 24 doubles and one `-`
    assert len(rows) == 24 * 6
    assert found["issued_at"] == "2020-01-01T00:00:00+09:00"
