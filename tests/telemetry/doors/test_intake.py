"""Group commit over a bus that can be slow, away or full."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from madang.kernel.errors import Invalid, LimitReached, Unavailable
from madang.telemetry import frames
from madang.telemetry.doors.errors import DoorBusy
from madang.telemetry.doors.intake import MESSAGE_POINTS, Intake, Lane
from madang.telemetry.doors.rows import columns

NORTH = Lane("north", "real", "columns")
SOUTH = Lane("south", "simulated", "sta")


class FakeBus:
    """A bus that keeps messages once by id, and fails as told."""

    def __init__(self, *troubles: Exception) -> None:
        self.kept: dict[str, tuple[str, frames.Frame, dict[str, str]]] = {}
        self.troubles = deque(troubles)
        self.gate = asyncio.Event()
        self.gate.set()

    async def publish(self, subject, data, *, headers, msg_id, timeout_s):
        await self.gate.wait()
        if self.troubles:
            raise self.troubles.popleft()
        self.kept.setdefault(msg_id, (subject, frames.decode(data), dict(headers)))
        return len(self.kept)

    def points(self):
        return [
            (ds, v)
            for _, frame, _ in self.kept.values()
            for ds, v in zip(frame.ds.tolist(), frame.v.tolist(), strict=True)
        ]


def batch(*ds, v=1.0):
    return columns(ds, [0] * len(ds), [v] * len(ds))


def run(work, *troubles, **how):
    async def inside():
        bus = FakeBus(*troubles)
        await work(bus, Intake(bus, **how))
        return bus

    return asyncio.run(inside())


def test_what_waits_while_the_bus_writes_goes_in_one_message():
    async def work(bus, intake):
        bus.gate.clear()
        waiting = [asyncio.create_task(intake.store(NORTH, batch(1)))]
        await asyncio.sleep(0.01)  # it is on its way
        waiting += [asyncio.create_task(intake.store(NORTH, batch(n))) for n in range(2, 10)]
        waiting += [asyncio.create_task(intake.store_point(NORTH, (n, 0, 1.0))) for n in (10, 11)]
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in waiting)
        bus.gate.set()
        await asyncio.gather(*waiting)

    bus = run(work)
    assert len(bus.kept) == 2  # the first at once, all others together
    assert sorted(ds for ds, _ in bus.points()) == list(range(1, 12))


def test_gateways_and_doors_do_not_mix():
    async def work(_bus, intake):
        await asyncio.gather(intake.store(NORTH, batch(1)), intake.store(SOUTH, batch(2)))

    found = run(work).kept.values()
    lanes = {(subject, of["gateway"], of["origin"]) for subject, _, of in found}
    assert lanes == {
        ("madang.obs.columns", "north", "real"),
        ("madang.obs.sta", "south", "simulated"),
    }


def test_a_large_batch_is_cut_into_messages_and_complete():
    async def work(_bus, intake):
        await intake.store(NORTH, batch(*range(1, 2 * MESSAGE_POINTS + 2)))

    bus = run(work)
    assert len(bus.kept) == 3
    assert len(bus.points()) == 2 * MESSAGE_POINTS + 1


def test_an_empty_batch_needs_no_message():
    async def work(_bus, intake):
        await intake.store(NORTH, batch())

    assert not run(work).kept


def test_a_named_request_is_kept_once_however_often_it_comes():
    async def work(_bus, intake):
        for _ in range(3):
            await intake.store(NORTH, batch(1, 2), msg_id="again")

    assert run(work).points() == [(1, 1.0), (2, 1.0)]


def test_a_bus_that_was_away_shortly_costs_only_time():
    async def work(_bus, intake):
        await intake.store(NORTH, batch(1))

    assert run(work, Unavailable("away"), Unavailable("away")).points() == [(1, 1.0)]


def test_a_bus_that_stays_away_is_told_to_every_caller():
    async def work(bus, intake):
        bus.troubles.extend(Unavailable("away") for _ in range(1000))
        found = await asyncio.gather(
            *(intake.store(NORTH, batch(n)) for n in (1, 2, 3)), return_exceptions=True
        )
        assert [type(item) for item in found] == [DoorBusy] * 3
        assert intake.waiting_points == 0
        bus.troubles.clear()
        await intake.store(NORTH, batch(4))

    assert run(work, patience_s=0.0).points() == [(4, 1.0)]


def test_a_full_intake_log_is_told_at_once_with_its_waiting_time():
    async def work(_bus, intake):
        with pytest.raises(DoorBusy) as error:
            await intake.store(NORTH, batch(1))
        assert error.value.retry_after_s == 10.0

    run(work, LimitReached("full", retry_after_s=10.0))


def test_our_own_fault_reaches_the_caller_and_leaves_the_lane_working():
    async def work(_bus, intake):
        with pytest.raises(Invalid):
            await intake.store(NORTH, batch(1))
        await intake.store(NORTH, batch(2))

    assert run(work, Invalid("our fault")).points() == [(2, 1.0)]


def test_too_much_waiting_is_refused_before_it_is_queued():
    async def work(bus, intake):
        bus.gate.clear()
        first = asyncio.create_task(intake.store(NORTH, batch(1, 2, 3)))
        await asyncio.sleep(0)
        with pytest.raises(DoorBusy):
            await intake.store(SOUTH, batch(4, 5, 6))
        bus.gate.set()
        await first
        await intake.store(SOUTH, batch(7))

    bus = run(work, waiting_limit=4)
    assert [ds for ds, _ in bus.points()] == [1, 2, 3, 7]


def test_a_batch_above_the_limit_passes_when_nothing_else_waits():
    async def work(_bus, intake):
        await intake.store(NORTH, batch(1, 2, 3))

    assert len(run(work, waiting_limit=2).points()) == 3


def test_a_caller_that_left_does_not_hold_up_the_others():
    async def work(bus, intake):
        bus.gate.clear()
        tasks = [asyncio.create_task(intake.store(NORTH, batch(n))) for n in (1, 2, 3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0)
        bus.gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert tasks[0].done()
        assert not tasks[2].cancelled()
        assert intake.waiting_points == 0

    assert {1, 3} <= {ds for ds, _ in run(work).points()}
