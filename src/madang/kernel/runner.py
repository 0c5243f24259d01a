"""Runs queued jobs; jobs of workers that died are taken up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from madang.kernel import heartbeat, times
from madang.kernel.errors import Unavailable
from madang.kernel.logs import logger
from madang.kernel.metrics import counter, histogram
from madang.kernel.models import ScheduledRun

STARTS = 3  # a job that took three workers down with it is not started again
KEPT = timedelta(days=14)
Row = DBTaskResult[Any, Any]

JOBS = counter("madang_jobs_total", "Jobs run.", ["job", "state"])
DURATION = histogram("madang_job_seconds", "Duration of jobs [s].", ["job"])


class WorkerDied(Unavailable):
    """The worker that ran the job died, again and again."""

    code = "worker-died"


def run_next(worker_id: str) -> bool:
    """Run the job that is next, if any; return whether there was one."""
    row = _claimed(worker_id)
    if row is None:
        return False
    _package_worker(worker_id).run_task(row)
    name = row.task_path.rpartition(".")[2]
    JOBS.labels(name, row.status.lower()).inc()
    if row.started_at and row.finished_at:
        DURATION.labels(name).observe((row.finished_at - row.started_at).total_seconds())
    return True


def _claimed(worker_id: str) -> Row | None:
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # a look that takes no lock
        return None
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        row = ready.select_for_update(skip_locked=skip).first()
        if row is not None:
            row.claim(worker_id)
        return row


def _package_worker(worker_id: str) -> Worker:
    """Return django-tasks' own runner: it calls, records and signals; the loop is ours."""
    return Worker(
        queue_names=["*"],
        interval=0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
        excluded_queue_names=[],
    )


def take_up_abandoned() -> int:
    """Queue the jobs of dead workers again, at most `STARTS` times each; return how many."""
    living = {life.process for life in heartbeat.alive("worker")}
    running = DBTaskResult.objects.running().values_list("pk", "worker_ids")
    abandoned = [pk for pk, workers in running if not workers or workers[-1] not in living]
    return sum(_take_up(pk, living) for pk in abandoned)


def _take_up(pk: Any, living: set[str]) -> bool:
    with transaction.atomic():
        row = DBTaskResult.objects.select_for_update().running().filter(pk=pk).first()
        if row is None or (row.worker_ids and row.worker_ids[-1] in living):
            return False
        logger("jobs").warning("a worker died at a job", job=row.task_path, workers=row.worker_ids)
        if len(row.worker_ids) >= STARTS:
            error = WorkerDied(f"{STARTS} workers died at this job; it is not started again")
            row.set_failed(error)
            _fail_schedule(row, error.message)
            return False
        row.status = TaskResultStatus.READY
        row.save(update_fields=["status"])
    return True


def _fail_schedule(row: Row, reason: str) -> None:
    if row.task_path.endswith("jobs.run_schedule"):
        ScheduledRun.objects.filter(pk=row.args_kwargs["args"][0]).update(
            state=ScheduledRun.State.FAILED, error=reason, finished_at=times.now()
        )


def forget_old() -> int:
    """Remove jobs that ended more than 14 days ago; return how many."""
    oldest = times.now() - KEPT
    return DBTaskResult.objects.finished().filter(finished_at__lt=oldest).delete()[0]
