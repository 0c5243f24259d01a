"""The lake process and its clients: real sockets, real processes, abuse."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.kernel.errors import Invalid, LimitReached, NotFound, Unavailable
from madang.kernel.lake.chdb_store import Budget, ChdbStore
from madang.kernel.lake.client import LakeClient
from madang.kernel.lake.desk import Desk
from madang.kernel.lake.wire import LENGTHS, Answer, Request, frame
from tests.kernel.bus_server import instance
from tests.kernel.lake_tables import OBS, observations


class Echo:
    """A service that answers with what it was asked."""

    async def start(self, store, bus) -> None: ...

    async def stop(self) -> None: ...

    def answer(self, op: str, arguments: Mapping[str, Any]) -> pa.Table:
        if op == "fail":
            raise RuntimeError("a secret detail")
        if op == "limit":
            raise LimitReached("enough", retry_after_s=7.0)
        return pa.table({"op": [op], "arguments": [repr(dict(arguments))]})


class _Running:
    """A desk on its own loop in a thread, beside the test."""

    def __init__(self, path: Path, store: ChdbStore) -> None:
        self.loop = asyncio.new_event_loop()
        self.desk = Desk(path, store, {"echo": Echo()}, lambda: {"store": "test"})
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.call(self.desk.open())

    def call(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def close(self) -> None:
        self.call(self.desk.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChdbStore]:
    store = ChdbStore(tmp_path_factory.mktemp("store"), Budget(seconds=0.5))
    store.create(OBS)
    store.insert("obs", observations(5000), token="a")
    yield store
    store.close()


@pytest.fixture
def path(store: ChdbStore, tmp_path: Path) -> Iterator[Path]:
    """Return the socket of a desk in front of the store."""
    running = _Running(tmp_path / "run" / "lake.sock", store)
    yield tmp_path / "run" / "lake.sock"
    running.close()


@pytest.fixture
def client(path: Path) -> Iterator[LakeClient]:
    client = LakeClient(path, timeout_s=10)
    yield client
    client.close()


def test_a_question_is_answered_with_its_parameters(client: LakeClient) -> None:
    found = client.query("SELECT count() AS n FROM obs WHERE ds < {ds:UInt32}", {"ds": 1000})
    assert found["n"].to_pylist() == [5000]


def test_few_rows_come_without_arrow(client: LakeClient) -> None:
    assert client.columns("echo", "say", x=3) == client.ask("echo", "say", x=3).to_pydict()
    asked = "SELECT ds, min(v) AS least FROM obs WHERE ds < {ds:UInt32} GROUP BY ds ORDER BY ds"
    plain = client.query_columns(asked, {"ds": 1000})
    assert plain == client.query(asked, {"ds": 1000}).to_pydict()
    assert plain["ds"]
    arrays = client.query_arrays(asked, {"ds": 1000})
    assert {name: values.tolist() for name, values in arrays.items()} == plain
    assert arrays["ds"].dtype == np.uint32
    said = client.arrays("echo", "say", x=3)
    assert {name: values.tolist() for name, values in said.items()} == client.columns(
        "echo", "say", x=3
    )


def test_text_and_what_is_missing_come_as_they_are(client: LakeClient) -> None:
    asked = "SELECT 'a' AS word, CAST(NULL AS Nullable(Int64)) AS gap, 2.5 AS x"
    assert client.query_columns(asked) == {"word": ["a"], "gap": [None], "x": [2.5]}
    found = client.query_arrays(asked)
    assert found["word"].tolist() == ["a"]
    assert found["gap"].tolist() == [None]
    assert found["x"].dtype == np.float64


def test_errors_come_over_as_what_they_are(client: LakeClient) -> None:
    with pytest.raises(Invalid, match="Unknown expression") as refused:
        client.query("SELECT nothing FROM obs")
    assert "sql" in refused.value.fields
    with pytest.raises(LimitReached, match="time"):
        client.query("SELECT count() FROM numbers(1000000000000)")
    with pytest.raises(LimitReached) as limit:
        client.ask("echo", "limit")
    assert limit.value.retry_after_s == 7.0
    with pytest.raises(NotFound, match=r"runs \['echo'\]"):
        client.ask("nobody", "x")
    with pytest.raises(Exception, match="its log says more") as ours:
        client.ask("echo", "fail")
    assert "secret" not in str(ours.value)
    assert client.ask("echo", "hello", ids=[1, 2])["arguments"][0].as_py() == "{'ids': [1, 2]}"


def test_the_status_says_what_was_asked(client: LakeClient) -> None:
    client.query("SELECT 1")
    status = client.status()
    assert (status["store"], status["services"], status["asked"]) == ("test", ["echo"], 2)


def test_only_its_own_user_may_connect(path: Path, client: LakeClient) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_threads_ask_at_once(client: LakeClient) -> None:
    answers: list[int] = []

    def ask() -> None:
        for ds in range(20):
            found = client.query("SELECT count() AS n FROM obs WHERE ds >= {x:UInt32}", {"x": ds})
            answers.append(found["n"][0].as_py())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 160
    assert len(set(answers)) == 20


def test_a_slow_question_does_not_hold_up_live_answers(client: LakeClient) -> None:
    def ask() -> None:
        with contextlib.suppress(LimitReached):
            client.query("SELECT count() FROM numbers(1000000000000)")

    slow = [threading.Thread(target=ask) for _ in range(4)]
    for thread in slow:
        thread.start()
    time.sleep(0.05)
    before = time.monotonic()
    client.ask("echo", "now")
    waited = time.monotonic() - before
    for thread in slow:
        thread.join()
    assert waited < 0.4


def raw(path: Path, data: bytes, *, finish: bool = False) -> bytes:
    """Send bytes as they are and return what comes back."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(path))
        connection.sendall(data)
        if finish:
            connection.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: lake\r\n\r\n",
        struct.pack(">II", 0xFFFFFFFF, 0),
        struct.pack(">II", 4, 12),
        struct.pack(">II", 3, 0) + b"\xc1\xff\x00",
        struct.pack(">II", 1, 0) + b"\x80",
        LENGTHS.pack(20, 0) + msgspec.msgpack.encode({"kind": 5})[:20].ljust(20, b"\0"),
        b"".join(bytes(p) for p in frame(Request("query"))).replace(b"kind", b"kInd"),
    ],
)
def test_nonsense_on_the_socket_is_refused_and_the_desk_goes_on(
    path: Path, client: LakeClient, data: bytes
) -> None:
    received = raw(path, data)
    head_size, body_size = LENGTHS.unpack(received[: LENGTHS.size])
    head = msgspec.msgpack.decode(received[LENGTHS.size :][:head_size], type=Answer)
    assert (head.error, body_size) == ("invalid", 0)
    assert client.query("SELECT 1 AS one")["one"].to_pylist() == [1]


@pytest.mark.parametrize("data", [b"", b"\0\0", struct.pack(">II", 100, 0) + b"half"])
def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(
    path: Path, client: LakeClient, data: bytes
) -> None:
    assert raw(path, data, finish=True) == b""
    assert client.status()["connections"] == 1


def test_a_lake_that_is_down_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"lake.sock does not answer.*madang up"):
        LakeClient(tmp_path / "lake.sock").query("SELECT 1")


def test_a_client_finds_a_restarted_lake_again(store: ChdbStore, tmp_path: Path) -> None:
    path = tmp_path / "lake.sock"
    client = LakeClient(path, timeout_s=10)
    for _ in range(2):
        running = _Running(path, store)
        assert client.query("SELECT 1 AS one")["one"].to_pylist() == [1]
        running.close()
        with pytest.raises(Unavailable):
            client.query("SELECT 1")
    client.close()


# the real process


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of an instance whose bus runs."""
    settings = instance(tmp_path)
    bus = BusServer(settings)
    bus.start()
    yield settings
    bus.stop()


@contextlib.contextmanager
def lake_process(here: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "MADANG_DATA": str(here.data),
        "MADANG_PORT_OFFSET": str(here.port_offset),
    }
    with (here.data / "lake.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "madang.kernel.lake.server"], env=environment, stderr=log
        )
    try:
        deadline = time.monotonic() + 60
        while not answers(here):
            assert process.poll() is None, (here.data / "lake.log").read_text()
            assert time.monotonic() < deadline, (here.data / "lake.log").read_text()
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def answers(here: Settings) -> bool:
    client = LakeClient(here.lake_socket, timeout_s=5)
    try:
        return bool(client.status())
    except Unavailable:
        return False
    finally:
        client.close()


@pytest.mark.system
def test_the_lake_process_owns_the_store_and_ends_gracefully(here: Settings) -> None:
    client = LakeClient(here.lake_socket, timeout_s=10)
    with lake_process(here) as process:
        assert client.query("SELECT count() AS n FROM obs")["n"].to_pylist() == [0]
        assert "lake" in client.status()["services"]
        second = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from pathlib import Path\n"
                "from madang.kernel.lake.chdb_store import ChdbStore\n"
                "ChdbStore(Path(sys.argv[1]))",
                str(here.data / "lake"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "in use by another process" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not here.lake_socket.exists()
    with pytest.raises(Unavailable):
        client.query("SELECT 1")


@pytest.mark.system
def test_a_killed_lake_comes_back_over_its_old_socket(here: Settings) -> None:
    client = LakeClient(here.lake_socket, timeout_s=10)
    for _ in range(2):
        with lake_process(here) as process:
            assert client.query("SELECT count() AS n FROM obs")["n"].to_pylist() == [0]
            process.kill()
            process.wait()
            with pytest.raises(Unavailable):
                client.query("SELECT 1")
    client.close()
