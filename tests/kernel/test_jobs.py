from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_tasks_db.models import DBTaskResult

from madang.kernel import audit, heartbeat, jobs, runner
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.models import AuditEntry, Heartbeat, ScheduledRun
from madang.kernel.registry import LocalZone, Schedule

from .offers import offer

SEOUL = ZoneInfo("Asia/Seoul")
HOURLY = Schedule("hourly", "5 * * * *", f"{__name__}:hourly", "Runs five past each hour.")
BROKEN = Schedule("broken", "0 17 * * *", f"{__name__}:broken", "Fails.")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def hourly() -> None:
    audit.record("system", "drill.hourly", "clock")


def broken() -> None:
    raise ValueError("the job is broken")


def zone_name() -> str:
    return "Asia/Seoul"


@pytest.fixture(autouse=True)
def house(monkeypatch):
    offer(monkeypatch, HOURLY, BROKEN, LocalZone(f"{__name__}:zone_name"))


def run_all() -> int:
    ran = 0
    while runner.run_next(heartbeat.identity("worker")):
        ran += 1
    return ran


def test_cron_is_read_in_the_citys_time_zone():
    assert jobs.due_after("0 17 * * *", NOON, SEOUL) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert jobs.due_before("0 17 * * *", NOON, SEOUL) == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_due_time_that_is_now_is_due():
    on_time = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert jobs.due_before("0 17 * * *", on_time, SEOUL) == on_time


def test_a_due_time_follows_the_clocks_of_a_zone_with_summer_time():
    berlin = ZoneInfo("Europe/Berlin")
    winter = jobs.due_after("0 12 * * *", datetime(2026, 3, 28, 0, tzinfo=UTC), berlin)
    summer = jobs.due_after("0 12 * * *", datetime(2026, 3, 29, 0, tzinfo=UTC), berlin)
    assert (winter.hour, summer.hour) == (11, 10)


def test_nothing_comes_due_for_as_long_as_it_is_said():
    assert jobs.seconds_to_next(NOON) == 300.0
    assert jobs.seconds_to_next(NOON + timedelta(minutes=5)) == 3600.0


@pytest.mark.parametrize("cron", ["", "every hour", "* * * *", "61 * * * *", "* * * * * *"])
def test_what_is_no_cron_expression_is_refused(cron):
    with pytest.raises(Invalid):
        jobs.due_after(cron, NOON, SEOUL)


@pytest.mark.data
@pytest.mark.django_db
class TestOnTheDatabase:
    def test_a_schedule_seen_for_the_first_time_waits_for_its_next_due_time(self):
        assert jobs.queue_due(NOON) == []
        [run] = jobs.queue_due(NOON + timedelta(minutes=6))
        assert (run.schedule, run.due_at) == ("hourly", NOON + timedelta(minutes=5))
        assert run.coalesced == 0

    def test_a_due_time_runs_once_whoever_looks(self):
        jobs.queue_due(NOON)
        later = NOON + timedelta(minutes=6)
        assert len(jobs.queue_due(later)) == 1
        assert jobs.queue_due(later) == []
        assert run_all() == 1
        assert AuditEntry.objects.count() == 1

    def test_missed_due_times_are_coalesced_into_the_last(self):
        jobs.queue_due(NOON)
        [run] = jobs.queue_due(NOON + timedelta(hours=3, minutes=30))
        assert run.due_at == NOON + timedelta(hours=3, minutes=5)
        assert run.coalesced == 3
        assert run_all() == 1

    def test_a_clock_set_back_queues_nothing_twice(self):
        jobs.queue_due(NOON)
        jobs.queue_due(NOON + timedelta(minutes=6))
        assert jobs.queue_due(NOON - timedelta(hours=1)) == []
        assert jobs.queue_due(NOON + timedelta(minutes=30)) == []

    def test_a_clock_that_ran_years_ahead_holds_up_nothing_once_it_is_right_again(self):
        jobs.queue_due(NOON)
        assert len(jobs.queue_due(NOON + timedelta(days=3650))) == 2
        [run] = jobs.queue_due(NOON + timedelta(minutes=6))
        assert (run.schedule, run.due_at) == ("hourly", NOON + timedelta(minutes=5))

    def test_the_page_shows_how_the_last_run_went(self):
        jobs.run_now("hourly")
        jobs.run_now("broken")
        assert run_all() == 2
        states = {state.name: state for state in jobs.schedules()}
        assert (states["hourly"].state, states["hourly"].error) == ("done", "")
        assert states["hourly"].duration_s >= 0
        assert states["hourly"].zone == "Asia/Seoul"
        assert states["hourly"].next_due > datetime.now(UTC)
        assert states["broken"].state == "failed"
        assert states["broken"].error == "ValueError: the job is broken"

    def test_a_failed_job_shows_its_traceback(self):
        jobs.run_now("broken")
        run_all()
        [job] = jobs.recent(1)
        assert (job.state, job.name) == ("failed", "broken")
        assert "the job is broken" in job.error

    def test_an_unknown_schedule_is_said_to_be_unknown(self):
        with pytest.raises(NotFound):
            jobs.run_now("unheard-of")

    def test_the_job_of_a_dead_worker_runs_again(self):
        jobs.run_now("hourly")
        abandoned_by("worker@elsewhere:7.dead")
        assert runner.take_up_abandoned() == 1
        assert run_all() == 1
        assert AuditEntry.objects.count() == 1

    def test_the_job_of_a_living_worker_is_left_alone(self):
        jobs.run_now("hourly")
        heartbeat.beat("worker", NOON)
        abandoned_by(heartbeat.identity("worker"))
        assert runner.take_up_abandoned() == 0

    def test_a_job_that_takes_its_workers_down_is_given_up(self):
        jobs.run_now("hourly")
        for life in range(runner.STARTS):
            abandoned_by(f"worker@elsewhere:7.dead{life}")
            runner.take_up_abandoned()
        assert run_all() == 0
        assert jobs.recent(1)[0].state == "failed"
        [hourly_state, _] = jobs.schedules()
        assert "died" in hourly_state.error

    def test_a_run_whose_end_was_not_noted_is_not_done_twice(self):
        jobs.run_now("hourly")
        run_all()
        DBTaskResult.objects.update(status="READY")  # killed just before this was written
        assert run_all() == 1
        assert AuditEntry.objects.count() == 1

    def test_a_silent_worker_is_dead_and_a_fresh_one_lives(self):
        heartbeat.beat("worker", NOON)
        assert [life.process for life in heartbeat.alive("worker")] == [
            heartbeat.identity("worker")
        ]
        Heartbeat.objects.update(beat_at=datetime.now(UTC) - timedelta(seconds=30))
        assert heartbeat.alive("worker") == []
        assert heartbeat.forget_silent("worker") == 1


def abandoned_by(worker: str) -> None:
    row = DBTaskResult.objects.get()
    row.claim(worker)
    ScheduledRun.objects.update(state=ScheduledRun.State.RUNNING)
