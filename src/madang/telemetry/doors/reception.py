"""One reception for all doors: parse, charge the quota, admit, store, keep what was refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from madang.kernel.errors import LimitReached, MadangError, Unavailable
from madang.telemetry import refusals
from madang.telemetry.doors import measures
from madang.telemetry.doors.admit import admit, admit_point
from madang.telemetry.doors.directory import Device
from madang.telemetry.doors.errors import DoorBusy, MalformedBody, TooLarge, single_refusal
from madang.telemetry.doors.intake import Lane
from madang.telemetry.doors.letters import Sender, letters
from madang.telemetry.doors.rows import Parsed, Point, RefusedRow, RowError, columns
from madang.telemetry.doors.state import Doors

THREAD_ABOVE = 256 << 10
"""Bodies above this many bytes are parsed in a thread, so that small requests get between."""
BYTES_PER_POINT = 100
"""A body that cannot be read is charged as if it held points of this size."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """Something that came to a door.

    body : as it came, for the dead letter of what cannot be read at all.
    msg_id : where given, the same arrival again within the stream's window counts once.
    monotonic_s : clock of the quota.
    """

    device: Device
    door: str
    body: bytes
    received_ms: int
    monotonic_s: float
    msg_id: str = ""

    @property
    def sender(self) -> Sender:
        """Who sent it, for dead letters."""
        return Sender(self.device.name, self.door, self.received_ms)


async def receive_rows(house: Doors, arrival: Arrival, parse: Callable[[], Parsed]) -> Parsed:
    """Return what was stored durably, with the rows that were refused.

    Raises
    ------
    MalformedBody, TooLarge
        If the body cannot be read as a whole; it is in the dead letters.
    LimitReached
        If the gateway's quota is used up; nothing was kept.
    DoorBusy
        If it could not be stored; the same may be sent again.
    """
    known = house.directory
    try:
        parsed = await _parsed(arrival, parse)
    except (MalformedBody, TooLarge) as error:
        await refuse_whole(house, arrival, error)
        raise
    charge(house, arrival, parsed.sent)
    gateway = arrival.device.id
    admitted = admit(parsed, house.directory.catalogue, gateway, arrival.received_ms)
    if names_unknown(admitted.refused) and await house.caught_up(known):
        parsed = await _parsed(arrival, parse)
        admitted = admit(parsed, house.directory.catalogue, gateway, arrival.received_ms)
    lane = Lane(arrival.device.name, arrival.device.origin, arrival.door)
    try:
        await house.intake.store(lane, admitted, msg_id=arrival.msg_id)
    except DoorBusy:
        measures.UNSTORED.labels(door=arrival.door).inc(len(admitted.ds))
        raise
    measures.accepted(arrival.door).inc(len(admitted.ds))
    if admitted.refused:
        await keep_refused(house, arrival, admitted.refused)
    return admitted


async def receive_point(house: Doors, arrival: Arrival, read: Callable[[], Point]) -> Point:
    """Return the one row that was stored durably; the quick way of `receive_rows` for a single row.

    Raises
    ------
    MadangError
        As `receive_rows`, and the row's own refusal.
    """
    device = arrival.device
    charge(house, arrival, 1)
    try:
        point = read()
        if point[0] not in house.directory.owners:
            await house.caught_up(house.directory)
        admit_point(point, house.directory.owners, device.id, arrival.received_ms)
    except RowError as error:
        row = RefusedRow(0, error.code, error.reason, arrival.body[: refusals.PAYLOAD_LIMIT + 1])
        await keep_refused(house, arrival, (row,))
        raise single_refusal(error.code, error.reason) from None
    except MalformedBody as error:
        await refuse_whole(house, arrival, error)
        raise
    lane = Lane(device.name, device.origin, arrival.door)
    try:
        if arrival.msg_id:
            await house.intake.store(lane, columns(*zip(point, strict=True)), msg_id=arrival.msg_id)
        else:
            await house.intake.store_point(lane, point)
    except DoorBusy:
        measures.UNSTORED.labels(door=arrival.door).inc()
        raise
    measures.accepted(arrival.door).inc()
    return point


def names_unknown(refused: Sequence[RefusedRow]) -> bool:
    """Return whether a row was refused because the doors do not know its datastream."""
    return any(row.code == refusals.UNKNOWN_DATASTREAM for row in refused)


async def _parsed(arrival: Arrival, parse: Callable[[], Parsed]) -> Parsed:
    if len(arrival.body) > THREAD_ABOVE:
        return await asyncio.to_thread(parse)
    return parse()


def charge(house: Doors, arrival: Arrival, points: int) -> None:
    """Take points from the gateway's quota; count them as refused where it is used up."""
    device = arrival.device
    try:
        house.quotas.charge(device.id, device.quota, points, arrival.monotonic_s)
    except LimitReached:
        code = refusals.OVER_QUOTA
        measures.REFUSED.labels(door=arrival.door, code=code).inc(points)
        raise


async def refuse_whole(house: Doors, arrival: Arrival, error: MadangError) -> None:
    """Keep a body that cannot be read at all as a dead letter, charged by its size."""
    charge(house, arrival, 1 + len(arrival.body) // BYTES_PER_POINT)
    row = RefusedRow(0, error.code, error.message, arrival.body[: refusals.PAYLOAD_LIMIT + 1])
    await keep_refused(house, arrival, (row,))


async def keep_refused(house: Doors, arrival: Arrival, refused: tuple[RefusedRow, ...]) -> None:
    """Count refused rows and store them as dead letters.

    Where the bus is away the sender's answer must do, for it names every row; the loss is counted.
    """
    measures.count_refused(arrival.door, refused)
    found = letters(arrival.sender, refused, arrival.msg_id)
    try:
        await house.bus.publish_many(found)
    except (Unavailable, LimitReached) as error:
        measures.LETTERS_LOST.labels(door=arrival.door).inc(len(found))
        log.warning("%d dead letters of %s not stored: %s", len(found), arrival.device.name, error)
