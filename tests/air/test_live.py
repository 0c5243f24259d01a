"""Hours from stations become district hours and measures, once in effect, in event time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from madang.access.api import Actor
from madang.air import api
from madang.air.hours import close_waiting, take_hours
from madang.air.models import DistrictHour, Measure, RuleState
from madang.kernel import audit
from madang.kernel.bus.message import Message
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.kernel.times import fixed_clock
from madang.notices import api as notices
from tests.air import reference_measures as reference
from tests.air.conftest import MAPO, SEOUL, city_time, feed

pytestmark = [pytest.mark.data, pytest.mark.django_db]

HOUR = timedelta(hours=1)
OFFICER = Actor(id="user:7", name="kim", roles=frozenset({"officer"}), aal=2)
START = city_time(2019, 3, 1, 1)


def hours(*values, start: datetime = START):
    return [(start + n * HOUR, float(v)) for n, v in enumerate(values) if v is not None]


def declare(station, origin: str = "replayed") -> int:
    """Return an early action that awaits approval."""
    feed(station(origin=origin)["pm25"], "pm25", hours(60, 61, 62, 63))
    return Measure.objects.get(rule="early_action").pk


def test_the_replayed_file_gives_what_the_reference_gives(station, shared):
    streams = station()
    found, _ = reference.read(shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz")
    forecast = reference.next_day_means(found)
    api.record_forecasts(forecast, "test")
    ends = sorted(found)
    for first in range(0, len(ends), 500):
        for pollutant in ("pm25", "pm10"):
            chunk = [
                (at.replace(tzinfo=SEOUL), found[at][f"{pollutant}_ugm3"])
                for at in ends[first : first + 500]
            ]
            feed(streams[pollutant], pollutant, chunk)
    got = {
        (m.rule, *(t and t.astimezone(SEOUL).replace(tzinfo=None)
                   for t in (m.declared_at, m.lifted_at)))
        for m in Measure.objects.all()
    }  # fmt: skip
    assert got == reference.all_measures(found, forecast)
    assert Measure.objects.count() == len(got)
    assert {m.origin for m in Measure.objects.all()} == {"replayed"}


def test_a_message_of_hours_declares_a_measure_with_its_readings(station):
    ds = station()["pm25"]
    ends = [START + n * HOUR for n in range(4)]
    batch = pa.record_batch({
        "ds": pa.array([ds] * 4, pa.uint32()),
        "t": pa.array([int(e.timestamp() * 1000) for e in ends], pa.int64()),
        "n": pa.array([1] * 4, pa.uint32()),
        **{k: pa.array([60.5, 61.0, 62.0, 63.0]) for k in ("sum", "min", "max", "last")},
        "q": pa.array([0] * 4, pa.uint16()),
    })  # fmt: skip
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    take_hours(Message("madang.hours.pm25", sink.getvalue().to_pybytes()))
    (measure,) = api.measures_in_force()
    assert (measure.rule, measure.district, measure.origin) == ("early_action", MAPO, "replayed")
    assert [r.value for r in measure.readings] == [60.5, 61, 62, 63]
    assert measure.declared_at == ends[-1]
    assert "60.5, 61, 62, 63" in measure.reason["en"]
    assert "60,5; 61; 62; 63" in measure.reason["de"]  # a comma stands in the number already
    assert not any(tag.endswith("x-easy") for tag in measure.reason)  # said in no easy words
    assert "4시간 연속" in measure.reason["ko"]
    assert [a.id for a in measure.actions] == [
        "public_advisory", "odd_even_traffic", "construction_shutdown",
    ]  # fmt: skip
    assert len(measure.rule_digest) == 64
    names = list(OutboxEntry.objects.values_list("name", flat=True))
    assert names == ["air.measure_declared"]
    assert AuditEntry.objects.get(verb__startswith="air.").verb == "air.declare"


def test_the_same_hours_twice_have_one_effect(station):
    ds = station()["pm25"]
    for _ in range(2):
        feed(ds, "pm25", hours(60, 61, 62, 63, 40))
    assert Measure.objects.filter(rule="early_action").count() == 1
    assert DistrictHour.objects.count() == 5


def test_approval_moves_declared_to_in_force_and_leaves_declared_at(station):
    number = declare(station)
    before = api.measure(number)
    assert before.awaits_approval
    assert before.in_force_at is None
    api.approve(number, OFFICER)
    after = api.measure(number)
    assert after.status == "in_force"
    assert after.declared_at == before.declared_at
    assert after.in_force_at == before.declared_at  # event time of the replay
    assert after.approved_by == "user:7"
    assert not after.awaits_approval
    with pytest.raises(Conflict):
        api.approve(number, OFFICER)


@pytest.mark.parametrize("roles", [(), ("operator",)])
def test_only_an_officer_approves_and_lifts(station, roles):
    number = declare(station)
    actor = Actor(id="user:8", roles=frozenset(roles), aal=2)
    with pytest.raises(Forbidden):
        api.approve(number, actor)
    with pytest.raises(Forbidden):
        api.lift(number, actor, "because")
    assert api.measure(number).status == "declared"


def test_a_measure_that_nobody_approved_is_lifted_all_the_same(station):
    streams = station()
    feed(streams["pm25"], "pm25", hours(60, 61, 62, 63, 50))
    (measure,) = api.measures(rule="early_action")
    assert measure.status == "lifted"
    assert measure.in_force_at is None
    assert measure.lifted_at == START + 4 * HOUR
    assert notices.alerts() == []


def test_an_advisory_is_in_force_at_once_with_its_cap_alert_and_cancelled_when_lifted(station):
    ds = station(origin="real")["pm25"]
    feed(ds, "pm25", hours(80, 80))
    (advisory,) = api.measures(rule="advisory_pm25")
    assert advisory.status == "in_force"
    (alert,) = notices.alerts(f"measure:{advisory.id}")
    assert (alert.status, alert.message_type) == ("Actual", "Alert")
    feed(ds, "pm25", hours(34, start=START + 2 * HOUR))
    cancel, _ = notices.alerts(f"measure:{advisory.id}")
    assert cancel.message_type == "Cancel"
    assert alert.identifier.encode() in notices.document(cancel.identifier)
    assert [e.name for e in OutboxEntry.objects.order_by("pk")] == [
        "air.measure_declared", "air.measure_published", "air.measure_in_force",
        "air.measure_lifted",
    ]  # fmt: skip


def test_an_officer_lifts_with_a_reason_and_the_rule_does_not_lift_again(station):
    ds = station()["pm25"]
    feed(ds, "pm25", hours(60, 61, 62, 63))
    number = Measure.objects.get(rule="early_action").pk
    with pytest.raises(Invalid):
        api.lift(number, OFFICER, " ")
    api.lift(number, OFFICER, "road works on the bypass")
    with pytest.raises(Conflict):
        api.lift(number, OFFICER, "again")
    feed(ds, "pm25", hours(64, 40, start=START + 4 * HOUR))
    measure = api.measure(number)
    assert measure.lifted_by == "user:7"
    assert measure.lifted_at == START + 3 * HOUR
    assert api.measures(rule="early_action") == [measure]


def test_an_unknown_measure_is_not_found():
    for call in (api.measure, api.cap_xml, lambda n: api.approve(n, OFFICER)):
        with pytest.raises(NotFound):
            call(4711)


def test_emergency_reduction_is_decided_when_the_hour_of_17_closes(station):
    ds = station()["pm25"]
    api.record_forecasts({datetime(2019, 3, 2).date(): 60.0}, "test")  # noqa: DTZ001
    feed(ds, "pm25", hours(*[51] * 16))
    assert api.measures(rule="emergency_reduction") == []
    feed(ds, "pm25", hours(5, start=city_time(2019, 3, 1, 17)))
    (measure,) = api.measures(rule="emergency_reduction")
    assert measure.declared_at == city_time(2019, 3, 1, 17)
    assert (measure.starts_at, measure.ends_at) == (
        city_time(2019, 3, 2, 6), city_time(2019, 3, 2, 21),
    )  # fmt: skip
    api.approve(measure.id, OFFICER)
    assert api.measure(measure.id).status == "declared"  # it starts tomorrow at 6
    feed(ds, "pm25", hours(*[5] * 13, start=city_time(2019, 3, 1, 18)))
    assert api.measure(measure.id).in_force_at == city_time(2019, 3, 2, 6)
    feed(ds, "pm25", hours(5, start=city_time(2019, 3, 2, 23)))
    assert api.measure(measure.id).lifted_at == city_time(2019, 3, 2, 21)


def test_the_newest_forecast_of_a_day_counts(station):
    ds = station()["pm25"]
    tomorrow = datetime(2019, 3, 2).date()  # noqa: DTZ001
    api.record_forecasts({tomorrow: 90.0}, "test")
    api.record_forecasts({tomorrow: 20.0}, "test")
    feed(ds, "pm25", hours(*[51] * 17))
    assert api.measures(rule="emergency_reduction") == []
    with pytest.raises(Invalid):
        api.record_forecasts({tomorrow: -1.0}, "test")
    with pytest.raises(Invalid):
        api.record_forecasts({tomorrow: float("nan")}, "test")


def test_live_time_passes_by_the_clock_where_no_data_comes(station):
    ds = station(origin="real")["pm25"]
    api.record_forecasts({datetime(2019, 3, 2).date(): 90.0}, "test")  # noqa: DTZ001
    feed(ds, "pm25", hours(*[5] * 14))
    with fixed_clock(city_time(2019, 3, 1, 17, 5)):
        close_waiting()
    assert api.measures(rule="emergency_reduction") == []
    with fixed_clock(city_time(2019, 3, 1, 17, 15)):
        close_waiting()
    (measure,) = api.measures(rule="emergency_reduction")
    assert measure.declared_at == city_time(2019, 3, 1, 17)
    with fixed_clock(city_time(2019, 3, 2, 21, 15)):
        close_waiting()
    assert api.measure(measure.id).lifted_at == city_time(2019, 3, 2, 21)


def test_a_replay_knows_no_clock(station):
    ds = station()["pm25"]
    api.record_forecasts({datetime(2019, 3, 2).date(): 90.0}, "test")  # noqa: DTZ001
    feed(ds, "pm25", hours(*[5] * 14))
    close_waiting()  # years later
    assert api.measures() == []


def test_a_district_hour_is_the_mean_of_its_stations_and_waits_for_them(station):
    one, two = station("one")["pm25"], station("two")["pm25"]
    feed(one, "pm25", hours(60))
    assert not DistrictHour.objects.get().is_closed
    feed(two, "pm25", hours(40))
    hour = DistrictHour.objects.get()
    assert hour.is_closed
    assert hour.value == 50
    assert api.district_series(MAPO, "pm25")[0].stations == 2


def test_an_hour_closes_without_a_silent_station_when_the_next_one_comes(station):
    one, two = station("one")["pm25"], station("two")["pm25"]
    feed(one, "pm25", hours(60, 61))
    first, second = DistrictHour.objects.order_by("end")
    assert (first.is_closed, first.value, second.is_closed) == (True, 60, False)
    feed(two, "pm25", hours(40))  # too late: what was decided stays
    assert DistrictHour.objects.order_by("end").first().value == 60


def test_an_hour_closes_after_the_grace_time(station):
    one = station("one", origin="real")["pm25"]
    station("two", origin="real")
    feed(one, "pm25", hours(60))
    close_waiting()
    assert not DistrictHour.objects.get().is_closed
    with fixed_clock(datetime.now(UTC) + timedelta(minutes=11)):
        close_waiting()
    assert DistrictHour.objects.get().value == 60


def test_too_few_stations_make_no_hour_and_break_a_run(station):
    one, two, three = (station(name)["pm25"] for name in ("one", "two", "three"))
    feed(one, "pm25", hours(60, 60, 60, 60, 60))
    assert Measure.objects.count() == 0
    assert (
        list(DistrictHour.objects.filter(is_closed=True).values_list("value", flat=True))
        == [None] * 4
    )
    assert two != three


def test_an_hour_with_too_few_readings_does_not_count(station):
    ds = station(period_s=300)["pm25"]  # twelve readings an hour
    feed(ds, "pm25", hours(60, 60, 60), n=12)
    feed(ds, "pm25", hours(60, start=START + 3 * HOUR), n=8)
    assert Measure.objects.count() == 0
    feed(ds, "pm25", hours(60, 60, 60, 60, start=START + 4 * HOUR), n=9)
    assert Measure.objects.get().declared_at == START + 7 * HOUR


def test_stations_of_other_classes_and_without_district_do_not_count(station):
    feed(station("school", station_class="school")["pm25"], "pm25", hours(*[90] * 5))
    feed(station("lost", district="")["pm25"], "pm25", hours(*[90] * 5))
    assert DistrictHour.objects.count() == 0


def test_real_and_simulated_hours_never_mix(station):
    real, made = station(origin="real")["pm25"], station(origin="simulated")["pm25"]
    feed(real, "pm25", hours(*[20] * 4))
    feed(made, "pm25", hours(*[90] * 4))
    assert {m.origin for m in api.measures()} == {"simulated"}
    assert RuleState.objects.count() == 2


def test_simulated_measures_are_tests_in_cap(station):
    feed(station(origin="simulated")["pm25"], "pm25", hours(80, 80))
    (alert,) = notices.alerts()
    assert alert.status == "Test"
    assert b"Simulated data" in notices.document(alert.identifier)


def test_a_public_alert_is_written_in_the_languages_of_the_profile_for_alerts(station):
    feed(station(origin="simulated")["pm25"], "pm25", hours(80, 80))
    (alert,) = notices.alerts()
    document = notices.document(alert.identifier).decode()
    assert re.findall(r"<language>(.*?)</language>", document) == ["ko", "en"]
    (measure,) = api.measures()
    assert len(measure.name) > 20, "its words are there in all languages"


def test_a_measure_awaiting_approval_has_a_draft_document(station):
    number = declare(station)
    assert b"<status>Draft</status>" in api.cap_xml(number)
    api.approve(number, OFFICER)
    assert b"<status>Test</status>" in api.cap_xml(number)


def test_every_turn_is_in_the_audit_log_and_the_log_verifies(station):
    number = declare(station)
    api.approve(number, OFFICER)
    api.lift(number, OFFICER, "done")
    ours = AuditEntry.objects.filter(verb__startswith="air.").order_by("id")
    verbs = list(ours.values_list("verb", flat=True))
    assert verbs == ["air.declare", "air.approve", "air.put_in_force", "air.lift"]
    entry = AuditEntry.objects.last()
    assert audit.leaf_of(entry).hex() == entry.leaf
