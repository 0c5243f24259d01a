"""Series, closed hours and live state through the door of telemetry, on a real store."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from madang.kernel.errors import Invalid, NotFound
from madang.telemetry import api, models
from madang.telemetry.history import last_heard
from tests.telemetry.lake_double import answering, emptied, lake_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with lake_in(tmp_path_factory.mktemp("lake")) as store:
        yield store


@pytest.fixture
def lake(store, monkeypatch):
    yield answering(store, monkeypatch)
    emptied(store)


@pytest.fixture
def streams(lake):
    api.create_gateway("air", "real")
    gateway = models.Gateway.objects.get(name="air")
    sensor = models.Sensor.objects.create(gateway=gateway, name="s")
    thing = models.Thing.objects.create(gateway=gateway, name="t")
    made = []
    for name, resolution in (("x_tenth", 0.1), ("x_exact", 0.0)):
        kind = models.ObservedProperty.objects.create(
            id=name, name=name, definition=name, resolution=resolution
        )
        stream = models.Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=kind, name=name, unit={}
        )
        made.append(stream.pk)
    return made


def _lists(found):
    return {name: values.tolist() for name, values in found.items()}


def test_a_series_has_its_start_and_not_its_end(lake, streams):
    tenth, _ = streams
    lake.observe({tenth: [1.1, 1.2, 1.3, 1.4]}, NOON)
    found = api.series(tenth, NOON + MINUTE, NOON + 3 * MINUTE)
    assert list(found) == ["t", "v", "q"]
    assert found["v"].tolist() == [1.2, 1.3]
    assert found["t"][0] == int((NOON + MINUTE).timestamp()) * 1000


def test_what_is_missing_stays_missing(lake, streams):
    tenth, _ = streams
    lake.insert(
        "obs",
        ds=pa.array([tenth], pa.uint32()),
        t=pa.array([NOON], pa.timestamp("s", "UTC")),
        v=pa.array([-2147483648], pa.int32()),
        q=pa.array([4], pa.uint16()),
    )
    [value] = api.series(tenth, NOON, NOON + MINUTE)["v"]
    assert math.isnan(value)


def test_an_exact_series_keeps_every_bit_and_the_millisecond(lake, streams):
    _, exact = streams
    moment = NOON + timedelta(milliseconds=123)
    lake.insert(
        "obs_ms",
        ds=pa.array([exact], pa.uint32()),
        t=pa.array([moment], pa.timestamp("ms", "UTC")),
        v=pa.array([1 / 3], pa.float64()),
        q=pa.array([0], pa.uint16()),
    )
    found = api.series(exact, NOON, NOON + MINUTE)
    assert _lists(found) == {
        "t": [int(moment.timestamp() * 1000)],
        "v": [1 / 3],
        "q": [0],
    }
    assert api.latest([exact])["v"].tolist() == [1 / 3]


def _hour(lake, ds: int, n: int, total: float) -> None:
    lake.insert(
        "obs_1h",
        ds=pa.array([ds], pa.uint32()),
        t=pa.array([NOON], pa.timestamp("s", "UTC")),
        n=pa.array([n], pa.uint32()),
        q=pa.array([0], pa.uint16()),
        **{name: pa.array([total], pa.float64()) for name in ("sum", "min", "max", "last")},
    )


def test_of_an_hour_closed_twice_the_fuller_one_counts(lake, streams):
    tenth, exact = streams
    _hour(lake, tenth, 50, 500.0)
    _hour(lake, tenth, 60, 630.0)
    _hour(lake, exact, 60, 1.0)
    found = api.hours("x_tenth", NOON, NOON + MINUTE)
    assert [found[name].tolist() for name in ("ds", "n", "sum")] == [[tenth], [60], [630.0]]
    assert not len(api.hours("x_tenth", NOON, NOON + MINUTE, ds=[exact])["t"])
    hourly = api.series(tenth, NOON, NOON + MINUTE, "hour")
    assert hourly["n"].tolist() == [60]
    assert "ds" not in hourly


def test_an_unknown_datastream_or_resolution_is_named(lake, streams):
    with pytest.raises(NotFound, match="4711"):
        api.series(4711, NOON, NOON)
    with pytest.raises(Invalid, match="daily"):
        api.series(streams[0], NOON, NOON, "daily")


def test_who_was_heard_at_a_moment_is_told_from_both_tables(lake, streams):
    tenth, exact = streams
    lake.observe({tenth: [1.1, 1.2, 1.3]}, NOON)
    lake.insert(
        "obs_ms",
        ds=pa.array([exact], pa.uint32()),
        t=pa.array([NOON + timedelta(milliseconds=500)], pa.timestamp("ms", "UTC")),
        v=pa.array([2.0]),
        q=pa.array([0], pa.uint16()),
    )
    noon = int(NOON.timestamp()) * 1000
    assert _lists(last_heard(NOON + MINUTE, 3600)) == {
        "ds": [tenth, exact], "t": [noon + 60_000, noon + 500],
    }  # fmt: skip
    late = last_heard(NOON + 3 * MINUTE, 90)
    assert _lists(late) == {"ds": [tenth], "t": [noon + 120_000]}
    assert _lists(last_heard(NOON - MINUTE, 3600)) == {"ds": [], "t": []}
