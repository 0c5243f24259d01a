"""The workforce commands: what they print, what files they read, and what they refuse."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from madang.callcentre.cli_forecast import forecast
from madang.callcentre.cli_schedule import schedule
from madang.callcentre.cli_simulate import simulate
from madang.callcentre.cli_staffing import staffing
from madang.kernel.errors import Invalid

HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 6, 7, 8, 8, 7, 6, 4, 3, 3, 2, 2, 1)


def run(command, *arguments):
    result = CliRunner().invoke(command, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(command, *arguments):
    with pytest.raises(Invalid) as error:
        CliRunner().invoke(command, [*map(str, arguments)], catch_exceptions=False)
    return error.value.message


def write(path, rows, head="start,calls,aht_s"):
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def day(tmp_path):
    rows = [f"{n // 2:02d}:{30 * (n % 2):02d},{20 * HOURS[n // 2]},240" for n in range(48)]
    return write(tmp_path / "day.csv", rows)


def asked(calls="100", aht="180", **more):
    given = {"calls-per-interval": calls, "interval": "30m", "aht": aht, "target": "80/20", **more}
    return [text for name, value in given.items() for text in (f"--{name}", value)]


def test_the_published_example():
    found = run(staffing, *asked())
    assert found["agents"] == 14
    assert found["service_level"] == pytest.approx(0.8884, rel=1e-3)
    assert found["occupancy"] == pytest.approx(0.7143, rel=1e-3)
    assert found["p_wait"] == pytest.approx(0.1741, rel=1e-3)
    assert found["erlangs"] == 10
    assert found["model"] == "erlang-c"
    assert "abandonment" not in found
    assert found["inputs"]["interval_s"] == 1800


def test_patience_makes_it_erlang_a():
    found = run(staffing, *asked(patience="5m", shrinkage="0.3"))
    assert (found["agents"], found["on_duty"]) == (13, 19)
    assert found["model"] == "erlang-a"
    assert found["abandonment"] == pytest.approx(0.02496, rel=1e-3)


def test_overload_is_said():
    found = run(staffing, *asked(agents="10"))
    assert found["overload"]
    assert found["service_level"] is None
    assert "grows without end" in found["message"]


def test_no_calls_need_nobody():
    assert run(staffing, *asked(calls="0"))["agents"] == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [("target", "100/20"), ("target", "fast"), ("interval", "0m"), ("aht", "-3"),
     ("calls-per-interval", "nan"), ("calls-per-interval", "-1"), ("patience", "long")],
)  # fmt: skip
def test_a_value_that_is_none_names_its_option(option, value):
    given = dict(zip(*[iter(asked())] * 2, strict=True)) | {f"--{option}": value}
    assert f"--{option}" in refused(staffing, *[t for pair in given.items() for t in pair])


def test_a_day_is_covered_and_free_starts_save(day):
    found = run(schedule, "--forecast", day, "--shrinkage", "0.2", "--time-limit", "5s")
    assert found["free"]["payroll"] < found["fixed"]["payroll"]
    assert found["saving_pct"] > 0
    assert len(found["fixed"]["starts"]) <= 3
    assert len(found["coverage"]) == 48
    assert all(row["scheduled"] >= row["required"] for row in found["coverage"])
    assert sum(one["operators"] for one in found["starts"]) == found["operators"]
    assert found["payroll"] >= found["operators"] * 7 / 5 - 1


def test_a_few_starts_lie_between_fixed_and_free(day):
    arguments = ("--forecast", day, "--time-limit", "3s")
    few = run(schedule, *arguments, "--max-starts", "5")
    free = run(schedule, *arguments, "--shifts", "free")
    assert len(few["free"]["starts"]) <= 5
    assert free["payroll"] <= few["payroll"] <= few["fixed"]["payroll"]


def test_agents_needed_are_taken_as_they_stand_in_any_spelling(tmp_path):
    rows = [f"{n:02d}:00–{n + 1:02d}:00,{max(h // 2, 1)}" for n, h in enumerate(HOURS)]
    path = write(tmp_path / "need.csv", rows, "interval,required")
    found = run(schedule, "--forecast", path, "--shifts", "free", "--time-limit", "5s")
    assert [row["required"] for row in found["coverage"]] == [max(h // 2, 1) for h in HOURS]
    assert found["fixed"] is None


def test_a_handling_time_that_nobody_gave_is_assumed_and_said(tmp_path):
    path = write(tmp_path / "short.csv", ["09:00,100", "09:30,80"], "start,calls")
    found = run(schedule, "--forecast", path, "--shift-length", "1h", "--shifts", "free")
    assert "240 s assumed" in found["warnings"][0]
    assert found["inputs"]["aht_s"] == 240
    known = run(schedule, "--forecast", path, "--aht", "240", "--shift-length", "1h",
                "--shifts", "free")  # fmt: skip
    assert known["warnings"] == []
    assert known["coverage"] == found["coverage"]


def test_agents_count_before_calls(tmp_path):
    path = write(tmp_path / "mixed.csv", ["09:00,100,7", "09:30,100,"], "start,calls,agents")
    found = run(schedule, "--forecast", path, "--aht", "180", "--shift-length", "1h")
    needed = {row["start"]: row["required"] for row in found["coverage"]}
    assert (needed["09:00"], needed["09:30"]) == (7, 14)


def test_a_centre_that_closes_keeps_its_hours(tmp_path):
    rows = [f"2026-11-23T{n:02d}:00,{20 * HOURS[n]}" for n in range(9, 18)]
    path = write(tmp_path / "open.csv", rows, "timestamp,volume")
    found = run(schedule, "--forecast", path, "--aht", "4m", "--shift-length", "6h")
    outside = [row for row in found["coverage"] if not "09" <= row["start"][11:13] < "18"]
    assert len(outside) == 15
    assert all(row["scheduled"] == 0 for row in outside)
    assert not found["inputs"]["round_the_clock"]


def test_named_people_get_the_shifts(tmp_path):
    rows = [f"2026-11-{23 + n // 24}T{n % 24:02d}:00,{2 if 9 <= n % 24 < 18 else 0}"
            for n in range(7 * 24)]  # fmt: skip
    need = write(tmp_path / "need.csv", rows, "start,agents")
    people = write(
        tmp_path / "people.csv",
        ["Kim,sun;2026-11-24,40", "Lee,mon tue,40", "Park,,52"],
        "name,days_off,weekly_hours",
    )
    found = run(schedule, "--forecast", need, "--shift-length", "9h", "--shifts", "free",
                "--operators", people)  # fmt: skip
    by_name = {one["name"]: one for one in found["assignment"]["operators"]}
    days = {name: {text[:10] for text in one["shifts"]} for name, one in by_name.items()}
    assert not days["Kim"] & {"2026-11-24", "2026-11-29"}
    assert not days["Lee"] & {"2026-11-23", "2026-11-24"}
    assert by_name["Park"]["hours"] <= 52
    worked = sum(len(one["shifts"]) for one in by_name.values())
    assert worked + found["assignment"]["unfilled_shifts"] == 14


@pytest.mark.parametrize(
    ("rows", "head", "told"),
    [
        (["09:00,ten,240"], "start,calls,aht_s", ":2: calls 'ten' is no number"),
        (["09:00,-1,240"], "start,calls,aht_s", ":2: calls '-1' is below zero"),
        (["09:00,,240"], "start,calls,aht_s", ":2: calls is empty"),
        (["nine,10,240"], "start,calls,aht_s", ":2: start 'nine' is no ISO 8601 time"),
        (["09:00,10,240", "09:00,12,240"], "start,calls,aht_s", ":3: start '09:00': same start"),
        (["09:00,10,0"], "start,calls,aht_s", ":2: aht_s '0' is not above 0"),
        (["09:00,10"], "when,calls", ":1: has no column start"),
        (["09:00,10"], "start,people", ":1: has no column calls or agents"),
        (["09:00,10,240", "2026-11-23,1,240"], "start,calls,aht_s", ":3: start '2026-11-23': the"),
        (["09:00,10,240,1"], "start,calls,aht_s", ":2: has 4 cells, the header 3"),
        ([], "start,calls,aht_s", "has no row below its header"),
    ],
)
def test_a_file_that_cannot_be_used_names_line_and_field(tmp_path, rows, head, told):
    path = write(tmp_path / "bad.csv", rows, head)
    assert f"bad.csv{told}" in refused(schedule, "--forecast", path).replace("csv: ", "csv")


def test_people_that_cannot_be_used_name_line_and_field(tmp_path, day):
    bad = write(tmp_path / "people.csv", ["Kim,60"], "name,weekly_hours")
    told = refused(schedule, "--forecast", day, "--operators", bad, "--shifts", "free")
    assert "people.csv:2: weekly_hours '60' is no number above 0, at most 52" in told


def test_a_file_that_is_not_there(tmp_path):
    assert "none.csv" in refused(schedule, "--forecast", tmp_path / "none.csv")


@pytest.fixture
def past(tmp_path):
    rows = []
    for d in range(63):
        day = date(2026, 9, 1) + timedelta(days=d)
        for h in range(24):
            calls = 100 * HOURS[h] * (5 - d % 7 // 2) + (d * 7 + h) % 5
            rows.append(f"{day}T{h:02d}:00,{calls},250")
    return write(tmp_path / "past.csv", rows)


def test_a_history_is_carried_on(past, tmp_path):
    days = write(tmp_path / "days.csv", ["2026-10-09"], "2026-09-25")
    out = tmp_path / "out.csv"
    found = run(forecast, "--history", past, "--days", "7", "--holidays", days, "--out", out)
    assert found["first"] == "2026-11-03T00:00"
    assert len(found["intervals"]) == 7 * 24
    assert found["fitted_on"]["holidays"] == 2
    assert {"wape", "naive_wape", "skill"} <= set(found["held_out"])
    one = found["intervals"][9]
    assert one["low"] <= one["calls"] <= one["high"]
    assert one["aht_s"] == 250
    planned = run(schedule, "--forecast", out, "--shifts", "free", "--time-limit", "3s")
    assert planned["days"] == 7


def test_a_history_needs_dates_and_length(tmp_path, past):
    days = write(tmp_path / "days.csv", [], "")
    short = write(tmp_path / "short.csv", ["2026-11-01T09:00,3"], "start,calls")
    told = refused(forecast, "--history", short, "--holidays", days)
    assert "short.csv: 1 days of history" in told
    undated = write(tmp_path / "undated.csv", ["09:00,3"], "start,calls")
    assert "have no dates" in refused(forecast, "--history", undated, "--holidays", days)
    rain = write(tmp_path / "rain.csv", ["2026-09-01,1.5", "2026-09-02,0"], "start,rain_mm")
    told = refused(forecast, "--history", past, "--holidays", days, "--regressors", rain)
    assert "rain.csv: says nothing of 2026-09-03 00:00" in told


def test_a_simulation_says_that_it_is_one():
    found = run(simulate, "--calls-per-interval", "100", "--aht", "180", "--agents", "14",
                "--hours", "40", "--seeds", "3")  # fmt: skip
    assert found["simulated"] is True
    level = found["service_level"]
    assert level["low"] < level["value"] < level["high"]
    assert level["value"] == pytest.approx(0.888, abs=0.03)
    assert found["assumptions"]["languages"]["any"]["aht_s"] == 180


SCENARIO = """
languages:
  ko: {calls: 60, aht_s: 240, patience_s: 180}
  en: {calls: [2, 4], aht_s: 300}
operators:
  - {count: 12, skills: [ko], start: "00:00", to: "12:00"}
  - {count: 12, skills: [ko], start: "12:00", to: "24:00"}
  - {count: 2, skills: [ko, en]}
rules: {interpreter_after_s: 30, interpreters: 1, interpreted: 1.5}
bot: {share: 0.3, closes: 0.5}
"""


def test_a_scenario_of_languages(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    found = run(simulate, "--scenario", path, "--seeds", "2")
    assert set(found["languages"]) == {"ko", "en"}
    assert found["closed_by_bot"]["value"] == pytest.approx(0.15, abs=0.03)
    assert found["assumptions"]["languages"]["en"]["calls"] == {"intervals": 2, "sum": 6.0}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("aht_s: 240", "aht_s: -1", ":3: languages.ko.aht_s"),
        ("skills: [ko, en]", "skills: [ko, zh]", ":8: operators[2].skills: 'zh' is none"),
        ('to: "12:00"', 'to: "00:00"', ":6: operators[0].to: 00:00 is not after 00:00"),
        ("share: 0.3", "part: 0.3", ":10: bot.part: is no field here"),
    ],
)
def test_a_scenario_that_does_not_fit_names_line_and_field(tmp_path, old, new, told):
    path = tmp_path / "bad.yaml"
    path.write_text(SCENARIO.replace(old, new), encoding="utf-8")
    assert f"bad.yaml{told}" in refused(simulate, "--scenario", path)
