"""`Bus`: publish durably, broadcast, listen, consume; a connection that finds its way back.

`publish` returns once the stream has the message on disk. While the server is away it raises
`Unavailable` at once (nothing is kept in memory in the hope of better times); listeners and
consumers wait and go on where they were. A `publish` that was cut off in the middle raises
`Unavailable` too and may have been stored: give a `msg_id` and publish again, it is kept once.

Callers without an event loop use ``kernel.bus.sync``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.js import api

from madang.kernel.bus.access import client_url, without_credentials
from madang.kernel.bus.faults import translated
from madang.kernel.bus.message import STREAMS, Message, Outgoing, Stream
from madang.kernel.bus.pull import DurablePosition, Position, StreamPosition, pulled
from madang.kernel.bus.stream_limits import ensure_streams
from madang.kernel.config import settings
from madang.kernel.errors import Unavailable

log = logging.getLogger(__name__)

MSG_ID = "Nats-Msg-Id"
_LOOK_S = 0.25  # how often a wait for acknowledgements looks at the connection
_ACK = b"+ACK"
_WINDOW = 1024  # messages on the wire without an acknowledgement


class Bus:
    """One connection to the bus; use it from one event loop."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js = client.jetstream(timeout=5.0, publish_async_max_pending=_WINDOW)

    @classmethod
    async def connect(
        cls, url: str | None = None, *, name: str = "madang", timeout_s: float = 10.0
    ) -> Bus:
        """Return a connection to `url`, else to the bus of this instance's settings.

        Raises
        ------
        Unavailable
            If no server answers there in time, or it does not know us.
        """
        address, credentials = without_credentials(url or client_url(settings()))
        failures: list[BaseException] = []

        async def note(error: Exception) -> None:
            failures.append(error)
            log.debug("bus: %s", error)

        client = Client()
        try:
            await asyncio.wait_for(
                client.connect(
                    address,
                    name=name,
                    error_cb=note,
                    connect_timeout=2,
                    reconnect_time_wait=0.1,  # type: ignore[arg-type]
                    max_reconnect_attempts=-1,
                    ping_interval=10,
                    pending_size=0,
                    disconnected_cb=_say("the bus went away"),
                    reconnected_cb=_say("the bus is back"),
                    **credentials,  # type: ignore[arg-type]
                ),
                timeout_s,
            )
        except (TimeoutError, OSError, nats.errors.Error) as error:
            await client.close()
            reason = failures[-1] if failures else error
            raise Unavailable(f"the bus at {_place(address)} does not answer: {reason}") from error
        return cls(client)

    async def close(self) -> None:
        """Send what is under way and let go of the connection."""
        if self._client.is_connected:
            await translated(self._client.flush())
        await self._client.close()

    @property
    def is_connected(self) -> bool:
        """True while a server answers."""
        return self._client.is_connected

    # streams

    async def ensure_streams(self, streams: Iterable[Stream] = STREAMS) -> None:
        """Create the streams, or bring existing ones to the given limits; see `stream_limits`."""
        await ensure_streams(self._js, streams)

    async def state(self, stream: str) -> api.StreamState:
        """Return the stream's counters: `messages`, `bytes`, `first_seq`, `last_seq`."""
        info: api.StreamInfo = await translated(self._js.stream_info(stream))
        return info.state

    async def incarnation(self, stream: str) -> str:
        """Return when the stream was created; one made anew counts from 1 again."""
        info = await translated(self._js.stream_info(stream))
        return str(info.created)

    async def trim(self, stream: str, before_seq: int) -> None:
        """Let go of the stream's messages with a sequence below `before_seq`."""
        if before_seq > 1:
            await translated(self._js.purge_stream(stream, seq=before_seq))

    # writing

    async def publish(
        self,
        subject: str,
        data: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        msg_id: str | None = None,
        timeout_s: float = 5.0,
    ) -> int:
        """Store one message in its stream and return its sequence number.

        Raises
        ------
        Unavailable
            If it was not acknowledged in time; it may be published again with the same `msg_id`.
        LimitReached
            If the stream is full.
        Invalid
            If the message is larger than the server takes.
        """
        all_headers = _headers(headers, msg_id)
        ack: api.PubAck = await translated(
            self._js.publish(subject, data, timeout=timeout_s, headers=all_headers)
        )
        return ack.seq

    async def publish_many(
        self, messages: Iterable[Outgoing], *, timeout_s: float = 30.0
    ) -> list[int]:
        """Store messages in their order, many on the wire at once; return their sequence numbers.

        Raises
        ------
        Unavailable, LimitReached, Invalid
            As `publish`. Then some of the messages may be stored; give each a `msg_id` and publish
            all of them again.
        """
        acks: list[asyncio.Future[api.PubAck]] = []
        connection = self._connection()
        try:
            async with asyncio.timeout(timeout_s):
                for message in messages:
                    acks.append(
                        await translated(
                            self._js.publish_async(
                                message.subject,
                                message.data,
                                headers=_headers(message.headers, message.msg_id),
                            )
                        )
                    )
                await self._answered(acks, connection)
                return [ack.seq for ack in await translated(_all(acks))]
        except TimeoutError:
            raise Unavailable("the bus did not acknowledge in time; publish again") from None
        finally:
            for ack in acks:
                ack.cancel()
                if ack.done() and not ack.cancelled():
                    ack.exception()  # looked at, so that asyncio does not report it

    def _connection(self) -> int:
        """Return the number of the present connection: it counts the reconnections."""
        return int(self._client.stats["reconnects"])

    async def _answered(self, acks: list[asyncio.Future[api.PubAck]], connection: int) -> None:
        """Wait until all are acknowledged or one is refused.

        Raises
        ------
        Unavailable
            If the connection broke meanwhile: what was on its way to us then never comes.
        """
        waiting: set[asyncio.Future[api.PubAck]] = set(acks)
        while waiting:
            done, waiting = await asyncio.wait(
                waiting, timeout=_LOOK_S, return_when=asyncio.FIRST_EXCEPTION
            )
            if any(ack.exception() for ack in done):
                return
            if waiting and self._connection() != connection:
                raise Unavailable("the connection to the bus broke; publish again")

    async def broadcast(
        self, subject: str, data: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Tell whoever listens now; nothing is kept."""
        await translated(self._client.publish(subject, data, headers=_headers(headers, None)))

    async def request(self, subject: str, data: bytes, *, timeout_s: float = 5.0) -> Message:
        """Return the answer of whoever answers on `subject`."""
        answer = await translated(self._client.request(subject, data, timeout=timeout_s))
        return _message(answer)

    # reading

    async def listen(
        self, subject: str, *, ready: asyncio.Event | None = None
    ) -> AsyncIterator[Message]:
        """Yield what is broadcast on `subject` from now on; `ready` is set once the server knows.

        A listener that falls 64 MiB behind loses messages (a line in the log says so).
        """
        subscription = await translated(self._client.subscribe(subject))
        try:
            await translated(self._client.flush())
            if ready is not None:
                ready.set()
            async for message in subscription.messages:
                yield _message(message)
        finally:
            if not self._client.is_closed:
                await subscription.unsubscribe()

    async def answer(self, subject: str, handler: Callable[[Message], Awaitable[bytes]]) -> None:
        """Answer requests on `subject` with `handler` until cancelled."""
        async for message in self.listen(subject):
            if message.reply:
                await self.broadcast(message.reply, await handler(message))

    def consume(
        self,
        stream: str,
        subject: str = ">",
        *,
        start_seq: int = 1,
        batch: int = 256,
        idle_s: float | None = None,
    ) -> AsyncIterator[Sequence[Message]]:
        """Yield the stream's messages from `start_seq` on, in order, in batches as they come.

        The position is the caller's: keep the last `seq` with the effects of the messages, and
        start at the next one after a crash. A break of the connection shows as a pause only. With
        `idle_s` an empty batch is yielded whenever that many seconds brought nothing.
        """
        position = StreamPosition(stream, subject, max(start_seq, 1))
        return self._pulled(position, batch, idle_s)

    def consume_durable(
        self,
        stream: str,
        durable: str,
        subject: str = ">",
        *,
        batch: int = 256,
        idle_s: float | None = None,
        ack_wait_s: float = 30.0,
    ) -> AsyncIterator[Sequence[Message]]:
        """Yield what `durable` has not acknowledged; the server keeps the position.

        Give each batch to `ack` once its effects are kept. What was not acknowledged comes again:
        after `ack_wait_s`, or when consuming starts anew, and then perhaps after newer messages.
        """
        return self._pulled(DurablePosition(stream, subject, durable, ack_wait_s), batch, idle_s)

    def _pulled(
        self, position: Position, batch: int, idle_s: float | None
    ) -> AsyncIterator[Sequence[Message]]:
        return pulled(self._client, self._js, position, batch=batch, idle_s=idle_s)

    async def ensure_durable(
        self, stream: str, durable: str, subject: str = ">", *, ack_wait_s: float = 30.0
    ) -> None:
        """Create the durable consumer, so that the stream keeps messages for it from now on."""
        position = DurablePosition(stream, subject, durable, ack_wait_s)
        await translated(position.create(self._js))

    async def forget_durable(self, stream: str, durable: str) -> None:
        """Remove a durable consumer of another name than today's, where there is one."""
        with contextlib.suppress(nats.js.errors.NotFoundError):
            await self._js.delete_consumer(stream, durable)

    async def ack(self, messages: Sequence[Message]) -> None:
        """Acknowledge these messages of a durable consumer, one by one; returns when kept.

        One by one, because a server that is shutting down may count messages as delivered that
        never reached us: an acknowledgement of "this and all before it" would take those along.
        """
        if not messages:
            return
        *before, last = messages
        for message in before:  # the server reads a connection in order: the last answers for all
            await translated(self._client.publish(message.reply, _ACK))
        await translated(self._client.request(last.reply, _ACK, timeout=5.0))

    @property
    def client(self) -> Client:
        """The NATS client below, for what the bus itself offers no call for."""
        return self._client


async def _all(acks: list[asyncio.Future[api.PubAck]]) -> list[api.PubAck]:
    return list(await asyncio.gather(*acks))


def _headers(headers: Mapping[str, str] | None, msg_id: str | None) -> dict[str, str] | None:
    if msg_id:
        return {**(headers or {}), MSG_ID: msg_id}
    return dict(headers) if headers else None


def _message(message: Any) -> Message:
    return Message(message.subject, message.data, message.headers or {}, 0, message.reply)


def _place(url: str) -> str:
    """Return host and port of an address."""
    return url.rpartition("//")[2]


def _say(text: str) -> Callable[[], Awaitable[None]]:
    async def callback() -> None:
        log.warning(text)

    return callback
