"""Jobs in the background and by the clock, on the database.

    @jobs.task()
    def rebuild(district: str) -> None: ...

    rebuild.enqueue("11110")          # in the caller's transaction

Schedules are `registry.Schedule` offers. A due time is a row (`ScheduledRun`), written in the same
transaction that queues the job, so that it runs once with any number of workers; due times missed
while no worker ran are coalesced into the last of them. A job that a dying worker left behind runs
again from its start: jobs are written so that this does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from madang.kernel import times
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.models import ScheduledRun
from madang.kernel.registry import LocalZone, Schedule, load, registry
from madang.kernel.wake import wake

__all__ = ["JobRun", "ScheduleState", "recent", "run_now", "schedules", "task"]

_COUNTED = 10_000  # missed due times are counted up to here


@dataclass(frozen=True)
class ScheduleState:
    """A schedule as the jobs page shows it. Times are UTC; `duration_s` in seconds."""

    name: str
    room: str
    cron: str
    zone: str
    help: str
    next_due: datetime
    last_due: datetime | None
    state: str
    started_at: datetime | None
    finished_at: datetime | None
    duration_s: float | None
    coalesced: int
    attempts: int
    error: str


@dataclass(frozen=True)
class JobRun:
    """One job; `name` is the schedule's where it runs by the clock.

    `state` is ``ready``, ``running``, ``successful`` or ``failed``.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    state: str
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_s: float | None
    attempts: int
    error: str


def zone() -> ZoneInfo:
    """Return the city's time zone, UTC where no room offers one."""
    offers = registry().offers(LocalZone)
    return times.zone(load(offers[0].target)() if offers else "UTC")


def due_after(cron: str, moment: datetime, where: ZoneInfo) -> datetime:
    """Return the first due time after `moment`, in UTC.

    Raises
    ------
    Invalid
        If `cron` is no cron expression of five fields.

    >>> due_after("0 17 * * *", datetime(2026, 3, 1, tzinfo=UTC), ZoneInfo("Asia/Seoul")).hour
    8
    """
    due: datetime = _cron(cron, moment, where).get_next(datetime)
    return due.astimezone(UTC)


def due_before(cron: str, moment: datetime, where: ZoneInfo) -> datetime:
    """Return the last due time at or before `moment`, in UTC."""
    just_after = moment + timedelta(microseconds=1)
    due: datetime = _cron(cron, just_after, where).get_prev(datetime)
    return due.astimezone(UTC)


def _cron(cron: str, moment: datetime, where: ZoneInfo) -> Any:
    from croniter import croniter

    if not croniter.is_valid(cron) or len(cron.split()) != 5:
        raise Invalid(f"{cron!r} is no cron expression of five fields")
    return croniter(cron, moment.astimezone(where))


def queue_due(now: datetime | None = None) -> list[ScheduledRun]:
    """Queue a job for each schedule that has come due; return the runs queued by this call."""
    moment = now or times.now()
    where = zone()
    # what a clock that was ahead has left in the future does not hold up the present
    past = ScheduledRun.objects.filter(due_at__lte=moment)
    last = dict(past.values_list("schedule").annotate(last=Max("due_at")))
    queued = (
        _queue_if_due(offer, last.get(offer.name), moment, where)
        for offer in registry().offers(Schedule)
    )
    return [run for run in queued if run is not None]


def seconds_to_next(now: datetime | None = None) -> float:
    """Return how long nothing comes due; an hour where nothing is scheduled at all."""
    moment, where = now or times.now(), zone()
    due = [due_after(offer.cron, moment, where) for offer in registry().offers(Schedule)]
    return min(((one - moment).total_seconds() for one in due), default=3600.0)


def _queue_if_due(
    offer: Schedule, last: datetime | None, now: datetime, where: ZoneInfo
) -> ScheduledRun | None:
    due = due_before(offer.cron, now, where)
    if last is None:  # seen for the first time: the next due time is the first
        ScheduledRun.objects.get_or_create(
            schedule=offer.name, due_at=due, defaults={"state": ScheduledRun.State.FIRST_SEEN}
        )
        return None
    if due <= last:
        return None
    return _queue(offer, due, _missed(offer.cron, last, due, where))


def _missed(cron: str, last: datetime, due: datetime, where: ZoneInfo) -> int:
    steps, times = 0, _cron(cron, last, where)
    while steps < _COUNTED and times.get_next(datetime) < due:
        steps += 1
    return steps


def _queue(offer: Schedule, due: datetime, missed: int) -> ScheduledRun | None:
    try:
        with transaction.atomic():
            run = ScheduledRun.objects.create(
                schedule=offer.name,
                due_at=due,
                coalesced=missed,
                state=ScheduledRun.State.QUEUED,
            )
            run_schedule.enqueue(run.pk)
            transaction.on_commit(lambda: wake("jobs"))
    except IntegrityError:  # another worker was first
        return None
    return run


@task()
def run_schedule(run_id: int) -> None:
    """Run the target of one due time and keep how it went."""
    run = ScheduledRun.objects.get(pk=run_id)
    if run.state == ScheduledRun.State.DONE:
        return
    run.state = ScheduledRun.State.RUNNING
    run.started_at = times.now()
    run.attempts += 1
    run.save(update_fields=["state", "started_at", "attempts"])
    try:
        load(_offer(run.schedule).target)()
    except Exception as error:
        run.error = f"{type(error).__name__}: {error}"
        run.state = ScheduledRun.State.FAILED
        raise
    else:
        run.error = ""
        run.state = ScheduledRun.State.DONE
    finally:
        run.finished_at = times.now()
        run.save(update_fields=["state", "finished_at", "error"])


def _offer(name: str) -> Schedule:
    for offer in registry().offers(Schedule):
        if offer.name == name:
            return offer
    raise NotFound(f"no schedule is called {name!r}")


def run_now(name: str) -> int:
    """Queue the schedule called `name` at once, besides its due times; return the run's id.

    Raises
    ------
    NotFound
        If no room offers a schedule of that name.
    """
    run = _queue(_offer(name), times.now(), 0)
    assert run is not None, "two runs in one microsecond"
    return run.pk


def schedules() -> list[ScheduleState]:
    """Return all schedules with their last run and next due time."""
    where, now = zone(), times.now()
    return [_state(offer, where, now) for offer in registry().offers(Schedule)]


def _state(offer: Schedule, where: ZoneInfo, now: datetime) -> ScheduleState:
    runs = ScheduledRun.objects.filter(schedule=offer.name)
    last = runs.exclude(state=ScheduledRun.State.FIRST_SEEN).order_by("-due_at").first()
    return ScheduleState(
        name=offer.name,
        room=registry().room_of(offer),
        cron=offer.cron,
        zone=where.key,
        help=offer.help,
        next_due=due_after(offer.cron, now, where),
        last_due=last.due_at if last else None,
        state=last.state if last else "waiting",
        started_at=last.started_at if last else None,
        finished_at=last.finished_at if last else None,
        duration_s=_seconds(last.started_at, last.finished_at) if last else None,
        coalesced=last.coalesced if last else 0,
        attempts=last.attempts if last else 0,
        error=last.error if last else "",
    )


def recent(limit: int = 50) -> list[JobRun]:
    """Return the newest jobs, newest first."""
    rows = list(DBTaskResult.objects.order_by("-enqueued_at")[:limit])
    runs = [row.args_kwargs["args"][0] for row in rows if row.task_path == run_schedule.module_path]
    names = dict(ScheduledRun.objects.filter(pk__in=runs).values_list("pk", "schedule"))
    return [_job(row, names) for row in rows]


def _job(row: DBTaskResult[Any, Any], names: Mapping[int, str]) -> JobRun:
    name = row.task_path.rpartition(".")[2]
    if row.task_path == run_schedule.module_path:
        name = names.get(row.args_kwargs["args"][0], name)
    return JobRun(
        id=str(row.pk),
        name=name,
        arguments=row.args_kwargs,
        state=row.status.lower(),
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        duration_s=_seconds(row.started_at, row.finished_at),
        attempts=len(row.worker_ids),
        error=row.traceback,
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
