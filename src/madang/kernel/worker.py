"""The worker process: ``python -m madang.kernel.worker``.

Parts, each in a loop with a database connection of its own: the relay (outbox → bus), the
dispatcher (bus → subscribers), one feed per stream consumer, retries, the clock (schedules), two
job runners, the sign of life. A part that fails is logged and started again; nothing a part does
is lost or doubled when the process dies, so SIGTERM needs no more care than finishing what is
under way.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from madang.kernel import orm, times
from madang.kernel.bus.client import Bus
from madang.kernel.config import settings
from madang.kernel.dbthread import DatabaseThread
from madang.kernel.errors import MadangError, Unavailable
from madang.kernel.logs import configure, logger
from madang.kernel.registry import StreamConsumer, registry
from madang.kernel.wake import Alarm

GRACE_S = 15.0  # what is under way may take this long after SIGTERM
RUNNERS = 2
LOOK_FOR_JOBS_S = 1.0
LOOK_AT_CLOCK_S = 10.0
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 60.0
Part = Callable[[], Awaitable[None]]


def main() -> None:
    """Run the worker until SIGTERM or SIGINT."""
    configure("worker")
    orm.ready()
    from madang.kernel import metrics, tracing

    tracing.configure("worker")
    writing = metrics.start_writing("worker")
    ended = asyncio.run(_run())
    writing.set()
    if not ended:
        logger("worker").warning("a job was cut off; the next worker starts it again")
        os._exit(0)  # threads of jobs under way would hold up the exit


def ready_file() -> Path:
    """Return the file that is there while the worker runs with all its parts."""
    return settings().data / "run" / "worker.ready"


async def _run() -> bool:
    """Run all parts until told to stop; return whether all ended within `GRACE_S`."""
    from madang.kernel import heartbeat

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    bus = await _connected(stop)
    if bus is None:
        return True
    tasks = [asyncio.create_task(_kept(name, part), name=name) for name, part in _parts(bus)]
    ready_file().parent.mkdir(parents=True, exist_ok=True)
    ready_file().write_text(str(os.getpid()))
    logger("worker").info("the worker is up", parts=len(tasks))
    await stop.wait()
    ready_file().unlink(missing_ok=True)
    for task in tasks:
        task.cancel()
    _, late = await asyncio.wait(tasks, timeout=GRACE_S)
    if not late:
        await asyncio.to_thread(heartbeat.leave, "worker")
    await bus.close()
    logger("worker").info("the worker ends", cut_off=[task.get_name() for task in late])
    return not late


async def _connected(stop: asyncio.Event) -> Bus | None:
    """Return a connection to the bus with its streams, None where told to stop first."""
    while not stop.is_set():
        try:
            bus = await Bus.connect(name="worker")
            await bus.ensure_streams()
            return bus
        except Unavailable as error:
            logger("worker").warning("waiting for the bus", reason=error.message)
            await asyncio.sleep(1.0)
    return None


def _parts(bus: Bus) -> list[tuple[str, Part]]:
    from madang.kernel import backlog, dispatch, heartbeat, runner, streams
    from madang.kernel.relay import relay

    worker_id = heartbeat.identity("worker")
    began = times.now()
    feeds = registry().offers(StreamConsumer)

    def alone(name: str, work: Callable[[DatabaseThread], Awaitable[None]]) -> tuple[str, Part]:
        async def part() -> None:
            thread = DatabaseThread(name)
            try:
                await work(thread)
            finally:
                await thread.close()

        return name, part

    def sign() -> None:
        waiting = asdict(backlog.measure())
        heartbeat.beat("worker", began, feeds=len(feeds), runners=RUNNERS, waiting=waiting)

    return [
        alone("heartbeat", lambda t: _every(heartbeat.INTERVAL_S, t, sign)),
        alone("relay", lambda t: relay(bus, t)),
        alone("dispatcher", lambda t: streams.dispatch_events(bus, t)),
        alone("retries", lambda t: _every(0.5, t, dispatch.retry_due)),
        alone("clock", _clock),
        alone("abandoned", lambda t: _every(heartbeat.INTERVAL_S, t, runner.take_up_abandoned)),
        *(
            alone(f"jobs-{n}", lambda t: _jobs(t, lambda: runner.run_next(worker_id)))
            for n in range(RUNNERS)
        ),
        *(alone(offer.name, partial(streams.feed, bus, offer)) for offer in feeds),
    ]


async def _kept(name: str, part: Part) -> None:
    """Run a part for the life of the process; one that fails is logged and started again."""
    loop, pause_s = asyncio.get_running_loop(), 0.2
    while True:
        began = loop.time()
        try:
            await part()
        except asyncio.CancelledError:
            raise
        except MadangError as error:
            logger("worker").warning("a part starts again", part=name, reason=error.message)
        except Exception:
            logger("worker").exception("a part failed and starts again", part=name)
        if loop.time() - began > STEADY_AFTER_S:
            pause_s = 0.2
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _every(seconds: float, thread: DatabaseThread, work: Callable[[], object]) -> None:
    while True:
        await thread.run(work)
        await asyncio.sleep(seconds)


async def _clock(thread: DatabaseThread) -> None:
    """Queue what comes due; a clock that somebody sets is noticed within `LOOK_AT_CLOCK_S`."""
    from madang.kernel import jobs

    while True:
        await thread.run(jobs.queue_due)
        await asyncio.sleep(min(await thread.run(jobs.seconds_to_next) + 0.01, LOOK_AT_CLOCK_S))


async def _jobs(thread: DatabaseThread, run_next: Callable[[], bool]) -> None:
    alarm = Alarm("jobs")
    try:
        while True:
            if not await thread.run(run_next):
                await alarm.sleep(LOOK_FOR_JOBS_S)
    finally:
        alarm.close()


if __name__ == "__main__":
    main()
