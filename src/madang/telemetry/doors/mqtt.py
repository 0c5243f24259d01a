"""The MQTT bridge: what gateways published becomes observations on the bus (a stream task).

A PUBACK means that the bus server has the message on disk. The bridge reads those messages in
order, publishes the observations and the dead letters that follow from them under ids made of the
message's sequence number, and only then lets go of it. So a bridge that is killed at any point does
the same again and nothing counts twice. Refusals are told on ``gw/<gateway>/rejected``.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from madang.kernel import times
from madang.kernel.bus import mqtt
from madang.kernel.bus.message import Message, Outgoing
from madang.kernel.errors import LimitReached, MadangError, Unavailable
from madang.telemetry import refusals
from madang.telemetry.doors import measures
from madang.telemetry.doors.admit import admit
from madang.telemetry.doors.answers import LISTED_REFUSALS
from madang.telemetry.doors.directory import Device
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.intake import Lane, observation_messages
from madang.telemetry.doors.letters import Sender, letters
from madang.telemetry.doors.parse_mqtt import REJECTED, Topic, parse_mqtt, topic_of
from madang.telemetry.doors.reception import names_unknown
from madang.telemetry.doors.rows import Parsed, RefusedRow
from madang.telemetry.doors.state import Doors

DOOR = "mqtt"
DURABLE = "mqtt-intake"
_RETRY_S = 0.5
_BATCH = 256  # messages taken over together
_QOS0_BATCH = 256
_QOS0_WAITING = 10_000  # messages; QoS 0 promises nothing, and memory is finite

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handed:
    """What follows from one MQTT message: messages to store, and what its sender is told."""

    topic: str
    gateway: str
    received_ms: int
    store: Sequence[Outgoing]
    accepted: int
    refused: Sequence[RefusedRow]


async def take_stored(house: Doors) -> None:
    """Take over the messages of QoS 1 and 2, for ever."""
    async for batch in mqtt.mqtt_messages(house.bus, DURABLE, batch=_BATCH):
        if not batch:
            continue
        handed = [await _taken(house, message, f"mqtt-{message.seq}") for message in batch]
        await _stored(house, handed)
        await _let_go(house, batch)


async def _let_go(house: Doors, batch: Sequence[Message]) -> None:
    """Acknowledge a batch; where that fails it comes again, and its ids let it count once."""
    try:
        await house.bus.ack(batch)
    except Unavailable as error:
        if house.bus.client.is_closed:
            raise
        log.info("what the MQTT bridge stored will come again: %s", error)


async def take_unconfirmed(house: Doors) -> None:
    """Take over the messages of QoS 0, for ever; where more come than can be stored, drop."""
    queue: asyncio.Queue[Message] = asyncio.Queue(_QOS0_WAITING)
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(house, queue))
        while True:
            batch = [await queue.get()]
            while not queue.empty() and len(batch) < _QOS0_BATCH:
                batch.append(queue.get_nowait())
            await _stored(house, [await _taken(house, message, "") for message in batch])


async def _listen(house: Doors, queue: asyncio.Queue[Message]) -> None:
    async for message in mqtt.mqtt_unconfirmed(house.bus):
        if queue.full():
            measures.QOS0_DROPPED.inc()
        else:
            queue.put_nowait(message)


async def _stored(house: Doors, handed: Sequence[Handed]) -> None:
    """Store all that follows from a batch, offering it to the bus until it is taken."""
    store = [message for item in handed for message in item.store]
    while store:
        try:
            await house.bus.publish_many(store)
            break
        except (Unavailable, LimitReached) as error:
            if house.bus.client.is_closed:
                raise
            log.warning("the MQTT bridge waits for the bus: %s", error)
            await asyncio.sleep(_RETRY_S)
    for item in handed:
        measures.accepted(DOOR).inc(item.accepted)
        measures.count_refused(DOOR, item.refused)
        if item.refused and item.gateway in house.directory.by_name:
            await house.bus.broadcast(f"gw.{item.gateway}.{REJECTED}", rejected(item))


def rejected(item: Handed) -> bytes:
    """Return what a gateway hears about its refused rows."""
    return orjson.dumps(
        {
            "topic": item.topic,
            "received_ms": item.received_ms,
            "accepted": item.accepted,
            "refused_total": len(item.refused),
            "refused": [
                {"row": row.row, "code": row.code, "reason": row.reason}
                for row in item.refused[:LISTED_REFUSALS]
            ],
        }
    )


async def _taken(house: Doors, message: Message, msg_id: str) -> Handed:
    """Return what follows from a message, by a directory that knows what was just entered."""
    known = house.directory
    handed = _handed(house, message, msg_id)
    if names_unknown(handed.refused) and await house.caught_up(known):
        return _handed(house, message, msg_id)
    return handed


def _handed(house: Doors, message: Message, msg_id: str) -> Handed:
    """Return what follows from a message; nothing that a device sends may raise here."""
    topic = topic_name(message.subject)
    now_ms = times.now_ms()
    place = topic_of(topic)
    gateway = place.gateway if place else ""
    device = house.directory.by_name.get(gateway)
    try:
        if place is None or device is None or not (device.enabled and device.may_observe):
            raise _Unwelcome(f"no gateway that may send is called {gateway[:64]!r}")
        stored = _received(house, device, place, message, now_ms)
    except Exception as error:
        if not isinstance(error, MadangError):
            log.exception("an MQTT message on %s could not be read", topic)
        row = _whole(error, topic, message.data)
        found = letters(Sender(gateway, DOOR, now_ms), [row], msg_id)
        return Handed(topic, gateway, now_ms, found, 0, [row])
    sender = Sender(gateway, DOOR, now_ms)
    lane = Lane(gateway, device.origin, DOOR)
    store = [
        *observation_messages(lane, stored, now_ms, msg_id),
        *letters(sender, stored.refused, msg_id),
    ]
    return Handed(topic, gateway, now_ms, store, len(stored.ds), stored.refused)


def _received(house: Doors, device: Device, place: Topic, message: Message, now_ms: int) -> Parsed:
    arrived_ms = _arrived_ms(message) or now_ms
    resolve = house.directory.resolver(device.id)
    parsed = parse_mqtt(place, message.data, resolve, arrived_ms)
    house.quotas.charge(device.id, device.quota, parsed.sent, time.monotonic())
    return admit(parsed, house.directory.catalogue, device.id, now_ms)


class _Unwelcome(MadangError):
    """The topic belongs to no gateway that may send."""

    code = refusals.FORBIDDEN_DATASTREAM


def _whole(error: Exception, topic: str, payload: bytes) -> RefusedRow:
    """Return a message that was refused as a whole."""
    code, reason = refusals.MALFORMED, "the message could not be read"
    if isinstance(error, LimitReached):
        code, reason = refusals.OVER_QUOTA, error.message
    elif isinstance(error, MalformedBody | _Unwelcome):
        code, reason = error.code, error.message
    return RefusedRow(0, code, f"{reason} (topic {topic[:200]})", payload)


def topic_name(subject: str) -> str:
    """Return the MQTT topic that the bus server turned into `subject`.

    A ``/`` of a topic is a ``.`` of the subject, a ``.`` is ``//`` (NATS documentation, "MQTT").

    >>> topic_name("gw.north-1.v1//1.Observations")
    'gw/north-1/v1.1/Observations'
    """
    return subject.replace("//", "\0").replace(".", "/").replace("\0", ".")


def _arrived_ms(message: Message) -> int | None:
    """Return when the bus server stored the message [ms]; the reply subject carries it.

    ``$JS.ACK....<stream seq>.<consumer seq>.<time in ns>.<pending>[.<random>]`` (NATS ADR-15).
    """
    tokens = message.reply.split(".")
    if tokens[:2] != ["$JS", "ACK"]:
        return None
    return int(tokens[7 if len(tokens) == 9 else 9]) // 1_000_000
