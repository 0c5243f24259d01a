"""The bus, on its own child server and, where `MADANG_TEST_NATS` names one, on an external one."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import uuid
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import STREAMS, Message, Outgoing, Stream
from madang.kernel.bus.server import BusServer
from madang.kernel.errors import Invalid, LimitReached, Unavailable
from tests.kernel.bus_server import instance, killed_and_started_again, with_bus

pytestmark = pytest.mark.system


@pytest.fixture(
    scope="module", params=["child", pytest.param("external", marks=pytest.mark.external)]
)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a bus with streams."""
    if request.param == "external":
        if not os.environ.get("MADANG_TEST_NATS"):
            pytest.skip("no external bus: MADANG_TEST_NATS is not set")
        yield os.environ["MADANG_TEST_NATS"]
        with_bus(os.environ["MADANG_TEST_NATS"], _without_our_streams)
        return
    here = instance(tmp_path_factory.mktemp("bus"))
    server = BusServer(here)
    server.start()
    yield client_url(here)
    server.stop()


async def _without_our_streams(bus: Bus) -> None:
    """Leave an external server as it was."""
    jetstream = bus.client.jetstream()
    for info in await jetstream.streams_info():
        if re.fullmatch(r"T[0-9a-f]{8}", info.config.name or ""):
            await jetstream.delete_stream(info.config.name)


@pytest.fixture
def stream() -> Stream:
    """Return a stream that no other test uses."""
    name = f"T{uuid.uuid4().hex[:8]}"
    return Stream(name, (f"{name}.>",), 3600.0, 64 << 20, refuse_when_full=True)


async def _taken(bus: Bus, stream: Stream, count: int, **how: object) -> list[Message]:
    taken: list[Message] = []
    async with asyncio.timeout(20):
        async for batch in bus.consume(stream.name, **how):  # type: ignore[arg-type]
            taken += batch
            if len(taken) >= count:
                return taken
    raise AssertionError


def test_what_is_published_is_read_in_order_from_any_position(url: str, stream: Stream) -> None:
    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        sent = [Outgoing(f"{stream.name}.a", b"%d" % n, {"n": str(n)}) for n in range(1000)]
        assert await bus.publish_many(sent) == list(range(1, 1001))
        assert await bus.publish(f"{stream.name}.b", b"last") == 1001
        everything = await _taken(bus, stream, 1001, batch=64)
        assert [m.seq for m in everything] == list(range(1, 1002))
        assert everything[7].headers["n"] == "7"
        assert [m.data for m in await _taken(bus, stream, 2, start_seq=1000)] == [b"999", b"last"]
        only_b = await _taken(bus, stream, 1, subject=f"{stream.name}.b")
        assert [m.seq for m in only_b] == [1001]

    with_bus(url, work)


def test_the_same_message_id_is_kept_once(url: str, stream: Stream) -> None:
    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        first = await bus.publish(f"{stream.name}.a", b"x", msg_id="one")
        assert await bus.publish(f"{stream.name}.a", b"x", msg_id="one") == first
        assert (await bus.state(stream.name)).messages == 1

    with_bus(url, work)


def test_a_message_shows_at_once_without_waiting_for_a_full_batch(url: str, stream: Stream) -> None:
    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        loop = asyncio.get_running_loop()
        waits: list[float] = []

        async def read() -> None:
            async for batch in bus.consume(stream.name, batch=500):
                waits.extend(loop.time() - float(m.data) for m in batch)
                if len(waits) >= 20:
                    return

        reader = asyncio.create_task(read())
        for _ in range(20):
            await bus.publish(f"{stream.name}.a", str(loop.time()).encode())
        await asyncio.wait_for(reader, 10)
        assert sorted(waits)[10] < 0.5

    with_bus(url, work)


def test_messages_far_larger_than_the_wire_ahead_are_read_whole(url: str, stream: Stream) -> None:
    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        payload = os.urandom(700_000)
        await bus.publish_many([Outgoing(f"{stream.name}.a", payload)] * 70)
        taken = await _taken(bus, stream, 70, batch=1000)
        assert all(message.data == payload for message in taken)
        assert bus.client.stats["reconnects"] == 0

    with_bus(url, work)


def test_a_durable_consumer_gets_again_what_it_did_not_acknowledge(
    url: str, stream: Stream
) -> None:
    async def first(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        await bus.publish_many([Outgoing(f"{stream.name}.a", b"%d" % n) for n in range(10)])
        async for batch in bus.consume_durable(stream.name, "reader", batch=10, ack_wait_s=3):
            await bus.ack(batch[:1])
            break

    async def second(bus: Bus) -> None:
        taken: list[Message] = []
        async with asyncio.timeout(20):  # an old server has no reset: it waits for ack_wait
            async for batch in bus.consume_durable(stream.name, "reader", ack_wait_s=3):
                taken += batch
                if len(taken) >= 9:
                    break
        assert [m.data for m in taken] == [b"%d" % n for n in range(1, 10)]

    with_bus(url, first)
    with_bus(url, second)


def test_trimming_lets_go_of_what_is_before_a_sequence(url: str, stream: Stream) -> None:
    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        await bus.publish_many([Outgoing(f"{stream.name}.a", b"x") for _ in range(10)])
        await bus.trim(stream.name, 8)
        state = await bus.state(stream.name)
        assert (state.first_seq, state.last_seq) == (8, 10)
        assert [m.seq for m in await _taken(bus, stream, 3)] == [8, 9, 10]

    with_bus(url, work)


def test_a_full_stream_refuses_and_drops_nothing(url: str) -> None:
    name = f"T{uuid.uuid4().hex[:8]}"
    small = Stream(name, (f"{name}.>",), 3600.0, 1 << 20, refuse_when_full=True)

    async def work(bus: Bus) -> None:
        await bus.ensure_streams([small])
        kept = 0
        with pytest.raises(LimitReached, match="full"):
            for _ in range(100):
                await bus.publish(f"{name}.a", b"x" * 50_000)
                kept += 1
        assert 15 < kept < 25
        state = await bus.state(name)
        assert (state.first_seq, state.messages) == (1, kept)

    with_bus(url, work)


def test_broadcasts_reach_listeners_and_requests_are_answered(url: str) -> None:
    async def work(bus: Bus) -> None:
        subject = f"t{uuid.uuid4().hex}"
        ready = asyncio.Event()

        async def heard() -> Message:
            async for message in bus.listen(f"{subject}.>", ready=ready):
                return message
            raise AssertionError

        async def double(message: Message) -> bytes:
            return message.data * 2

        listener = asyncio.create_task(heard())
        await ready.wait()
        await bus.broadcast(f"{subject}.now", b"hello", {"k": "v"})
        message = await asyncio.wait_for(listener, 5)
        assert (message.subject, message.data) == (f"{subject}.now", b"hello")
        assert message.headers["k"] == "v"
        answerer = asyncio.create_task(bus.answer(f"{subject}-ask", double))
        await asyncio.sleep(0.1)
        assert (await bus.request(f"{subject}-ask", b"ab")).data == b"abab"
        answerer.cancel()

    with_bus(url, work)


def test_what_cannot_be_published_is_refused_with_a_reason(url: str) -> None:
    async def work(bus: Bus) -> None:
        with pytest.raises(Unavailable, match="no stream"):
            await bus.publish(f"nobody.{uuid.uuid4().hex}", b"x")
        with pytest.raises(Invalid, match="not a subject"):
            await bus.broadcast("two words", b"x")
        with pytest.raises(Invalid, match="larger"):
            await bus.broadcast("a", b"x" * (64 << 20))

    with_bus(url, work)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_again_and_again(
    tmp_path: Path, stream: Stream
) -> None:
    here = instance(tmp_path)
    server = BusServer(here)
    server.start()
    acknowledged: set[int] = set()
    read: list[int] = []

    async def publish(bus: Bus, enough: asyncio.Event) -> None:
        number = 0
        while not enough.is_set():
            number += 1
            while True:
                try:
                    await bus.publish(
                        f"{stream.name}.a", b"%d" % number, msg_id=f"n{number}", timeout_s=2
                    )
                except Unavailable:
                    await asyncio.sleep(0.02)
                    continue
                acknowledged.add(number)
                break

    async def consume(bus: Bus) -> None:
        async for batch in bus.consume(stream.name, batch=50):
            read.extend(int(m.data) for m in batch)

    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        enough = asyncio.Event()
        reader = asyncio.create_task(consume(bus))
        writer = asyncio.create_task(publish(bus, enough))
        for _ in range(3):
            await asyncio.sleep(0.4)
            await asyncio.to_thread(killed_and_started_again, server)
        await asyncio.sleep(0.4)
        enough.set()
        await asyncio.wait_for(writer, 20)
        async with asyncio.timeout(20):
            while not read or read[-1] < max(acknowledged):
                await asyncio.sleep(0.05)
        reader.cancel()

    try:
        with_bus(client_url(here), work)
    finally:
        server.stop()
    assert len(acknowledged) > 20
    assert read == sorted(acknowledged)


def test_while_the_server_is_away_publishing_says_so(tmp_path: Path, stream: Stream) -> None:
    here = instance(tmp_path)
    server = BusServer(here)
    server.start()

    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        await asyncio.to_thread(server.stop)
        with pytest.raises(Unavailable):
            await bus.publish(f"{stream.name}.a", b"x", timeout_s=2)
        with pytest.raises(Unavailable):
            await bus.publish_many([Outgoing(f"{stream.name}.a", b"x")], timeout_s=2)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(10):
            while not bus.is_connected:
                await asyncio.sleep(0.05)
        assert await bus.publish(f"{stream.name}.a", b"x") == 1

    try:
        with_bus(client_url(here), work)
    finally:
        server.stop()


def test_many_messages_cut_off_by_a_restart_are_told_at_once(tmp_path: Path) -> None:
    """What the server had not read when it died is never acknowledged: waiting for it is idle."""
    stream = Stream("CUT", ("cut.>",), 3600.0, 64 << 20, refuse_when_full=True)
    here = instance(tmp_path)
    server = BusServer(here)
    server.start()
    messages = [Outgoing("cut.a", b"%d" % n, msg_id=f"n{n}") for n in range(50)]

    async def work(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        sending = asyncio.create_task(bus.publish_many(messages))
        await asyncio.sleep(0.3)
        begin = asyncio.get_running_loop().time()
        await asyncio.to_thread(killed_and_started_again, server)
        with pytest.raises(Unavailable, match="connection to the bus broke"):
            await sending
        assert asyncio.get_running_loop().time() - begin < 15
        assert await bus.publish_many(messages) == list(range(1, 51))

    try:
        with_bus(client_url(here), work)
    finally:
        server.stop()


@pytest.mark.parametrize("room_mib", [400, 900, 5000])
def test_on_a_small_disk_every_stream_gets_its_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room_mib: int
) -> None:
    """The first stream once took so much that the last found no room, and nothing started."""
    usage = namedtuple("Usage", "total used free")(0, 0, room_mib << 20)
    monkeypatch.setattr("madang.kernel.bus.server.shutil.disk_usage", lambda _: usage)
    here = instance(tmp_path)
    server = BusServer(here)
    server.start()

    async def work(bus: Bus) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):  # as lake, doors and worker do at a start
                group.create_task(bus.ensure_streams(STREAMS))
        infos = await bus.client.jetstream().streams_info()
        sizes = {info.config.name: info.config.max_bytes or 0 for info in infos}
        assert min(sizes[stream.name] for stream in STREAMS) >= 64 << 20
        assert sum(sizes.values()) <= room_mib << 20

    try:
        with_bus(client_url(here), work)
    finally:
        server.stop()


def test_connecting_to_nobody_says_where(tmp_path: Path) -> None:
    here = instance(tmp_path)

    async def work() -> None:
        await Bus.connect(client_url(here), timeout_s=0.5)

    with pytest.raises(Unavailable, match=f"127.0.0.1:{here.bus_port} does not answer"):
        asyncio.run(work())
