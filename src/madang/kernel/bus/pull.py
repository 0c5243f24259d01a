"""Pulling a stream's messages: in order, ahead of the reader, across broken connections.

The client library's own `fetch` waits for a full batch or its timeout; here a batch is whatever is
there, and the next request is on its way while the reader works.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api

from madang.kernel.bus.message import Message
from madang.kernel.errors import Unavailable

log = logging.getLogger(__name__)

_EXPIRES_S = 5.0  # a request for messages lives this long on the server
_SILENCE_S = _EXPIRES_S + 2.0  # no message and no "expired": the server has forgotten us
_AHEAD_BYTES = 32 << 20  # on the wire ahead of the reader; well below the server's `max_pending`
_RETRY_S = 0.2
_INACTIVE_S = 60.0  # an unused position-by-caller consumer is removed after this


class Position(Protocol):
    """Where reading stands, and how to make a consumer that goes on from there."""

    stream: str

    async def create(self, js: JetStreamContext) -> str:
        """Create the consumer (or find it) and return its name."""

    def took(self, seq: int, delivered: int) -> bool:
        """Note a message; False if one before it is missing."""


@dataclass
class StreamPosition:
    """The caller keeps the position: an unacknowledged consumer, made anew after each break."""

    stream: str
    subject: str
    next_seq: int
    _delivered: int = 0

    async def create(self, js: JetStreamContext) -> str:
        """Create a consumer that starts at the next sequence."""
        name = f"at-{js._nc._nuid.next().decode()}"
        self._delivered = 0
        await js.add_consumer(
            self.stream,
            api.ConsumerConfig(
                name=name,
                deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self.next_seq,
                ack_policy=api.AckPolicy.NONE,
                filter_subject=self.subject,
                inactive_threshold=_INACTIVE_S,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        return name

    def took(self, seq: int, delivered: int) -> bool:
        """Accept only the very next message of this consumer."""
        if delivered != self._delivered + 1:
            return False
        self._delivered = delivered
        self.next_seq = seq + 1
        return True


@dataclass
class DurablePosition:
    """The server keeps the position; the reader acknowledges."""

    stream: str
    subject: str
    durable: str
    ack_wait_s: float

    async def create(self, js: JetStreamContext) -> str:
        """Create the consumer, or find it and have the unacknowledged delivered anew."""
        try:
            await js.consumer_info(self.stream, self.durable)
        except nats.js.errors.NotFoundError:
            await js.add_consumer(self.stream, self._config())
            return self.durable
        try:
            await js.reset_consumer(self.stream, self.durable)
        except (nats.js.errors.Error, nats.errors.TimeoutError, nats.errors.NoRespondersError):
            # servers before 2.14: what is unacknowledged comes again after ack_wait
            log.info("bus: consumer %s cannot be reset on this server", self.durable)
        return self.durable

    def _config(self) -> api.ConsumerConfig:
        return api.ConsumerConfig(
            name=self.durable,
            durable_name=self.durable,
            deliver_policy=api.DeliverPolicy.ALL,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait_s,
            max_ack_pending=-1,
            filter_subject=self.subject,
        )

    def took(self, seq: int, delivered: int) -> bool:
        """Accept every message."""
        return True


class _Arrivals:
    """Messages that came for our requests, and how many are still asked for."""

    def __init__(self) -> None:
        self.ready: deque[Msg] = deque()
        self.asked = 0
        self.lost = ""  # why the consumer must be made anew
        self.heard = asyncio.Event()

    async def take(self, message: Msg) -> None:
        """Sort a delivery into messages and the server's remarks."""
        headers = message.headers or {}
        status, text = headers.get("Status"), headers.get("Description", "")
        if status is None:
            self.ready.append(message)
            self.asked -= 1
        elif status in ("404", "408") or "MaxBytes" in text:
            self.asked -= int(headers.get("Nats-Pending-Messages", self.asked))
        elif status != "100":
            self.lost = f"{status} {text}".strip()
        self.heard.set()


async def pulled(
    client: Client,
    js: JetStreamContext,
    position: Position,
    *,
    batch: int,
    idle_s: float | None,
) -> AsyncIterator[Sequence[Message]]:
    """Yield batches for ever; make the consumer anew whenever connection or server broke."""
    while True:
        try:
            async for messages in _one_life(client, js, position, batch=batch, idle_s=idle_s):
                yield messages
        except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
            if client.is_closed:
                raise Unavailable("the connection to the bus was closed") from error
            log.debug("bus: %s is read anew: %s", position.stream, error)
            await asyncio.sleep(_RETRY_S)


async def _one_life(
    client: Client,
    js: JetStreamContext,
    position: Position,
    *,
    batch: int,
    idle_s: float | None,
) -> AsyncIterator[Sequence[Message]]:
    """Yield batches until something breaks; then return or raise the client's error."""
    arrivals = _Arrivals()
    inbox = client.new_inbox()
    life = client.stats["reconnects"]
    consumer = await position.create(js)
    subscription = await client.subscribe(
        inbox, cb=arrivals.take, pending_msgs_limit=-1, pending_bytes_limit=-1
    )
    ask = f"{api.DEFAULT_PREFIX}.CONSUMER.MSG.NEXT.{position.stream}.{consumer}"
    loop = asyncio.get_running_loop()
    last_heard = last_yield = loop.time()
    try:
        while not arrivals.lost and client.stats["reconnects"] == life:
            if arrivals.asked <= batch // 2:
                await client.publish(ask, _request(batch - arrivals.asked), reply=inbox)
                arrivals.asked = batch
            if await _heard(arrivals, _wait_s(idle_s, last_yield - loop.time())):
                last_heard = loop.time()
            elif loop.time() - last_heard > _SILENCE_S:
                return
            messages = _drained(arrivals, position)
            if messages or (idle_s is not None and loop.time() - last_yield >= idle_s):
                yield messages
                last_yield = loop.time()
    finally:
        if not client.is_closed:
            await subscription.unsubscribe()


async def _heard(arrivals: _Arrivals, wait_s: float) -> bool:
    """Wait until something came or the time is over; True if something came."""
    try:
        await asyncio.wait_for(arrivals.heard.wait(), wait_s)
    except TimeoutError:
        return False
    arrivals.heard.clear()
    return True


def _wait_s(idle_s: float | None, since_yield: float) -> float:
    if idle_s is None:
        return 1.0
    return min(1.0, max(idle_s + since_yield, 0.0) + 0.001)


def _request(count: int) -> bytes:
    limits = {"batch": count, "max_bytes": _AHEAD_BYTES, "expires": int(_EXPIRES_S * 1e9)}
    return json.dumps(limits).encode()


def _drained(arrivals: _Arrivals, position: Position) -> list[Message]:
    """Return the messages that are there and follow on; a gap ends this consumer's life."""
    messages: list[Message] = []
    while arrivals.ready:
        raw = arrivals.ready.popleft()
        seq, delivered = _sequences(raw.reply)
        if not position.took(seq, delivered):
            arrivals.lost = f"a gap before sequence {seq}"
            arrivals.ready.clear()
            break
        messages.append(Message(raw.subject, raw.data, raw.headers or {}, seq, raw.reply))
    return messages


def _sequences(reply: str) -> tuple[int, int]:
    """Return (stream sequence, consumer sequence) of a delivery's reply subject.

    ``$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>``,
    newer servers put a domain and an account before the stream.
    """
    tokens: list[Any] = reply.split(".")
    at = 5 if len(tokens) == 9 else 7
    return int(tokens[at]), int(tokens[at + 1])
