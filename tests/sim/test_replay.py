"""What replay reads from a file, and what it says of the file's own faults."""

from __future__ import annotations

import gzip
from zoneinfo import ZoneInfo

import pytest

from madang_sim.doors import Refused
from madang_sim.replay import Report, _look_at, daily_means, moment, rows_of

SEOUL = ZoneInfo("Asia/Seoul")


def read(path):
    report = Report()
    rows = list(rows_of(path, SEOUL, report))
    _look_at(rows, report)
    return rows, report


def test_midnight_written_as_24_is_the_next_day():
    assert moment("2018-01-01 24:00", SEOUL) == moment("2018-01-02 00:00", SEOUL)


def test_a_date_alone_ends_with_its_day():
    assert moment("2018-01-01", SEOUL) == moment("2018-01-02T00:00+09:00", SEOUL)


def test_an_offset_in_the_file_wins():
    assert moment("2018-01-01T00:00Z", SEOUL).isoformat() == "2018-01-01T00:00:00+00:00"


def test_the_faults_of_a_file_are_counted(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "time,pm25_ugm3,pm10_ugm3\n"
        "2018-01-01 22:00,10,20\n2018-01-01 22:00,11,20\n"
        "2018-01-01 24:00,30,20\nyesterday,1,1\n2018-01-02 01:00,-,20\n"
    )
    rows, report = read(path)
    assert len(rows) == 4
    assert report.unreadable == [{"line": 5, "reason": "no time: 'yesterday'"}]
    assert (report.duplicate_stamps, report.missing_hours) == (1, 1)
    assert (report.midnight_as_24, report.pm25_above_pm10) == (1, 1)


def test_a_compressed_file_reads_the_same(tmp_path):
    text = "time,pm25_ugm3\n2018-01-01 01:00,10\n"
    (tmp_path / "a.csv").write_text(text)
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write(text)
    assert read(tmp_path / "a.csv")[0] == read(tmp_path / "a.csv.gz")[0]


def test_a_file_without_pollutants_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("time,temperature\n2018-01-01 01:00,3\n")
    with pytest.raises(Refused, match="pm25_ugm3"):
        read(path)


def test_the_hour_that_ends_at_midnight_belongs_to_the_day_before(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "time,pm25_ugm3\n2018-01-01 23:00,10\n2018-01-01 24:00,30\n2018-01-02 01:00,7\n"
    )
    assert daily_means(path, SEOUL) == {"2018-01-01": 20.0, "2018-01-02": 7.0}


def test_the_real_file_is_read_whole(shared):
    _, report = read(shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz")
    assert report.rows == 17_520
    assert not report.unreadable
    assert (report.midnight_as_24, report.duplicate_stamps, report.missing_hours) == (730, 24, 24)
