"""From the sensor to the page, and from the completing hour to the declared measure, under load.

An instance of its own, as `madang up` starts it. A sender keeps 30,000 points a second going
through the public HTTP door; every clock below begins just before the sender writes its request.

- Readings: until `/api/v1/telemetry/latest` has the observation (one datastream of every request is
  watched), and until the district's page shows the newest PM10 of a station.
- Alerts: each district has three hourly PM2.5 means above the city's limit; while the load goes on
  each gets its fourth. Until `/api/v1/air/measures` lists the measure, and until the event is out.

Those who look ask every 50 ms, which is part of the figures.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import httpx
import numpy as np

from madang.app.proof.instance import Instance, until
from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.config import Settings
from madang.kernel.errors import Unavailable

POINTS_PER_S = 30_000
_REQUEST = 1000  # points at most
_PER_SECOND = 10  # requests at least
_LOOK_S = 0.05
_HOUR_MS = 3_600_000
_CLAIMED = (3_000, 8.0)
_PM10 = re.compile(r"<dt>PM10</dt><dd>(\d+) ")


@dataclass(frozen=True)
class Delays:
    """How long it took: quantiles [ms] of so many."""

    count: int
    p50_ms: float
    p99_ms: float
    worst_ms: float


@dataclass(frozen=True)
class Figures:
    """What one run measured.

    `points_per_s` is what the door really accepted; `cores` the CPU-seconds per second that each
    program of the instance used while it was sent.
    """

    datastreams: int
    points_per_s: float
    cores: dict[str, float]
    latest: Delays
    page: Delays
    measure: Delays
    event: Delays


@dataclass
class Watch:
    """When something was sent and when it was first seen [s of the performance counter]."""

    sent: dict[tuple[str, int], float] = field(default_factory=dict)
    seen: dict[tuple[str, int], float] = field(default_factory=dict)

    def see(self, name: str, newest: int) -> None:
        """Note that everything of `name` up to `newest` is visible now."""
        at = time.perf_counter()
        for key in [k for k in list(self.sent) if k[0] == name and k[1] <= newest]:
            self.seen.setdefault(key, at)

    def delays(self) -> Delays:
        """Return the delays of all that was sent.

        Raises
        ------
        Unavailable
            If something was never seen.
        """
        missing = self.sent.keys() - self.seen.keys()
        if missing or not self.sent:
            raise Unavailable(f"{len(missing)} of {len(self.sent)} were never seen")
        took = np.array([self.seen[key] - at for key, at in self.sent.items()]) * 1000
        p50, p99 = np.quantile(took, (0.5, 0.99)).tolist()
        return Delays(len(took), p50, p99, float(took.max()))


@dataclass
class Made:
    """The gateway's key and datastreams; `hourly` and `live` by district."""

    key: str
    load: list[int]
    hourly: dict[str, int]
    live: dict[str, int]


def measured(datastreams: int, seconds: float, points_per_s: int = POINTS_PER_S) -> Figures:
    """Run an instance, load it for so long, and watch."""
    with (
        tempfile.TemporaryDirectory(prefix="madang-proof-") as folder,
        Instance(Path(folder), "--no-sim") as instance,
    ):
        made = _provisioned(instance, datastreams)
        return _Run(instance, made, seconds, points_per_s).figures()


def _provisioned(instance: Instance, datastreams: int) -> Made:
    from madang.city.api import profile

    units = [unit.code for unit in profile().districts()]
    done = subprocess.run(
        [sys.executable, "-m", "madang.telemetry.proof.provision", str(datastreams), *units],
        env=instance.environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode != 0:
        raise Unavailable(f"the gateway was not made: {done.stderr[-2000:]}")
    return Made(**json.loads(done.stdout))


class _Run:
    """One measurement: the sender in this thread, those who look in threads of their own."""

    def __init__(self, instance: Instance, made: Made, seconds: float, rate: int) -> None:
        self._instance, self._made, self._seconds, self._rate = instance, made, seconds, rate
        self._request = min(_REQUEST, rate // _PER_SECOND)
        self._latest, self._page = Watch(), Watch()
        self._measure, self._event = Watch(), Watch()
        self._over = threading.Event()
        self._failures: list[BaseException] = []
        self._client = self._new_client()
        self._lots = [
            made.load[start : start + self._request]
            for start in range(0, len(made.load), self._request)
        ]
        self._looks = (self._look_at_latest, self._look_at_page, self._look_at_measures)
        self._hour_ms = int(time.time()) * 1000 // _HOUR_MS * _HOUR_MS

    def _new_client(self) -> httpx.Client:
        key = {"Authorization": f"Bearer {self._made.key}"}
        return httpx.Client(base_url=self._instance.url, headers=key, timeout=30, trust_env=False)

    def figures(self) -> Figures:
        """Warm the instance up, send, wait for the last to be seen."""
        with closing(self._client):
            return self._figures()

    def _figures(self) -> Figures:
        until(self._is_known, 60, "the door's knowledge of the datastreams")
        self._send_hours(self._made.hourly, (3, 2, 1))
        until(self._three_hours_are_in, 60, "the first three hours")
        for look in self._looks:  # what a process does once, at its first request, is over then
            look(self._client)
        with self._lookers():
            before = self._cpu_s()
            accepted, took = self._send()
            after = self._cpu_s()
            until(self._all_seen, 30, "the last observation")
        if self._failures:
            raise self._failures[0]
        return Figures(
            len(self._made.load),
            accepted / took,
            {name: (seconds - before.get(name, 0.0)) / took for name, seconds in after.items()},
            self._latest.delays(),
            self._page.delays(),
            self._measure.delays(),
            self._event.delays(),
        )

    def _cpu_s(self) -> dict[str, float]:
        return {
            name: sum(sum(process.cpu_times()[:2]) for process in found)
            for name, found in self._instance.programs().items()
        }

    # sending

    def _send_columns(self, ds: Sequence[int], t: int, v: Sequence[float]) -> int:
        body = {"ds": list(ds), "t": [t] * len(ds), "v": list(v)}
        answer = self._client.post("/ingest/v1/columns", json=body)
        if answer.status_code != 201:
            raise Unavailable(f"the door answered {answer.status_code}: {answer.text[:300]}")
        return int(answer.json()["accepted"])

    def _send_hours(self, units: Sequence[str] | dict[str, int], ago: Sequence[int]) -> None:
        ids = [self._made.hourly[unit] for unit in units]
        for hours in ago:
            self._send_columns(ids, self._hour_ms - hours * _HOUR_MS, [80.0 + hours] * len(ids))

    def _send(self) -> tuple[int, float]:
        """Send on schedule; a delay is made up, so the rate holds as long as the door keeps up."""
        random = np.random.default_rng(5)
        begun, base_ms = time.perf_counter(), int(time.time() - 7200) * 1000
        fourth = self._due_fourths()
        per_second = self._rate // self._request
        accepted = 0
        for number in range(int(self._seconds * per_second)):
            at = number / per_second
            time.sleep(max(0.0, begun + at - time.perf_counter()))
            lot, turn = number % len(self._lots), number // len(self._lots)
            ids, t = self._lots[lot], base_ms + turn * 1000
            values = np.round(random.uniform(0.02, 0.06, len(ids)), 4).tolist()
            self._latest.sent[str(ids[0]), t] = time.perf_counter()
            accepted += self._send_columns(ids, t, values)
            if number % per_second == 0:
                self._send_page_value(number // per_second)
            while fourth and fourth[0][0] <= at:
                self._send_fourth(fourth.pop(0)[1])
        return accepted, time.perf_counter() - begun

    def _due_fourths(self) -> list[tuple[float, str]]:
        """Return when each district gets its fourth hour, spread over the run."""
        units = list(self._made.hourly)
        step = max(self._seconds - 2.0, 1.0) / len(units)
        return [(1.0 + place * step, unit) for place, unit in enumerate(units)]

    def _send_page_value(self, second: int) -> None:
        unit = next(iter(self._made.live))
        self._page.sent["page", 100 + second] = time.perf_counter()
        self._send_columns([self._made.live[unit]], int(time.time()) * 1000, [100.0 + second])

    def _send_fourth(self, unit: str) -> None:
        now = time.perf_counter()
        self._measure.sent[unit, 0] = self._event.sent[unit, 0] = now
        self._send_hours([unit], (0,))

    # looking

    @contextmanager
    def _lookers(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.callback(self._over.set)
            for look in self._looks:
                self._thread(stack, partial(self._repeat, look))
            heard = threading.Event()
            self._thread(stack, lambda: asyncio.run(self._hear(heard)))
            if not heard.wait(10):
                raise Unavailable("the bus does not answer")
            yield
            self._over.set()

    def _thread(self, stack: ExitStack, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:
                self._failures.append(error)

        thread = threading.Thread(target=guarded)
        thread.start()
        stack.callback(thread.join)
        stack.callback(self._over.set)

    def _repeat(self, look: Callable[[httpx.Client], None]) -> None:
        with self._new_client() as client:
            while not self._over.is_set():
                look(client)
                self._over.wait(_LOOK_S)

    def _look_at_latest(self, client: httpx.Client) -> None:
        ids = ",".join(str(lot[0]) for lot in self._lots)
        found = client.get("/api/v1/telemetry/latest", params={"ids": ids}).json()
        for ds, t in zip(found["ds"], found["t"], strict=True):
            self._latest.see(str(ds), t)

    def _look_at_page(self, client: httpx.Client) -> None:
        shown = _PM10.search(client.get(f"/air/{next(iter(self._made.live))}/").text)
        if shown:
            self._page.see("page", int(shown[1]))

    def _look_at_measures(self, client: httpx.Client) -> None:
        question = {"rule": "early_action", "origin": "simulated"}
        for measure in client.get("/api/v1/air/measures", params=question).json():
            self._measure.see(measure["district"], 0)

    async def _hear(self, heard: threading.Event) -> None:
        here = Settings(data=self._instance.data, port_offset=self._instance.offset)
        bus = await Bus.connect(client_url(here))
        listening = asyncio.create_task(self._note_events(bus))
        heard.set()
        while not self._over.is_set():
            await asyncio.sleep(_LOOK_S)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await bus.close()

    async def _note_events(self, bus: Bus) -> None:
        async for message in bus.listen("madang.events.air.measure_declared"):
            event = json.loads(message.data)
            if event["rule"] == "early_action":
                self._event.see(event["district"], 0)

    # waiting

    def _is_known(self) -> bool:
        ids = [self._made.load[-1], *self._made.live.values()]
        body = {"ds": ids, "t": [self._hour_ms - 5 * _HOUR_MS] * len(ids), "v": [0.01] * len(ids)}
        answer = self._client.post("/ingest/v1/columns", json=body)
        return answer.status_code == 201

    def _three_hours_are_in(self) -> bool:
        answer = self._client.get(
            f"/api/v1/air/districts/{list(self._made.hourly)[-1]}/series", params={"limit": 8}
        )
        return answer.status_code == 200 and len(answer.json()) >= 3

    def _all_seen(self) -> bool:
        if self._failures:
            raise self._failures[0]
        watches = (self._latest, self._page, self._measure, self._event)
        return all(watch.sent.keys() <= watch.seen.keys() for watch in watches)


@cache
def _here() -> Figures:
    return measured(*_CLAIMED)


def latest_p99_ms() -> float:
    """Return the 99th percentile [ms] from the sensor to the newest state over the API."""
    return _here().latest.p99_ms


def page_worst_ms() -> float:
    """Return the longest [ms] from the sensor to the page; there are too few for a quantile."""
    return _here().page.worst_ms


def alert_ms() -> float:
    """Return the longest [ms] from a completing hour to the declared measure over the API."""
    return _here().measure.worst_ms
