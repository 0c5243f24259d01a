"""What devices published over MQTT, as the bus keeps it.

The server stores a QoS 1 message in its stream ``$MQTT_msgs`` before it sends PUBACK, provided a
consumer is interested (the stream's retention is by interest). `ensure_intake` makes that stream
and one durable consumer before the first device connects; from then on a PUBACK means: stored, on
disk, until `Bus.ack`. The server also passes each message on as a plain broadcast; QoS 0 has
nothing but that, and `mqtt_unconfirmed` listens to it and leaves out what is stored anyway.

Topics become subjects: ``gw/north-1/sta`` arrives as ``gw.north-1.sta``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import nats.js.errors
from nats.js import api

from madang.kernel.bus.client import Bus
from madang.kernel.bus.faults import translated
from madang.kernel.bus.message import Message

STREAM = "$MQTT_msgs"
_PREFIX = "$MQTT.msgs."
_QOS_HEADER = "Nmqtt-Pub"
_ACK_WAIT_S = 30.0


async def ensure_intake(bus: Bus, durable: str, subject: str = "gw.>") -> None:
    """Have QoS 1 messages on `subject` stored for the consumer `durable` from now on.

    Call it before devices may connect: what nobody was interested in is not kept.
    """
    await translated(_ensure_stream(bus))
    await bus.ensure_durable(STREAM, durable, _PREFIX + subject, ack_wait_s=_ACK_WAIT_S)


async def _ensure_stream(bus: Bus) -> None:
    """Create the stream as the server itself would with the first MQTT client."""
    jetstream = bus.client.jetstream()
    try:
        await jetstream.stream_info(STREAM)
    except nats.js.errors.NotFoundError:
        await jetstream.add_stream(
            api.StreamConfig(
                name=STREAM,
                subjects=[_PREFIX + ">"],
                retention=api.RetentionPolicy.INTEREST,
                storage=api.StorageType.FILE,
            )
        )


async def mqtt_messages(
    bus: Bus, durable: str, subject: str = "gw.>", *, batch: int = 256
) -> AsyncIterator[Sequence[Message]]:
    """Yield stored QoS 1 messages in batches; `bus.ack(batch)` lets go of them.

    The subject of each is the topic's (``gw.north-1.sta``). What was yielded and not acknowledged
    comes again after a restart: make its effect idempotent (``msg_id`` from `Message.seq`).
    """
    filtered = _PREFIX + subject
    await ensure_intake(bus, durable, subject)
    async for messages in bus.consume_durable(
        STREAM, durable, filtered, batch=batch, ack_wait_s=_ACK_WAIT_S
    ):
        yield [replace(m, subject=m.subject.removeprefix(_PREFIX)) for m in messages]


async def mqtt_unconfirmed(bus: Bus, subject: str = "gw.>") -> AsyncIterator[Message]:
    """Yield QoS 0 messages as they come; nothing of them is kept, as QoS 0 promises."""
    async for message in bus.listen(subject):
        if message.headers.get(_QOS_HEADER) == "0":
            yield message
