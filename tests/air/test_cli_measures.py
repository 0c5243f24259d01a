"""`madang air measures` on real and on made series, against the plain reference."""

# ruff: noqa: DTZ001 - stamps of a file without offsets are the city's
from __future__ import annotations

import csv
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.air.cli import measures
from madang.kernel.errors import Invalid
from tests.air import reference_measures as reference

RULES = Path(__file__).parents[2] / "cities" / "seoul" / "air.yaml"
HOUR = timedelta(hours=1)
START = datetime(2019, 3, 1)


def answer(*arguments) -> tuple[dict, str]:
    result = CliRunner().invoke(measures, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), result.stderr


def run(tmp_path, text: str | bytes, forecast: str = "", rules: Path = RULES) -> tuple[dict, str]:
    series = tmp_path / "series.csv"
    series.write_bytes(text if isinstance(text, bytes) else text.encode())
    arguments = ["--series", series, "--rules", rules]
    if forecast:
        (tmp_path / "forecast.csv").write_text(forecast)
        arguments += ["--forecast", tmp_path / "forecast.csv"]
    return answer(*arguments)


def rows(values, column: str = "pm25_ugm3", start: datetime = START) -> str:
    """Return a series with one value an hour; None leaves the hour out."""
    lines = [f"time,{column}"]
    for number, value in enumerate(values):
        if value is not None:
            lines.append(f"{start + number * HOUR:%Y-%m-%dT%H:%M},{value}")
    return "\n".join(lines) + "\n"


def told(found: dict) -> list[tuple]:
    """Return (rule, declared, lifted) with naive city times."""
    return [
        (m["rule"], *(t and datetime.fromisoformat(t).replace(tzinfo=None)
                      for t in (m["declared_at"], m["lifted_at"])))
        for m in found["measures"]
    ]  # fmt: skip


def of(found: dict, rule: str) -> list[tuple]:
    return [m[1:] for m in told(found) if m[0] == rule]


def at(hours: int) -> datetime:
    return START + hours * HOUR


@pytest.fixture(scope="module")
def city_mean(shared) -> Path:
    return shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"


@pytest.fixture(scope="module")
def real(city_mean, tmp_path_factory):
    """Return the real file's answer, its messages and the hours as the reference reads them."""
    hours, repeated = reference.read(city_mean)
    forecast = tmp_path_factory.mktemp("air") / "forecast.csv"
    with forecast.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["date", "pm25_mean_ugm3"])
        writer.writerows(reference.next_day_means(hours).items())
    found, messages = answer("--series", city_mean, "--forecast", forecast, "--rules", RULES)
    return found, messages, hours, repeated


def test_the_real_file_gives_what_the_reference_gives(real):
    found, _, hours, _ = real
    expected = reference.all_measures(hours, reference.next_day_means(hours))
    assert set(told(found)) == expected
    assert len(told(found)) == len(expected)
    assert {m[0] for m in expected} >= {"early_action", "advisory_pm10", "warning_pm25"}


def test_the_early_action_fires_34_times_in_2018(real):
    early = [d for d, _ in of(real[0], "early_action")]
    assert sum(d.year == 2018 for d in early) == 34  # field note on air, 3.1
    assert sum(d.year == 2019 for d in early) == 32


def test_all_faults_of_the_real_file_are_reported(real):
    found, messages, hours, repeated = real
    lines = [r["line"] for r in found["rejected_rows"]]
    assert set(lines) == {13864, *repeated}
    assert len(lines) == 25
    reason = next(r["reason"] for r in found["rejected_rows"] if r["line"] == 13864)
    assert reason == "co_ppm '-' is no finite number"
    assert found["skipped_rules"] == []
    above = [h for h, row in hours.items() if row["pm25_ugm3"] > row["pm10_ugm3"]]
    assert len(above) == 9
    flagged = next(line for line in messages.splitlines() if "PM2.5 above PM10" in line)
    assert len(flagged.split("in line ")[1].split(",")) == 9


def test_every_reading_told_is_in_the_file(real):
    found, _, hours, _ = real
    for measure in found["measures"]:
        assert measure["readings"], measure
        for reading in measure["readings"]:
            stamp = datetime.fromisoformat(reading["time"])
            assert stamp.utcoffset() == 9 * HOUR
            column = f"{reading['pollutant']}_ugm3"
            assert hours[stamp.replace(tzinfo=None)][column] == reading["value"]


def test_an_early_action_is_declared_at_the_fourth_hour_and_lifted_at_fifty(tmp_path):
    found, _ = run(tmp_path, rows([51, 50.1, 60, 70, 80, 50, 51]))
    assert of(found, "early_action") == [(at(3), at(5))]
    measure = next(m for m in found["measures"] if m["rule"] == "early_action")
    assert measure["declared_at"] == "2019-03-01T03:00:00+09:00"
    assert measure["district"] is None
    assert [r["value"] for r in measure["readings"]] == [51, 50.1, 60, 70]
    assert "51, 50.1, 60, 70" in measure["reason"]
    assert set(measure) == {
        "rule", "district", "declared_at", "lifted_at", "reason", "readings",
    }  # fmt: skip
    assert set(found) == {"measures", "rejected_rows", "skipped_rules"}


def test_exactly_fifty_is_not_above(tmp_path):
    assert of(run(tmp_path, rows([51, 51, 51, 50, 51, 51, 51]))[0], "early_action") == []


def test_a_measure_that_is_not_lifted_stays_open(tmp_path):
    found, _ = run(tmp_path, rows([60] * 6))
    assert of(found, "early_action") == [(at(3), None)]


@pytest.mark.parametrize("hole", [None, "-", "", "NaN", "-3", "inf", "x", "1_0", "٦٠", "0x40"])
def test_a_missing_hour_breaks_a_run(tmp_path, hole):
    found, _ = run(tmp_path, rows([60, 60, 60, hole, 60, 60, 60]))
    assert of(found, "early_action") == []
    is_rejected = hole not in (None, "")
    assert [r["line"] for r in found["rejected_rows"]] == ([5] if is_rejected else [])


@pytest.mark.parametrize("hole", [None, "-", "", "NaN", "-3"])
def test_a_missing_hour_never_lifts(tmp_path, hole):
    found, _ = run(tmp_path, rows([60, 60, 60, 60, hole, hole, 60, 40]))
    assert of(found, "early_action") == [(at(3), at(7))]


def test_an_advisory_stays_in_force_beneath_its_warning(tmp_path):
    found, _ = run(tmp_path, rows([80, 75, 150, 160, 74, 36, 34]))
    assert of(found, "advisory_pm25") == [(at(1), at(6))]
    assert of(found, "warning_pm25") == [(at(3), at(4))]


def test_the_limits_of_advisories_and_warnings_are_inclusive_above_and_strict_below(tmp_path):
    found, _ = run(tmp_path, rows([150, 150, 300, 300, 150, 100, 99], "pm10_ugm3"))
    assert of(found, "advisory_pm10") == [(at(1), at(6))]
    assert of(found, "warning_pm10") == [(at(3), at(5))]
    found, _ = run(tmp_path, rows([149.9, 150, 149.9, 150], "pm10_ugm3"))
    assert found["measures"] == []


def test_24_is_midnight_of_the_next_day_and_the_second_of_two_stamps_is_rejected(tmp_path):
    text = (
        "time,pm25_ugm3\n2018-12-31 22:00,60\n2018-12-31 23:00,60\n2018-12-31 24:00,60\n"
        "2019-01-01 00:00,10\n2019-01-01T01:00,60\n"
    )
    found, _ = run(tmp_path, text)
    assert of(found, "early_action") == [(datetime(2019, 1, 1, 1), None)]
    assert [r["line"] for r in found["rejected_rows"]] == [5]
    assert "line 4" in found["rejected_rows"][0]["reason"]


def test_the_first_of_two_stamps_counts_even_where_its_value_is_rejected(tmp_path):
    text = rows([60, 60, 60]) + "2019-03-01T03:00,-\n2019-03-01T03:00,60\n"
    found, _ = run(tmp_path, text)
    assert found["measures"] == []
    assert [r["line"] for r in found["rejected_rows"]] == [5, 6]


def test_times_come_back_in_the_offset_of_the_input(tmp_path):
    lines = "".join(f"2019-02-28T{hour}:00:00Z,60\n" for hour in range(15, 19))
    found, _ = run(tmp_path, "time,pm25_ugm3\n" + lines)
    (measure,) = found["measures"]
    assert measure["declared_at"] == "2019-02-28T18:00:00+00:00"
    assert measure["readings"][0]["time"] == "2019-02-28T15:00:00+00:00"
    found, _ = run(tmp_path, "time,pm25_ugm3\n" + lines.replace("Z", "-05:30"))
    assert found["measures"][0]["declared_at"] == "2019-02-28T18:00:00-05:30"


def test_one_instant_in_two_offsets_is_a_duplicate(tmp_path):
    text = "time,pm25_ugm3\n2019-03-01T09:00,60\n2019-03-01T00:00Z,60\n2019-02-28T19:00-05:00,6\n"
    assert [r["line"] for r in run(tmp_path, text)[0]["rejected_rows"]] == [3, 4]


def test_a_decision_is_taken_at_17_city_time_whatever_the_offset(tmp_path):
    lines = "".join(
        f"{datetime(2019, 2, 28, 15) + n * HOUR:%Y-%m-%dT%H:%M}Z,60\n" for n in range(1, 25)
    )
    found, _ = run(tmp_path, "time,pm25_ugm3\n" + lines, "date,pm25_mean_ugm3\n2019-03-02,60\n")
    (measure,) = [m for m in found["measures"] if m["rule"] == "emergency_reduction"]
    assert measure["declared_at"] == "2019-03-01T08:00:00+00:00"


def day(values: list, after: int = 0) -> str:
    """Return a day of hours 01:00 to 24:00, and `after` quiet hours of the next."""
    return rows([*values, *([5] * after)], start=START + HOUR)


FORECAST = "date,pm25_mean_ugm3\n2019-03-02,{}\n"
DECIDED, OVER = at(17), at(24 + 21)


@pytest.mark.parametrize(
    ("values", "tomorrow", "clause"),
    [
        ([51] * 16 + [5] * 8, 51, "Today's mean is 51"),
        ([30] * 14 + [80, 80] + [5] * 8, 51, "Issued today: PM2.5 advisory"),
        ([30] * 15 + [80, 80] + [5] * 7, 51, "Issued today: PM2.5 advisory"),
        ([5] * 24, 76, "above 75 (very bad)"),
    ],
)
def test_each_clause_of_emergency_reduction_is_enough(tmp_path, values, tomorrow, clause):
    found, _ = run(tmp_path, day(values, after=21), FORECAST.format(tomorrow))
    assert of(found, "emergency_reduction") == [(DECIDED, OVER)]
    measure = next(m for m in found["measures"] if m["rule"] == "emergency_reduction")
    assert clause in measure["reason"]
    assert [r["value"] for r in measure["readings"]][:16] == values[:16]


@pytest.mark.parametrize(
    ("values", "tomorrow"),
    [
        ([50] * 24, 51),
        ([51] * 24, 50),
        ([5] * 24, 75),
        ([49] * 16 + [200] + [5] * 7, 51),  # 17:00 is not in the mean; one hour is no advisory
        ([30] * 17 + [80, 80] + [5] * 5, 51),  # issued at 19:00: not known at 17:00
        ([51] * 16, 51),  # the series ends at 16:00, before the decision
    ],
)
def test_no_emergency_reduction_without_a_whole_clause(tmp_path, values, tomorrow):
    found, _ = run(tmp_path, day(values), FORECAST.format(tomorrow))
    assert of(found, "emergency_reduction") == []


def test_an_emergency_reduction_is_open_until_21_of_the_next_day(tmp_path):
    values = [51] * 24
    found, _ = run(tmp_path, day(values, after=20), FORECAST.format(60))
    assert of(found, "emergency_reduction") == [(DECIDED, None)]
    found, _ = run(tmp_path, day(values, after=21), FORECAST.format(60))
    assert of(found, "emergency_reduction") == [(DECIDED, OVER)]


def test_two_days_in_a_row_are_two_measures(tmp_path):
    forecast = FORECAST.format(60) + "2019-03-03,60\n"
    found, _ = run(tmp_path, rows([60] * 70, start=START + HOUR), forecast)
    assert of(found, "emergency_reduction") == [
        (DECIDED, OVER), (DECIDED + 24 * HOUR, OVER + 24 * HOUR),
    ]  # fmt: skip


def test_a_decision_needs_no_row_at_17(tmp_path):
    values = [51] * 16 + [None, 5]
    found, _ = run(tmp_path, rows(values, start=START + HOUR), FORECAST.format(60))
    assert of(found, "emergency_reduction") == [(DECIDED, None)]


def test_rules_without_forecast_or_column_are_named(tmp_path):
    found, messages = run(tmp_path, rows([60] * 4))
    assert "emergency_reduction" in found["skipped_rules"]
    assert set(found["skipped_rules"]) == {
        "emergency_reduction", "advisory_pm10", "warning_pm10",
    }  # fmt: skip
    assert "emergency_reduction: skipped" in messages
    full = "time,pm25_ugm3,pm10_ugm3\n2019-03-01T01:00,1,2\n"
    assert run(tmp_path, full)[0]["skipped_rules"] == ["emergency_reduction"]
    assert run(tmp_path, full, FORECAST.format(60))[0]["skipped_rules"] == []


def test_districts_are_kept_apart(tmp_path):
    lines = ["time,district,pm25_ugm3"]
    for n in range(4):
        lines += [f"{at(n):%Y-%m-%dT%H:%M},11440,{60 + n}", f"{at(n):%Y-%m-%dT%H:%M},11680,40"]
    lines += ["2019-03-01T01:00,,60", "2019-03-01T01:00,11440,60"]
    found, _ = run(tmp_path, "\n".join(lines))
    assert [(m["rule"], m["district"]) for m in found["measures"]] == [("early_action", "11440")]
    assert [r["line"] for r in found["rejected_rows"]] == [10, 11]


def test_rows_out_of_order_are_sorted_and_said(tmp_path):
    head, *lines = rows([60, 61, 62, 63, 40]).splitlines()
    found, messages = run(tmp_path, "\n".join([head, *reversed(lines)]))
    assert of(found, "early_action") == [(at(3), at(4))]
    assert [r["value"] for r in found["measures"][0]["readings"]] == [60, 61, 62, 63]
    assert "out of order" in messages


def test_bom_crlf_spaces_and_blank_lines_do_no_harm(tmp_path):
    text = "\ufeff time , pm25_ugm3 \r\n" + "".join(
        f" {at(n):%Y-%m-%d %H:%M} , 60 \r\n\r\n" for n in range(4)
    )
    found, _ = run(tmp_path, text)
    assert of(found, "early_action") == [(at(3), None)]
    assert found["rejected_rows"] == []


@pytest.mark.parametrize(
    "stamp",
    [
        "2019-03-01T03:30", "2019-03-01T03:00:01", "2019-03-01T24:30", "2019-03-01T25:00",
        "2019-02-29T03:00", "2019-03-01", "03:00", "", "yesterday", "2019-13-01T03:00",
        "0001-01-01T00:00", "9999-12-31T24:00", "2019-03-01T03:00+25:00", "2019-3-1 3:00",
    ],
)  # fmt: skip
def test_a_stamp_that_is_no_end_of_an_hour_is_rejected(tmp_path, stamp):
    text = rows([60, 60, 60]) + f"{stamp},60\n"
    found, _ = run(tmp_path, text)
    assert found["measures"] == []
    assert [r["line"] for r in found["rejected_rows"]] == [5]


def test_rows_that_are_no_rows_are_rejected_and_the_next_ones_read(tmp_path):
    text = rows([60]) + '"2019-03-01T01:00,60\n2019-03-01T01:00\n2019-03-01T01:00,60,7\n'
    text = text.encode() + b"2019-03-01T01:00,\xff\n" + rows([60], start=at(2)).encode()[15:]
    found, _ = run(tmp_path, text)
    assert [r["line"] for r in found["rejected_rows"]] == [3, 4, 5, 6]


def test_pm25_above_pm10_is_flagged_kept_and_counts(tmp_path):
    lines = "".join(f"{at(n):%Y-%m-%dT%H:%M},60,30\n" for n in range(4))
    found, messages = run(tmp_path, "time,pm25_ugm3,pm10_ugm3\n" + lines)
    assert of(found, "early_action") == [(at(3), None)]
    assert found["rejected_rows"] == []
    assert "PM2.5 above PM10 (flagged, kept, counts) in line 2, 3, 4, 5" in messages


def test_a_gzipped_series_is_read_whatever_its_name(tmp_path):
    found, _ = run(tmp_path, gzip.compress(rows([60] * 4).encode()))
    assert len(found["measures"]) == 1


def test_a_header_alone_is_a_series_without_hours(tmp_path):
    found, _ = run(tmp_path, "time,pm25_ugm3\n", FORECAST.format(60))
    assert found["measures"] == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"", "is empty"),
        (b"when,pm25_ugm3\n", "'time'"),
        (b"time,pm25\n", "pm25_ugm3"),
        (b"time,pm25_ugm3,pm25_ugm3\n", "twice"),
        (b"\x1f\x8bnot gzip", "gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, text, names):
    with pytest.raises(Invalid) as caught:
        run(tmp_path, text)
    assert "series.csv" in caught.value.message
    assert names in caught.value.message


def test_bad_rows_of_a_forecast_are_rejected_and_named(tmp_path):
    forecast = "date,pm25_mean_ugm3\n2019-03-02,-\n2019-03-02,60\n2019-03-02,1\nx,60\n2019-3-4,5\n"
    found, _ = run(tmp_path, day([51] * 24), forecast)
    assert of(found, "emergency_reduction") == [(DECIDED, None)]
    assert [r["line"] for r in found["rejected_rows"]] == [2, 4, 5, 6]
    assert all("forecast.csv" in r["reason"] for r in found["rejected_rows"])


def test_all_values_are_profile_data(tmp_path):
    text = RULES.read_text(encoding="utf-8")
    changed = tmp_path / "air.yaml"
    changed.write_text(
        text.replace("declare: {above: 50, hours: 4}", "declare: {above: 20, hours: 3}")
        .replace("lift: {at_or_below: 50}", "lift: {at_or_below: 15}")
        .replace('decide_at: "17:00"', 'decide_at: "18:30"')
        .replace('ends: "21:00"', 'ends: "20:00"')
        .replace("time_zone: Asia/Seoul", "time_zone: America/Bogota"),
        encoding="utf-8",
    )
    found, _ = run(tmp_path, day([21] * 20 + [16, 15, 5, 5], 24), FORECAST.format(90), changed)
    assert of(found, "early_action") == [(at(3), at(22))]
    (measure,) = [m for m in found["measures"] if m["rule"] == "emergency_reduction"]
    assert measure["declared_at"] == "2019-03-01T18:30:00-05:00"
    assert measure["lifted_at"] == "2019-03-02T20:00:00-05:00"


values = st.one_of(
    st.none(),
    st.sampled_from(["-", "", "-1"]),
    st.sampled_from([0, 34, 35, 50, 51, 60, 74, 75, 80, 99, 100, 149, 150, 151, 299, 300, 310]),
)
steps = st.tuples(values, values, st.booleans(), st.integers(1, 6))


@given(
    series=st.lists(steps, min_size=1, max_size=60),
    forecast=st.lists(st.sampled_from([None, 40, 50, 51, 75, 76, 90]), min_size=8, max_size=8),
    first=st.integers(0, 23),
    shuffled=st.randoms(use_true_random=False),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_engine_and_reference_agree_on_any_series(tmp_path, series, forecast, first, shuffled):
    """Gaps, faulty values, repeated stamps and rows out of order."""
    hours: dict = {}
    lines, now = [], START + first * HOUR
    for pm25, pm10, is_repeated, step in series:
        now += (1 if step < 5 else step) * HOUR
        if pm25 is None and pm10 is None:
            continue
        row = {"pm25_ugm3": pm25, "pm10_ugm3": pm10}
        hours[now] = {k: float(v) for k, v in row.items() if isinstance(v, int)}
        cells = ["" if v is None else str(v) for v in row.values()]
        lines.append((f"{now:%Y-%m-%dT%H:%M}", *cells))
        if is_repeated:
            lines.append((f"{now:%Y-%m-%dT%H:%M}", "90", "320"))
    blocks = [lines[i : i + 10] for i in range(0, len(lines), 10)]
    if len({line[0] for line in lines}) == len(lines):  # else the first of two must stay first
        shuffled.shuffle(blocks)
    text = "time,pm25_ugm3,pm10_ugm3\n" + "".join(f"{','.join(r)}\n" for b in blocks for r in b)
    means = {
        (START + timedelta(days=n)).date(): float(v)
        for n, v in enumerate(forecast)
        if v is not None
    }
    told_means = "date,pm25_mean_ugm3\n" + "".join(f"{d},{v}\n" for d, v in means.items())
    found, _ = run(tmp_path, text, told_means)
    got = told(found)
    assert set(got) == reference.all_measures(hours, means)
    assert len(got) == len(set(got))
