"""Parts that go away under load, in order or not: what was accepted is there afterwards, once."""

from __future__ import annotations

import os
import signal
import threading
import time

import psutil
import pytest

from tests.system import hostile
from tests.system.instance import Instance, until
from tests.system.load import Sender, audit, things

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


class House:
    """An instance with a gateway whose event time goes on from test to test."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.key = instance.gateway("steady", "simulated")
        self.ids = things(instance, self.key, "steady", 10)
        self.begin_s = int(time.time()) - 500_000
        self.each = 0
        self.wire_key = instance.gateway("wire", "simulated")
        [self.wire_ds] = things(instance, self.wire_key, "wire", 1)
        self.wire_since, self.wire_sent = time.monotonic(), 0

    def sender(self) -> Sender:
        """Return a sender that goes on where the last one stopped."""
        return Sender(self.instance, self.key, "steady", self.ids, self.begin_s + self.each)

    def sent_on(self, sender: Sender, within_s: float = 60) -> None:
        """Wait until the sender was heard again."""
        before = sender.accepted
        until(lambda: sender.accepted > before, within_s, "accepted again")

    def audit(self, sender: Sender) -> None:
        """All that was accepted, from the first test on, is in the lake once."""
        self.each += sender.accepted // len(self.ids)
        audit(self.instance, self.ids, self.each)


@pytest.fixture(scope="module")
def house(struck):
    return House(struck)


class MQTTLoad:
    """A device that publishes a reading every 20 ms at QoS 1, whatever happens to the bus.

    At most `AHEAD` readings wait for their PUBACK, as with any device that has little memory; a
    slow disk then slows the device down, and no backlog outlives the test.
    """

    AHEAD = 40

    def __init__(self, house: House) -> None:
        self._device = hostile.Device(house.instance, "wire", house.wire_key)
        self._ds, self._at = house.wire_ds, house.begin_s + house.wire_sent
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.sent = 0

    def __enter__(self) -> MQTTLoad:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        try:
            until(lambda: self._device.acknowledged >= self.sent, 60, "every PUBACK")
        except AssertionError:
            known = f"{self._device.acknowledged} of {self.sent} acknowledged"
            raise AssertionError(
                f"{known}; connected: {self._device.client.is_connected()}"
            ) from None
        finally:
            self._device.close()

    def _run(self) -> None:
        while not self._over.wait(0.02):
            if self.sent - self._device.acknowledged >= self.AHEAD:
                continue
            row = (self._ds, (self._at + self.sent) * 1000, 20 + self.sent % 7)
            self._device.send(hostile.as_columns([row]))
            self.sent += 1


@pytest.fixture(scope="module")
def wired(house):
    # the doors know new datastreams within 5 s (docs/explanation/spine.md)
    time.sleep(max(0.0, house.wire_since + 5.5 - time.monotonic()))
    return house


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_bus_restarts_under_load(house, number):
    with house.sender() as sender:
        house.sent_on(sender)
        before = house.instance.pid_of("bus")
        os.kill(before, number)
        until(lambda: house.instance.pid_of("bus") != before, 60, "a new bus")
        house.sent_on(sender, 90)
        house.sent_on(sender)
    house.audit(sender)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_bus_restarts_under_load_of_http_and_mqtt(wired, number):
    house = wired
    with house.sender() as sender, MQTTLoad(house) as device:
        house.sent_on(sender)
        before = house.instance.pid_of("bus")
        os.kill(before, number)
        until(lambda: house.instance.pid_of("bus") != before, 60, "a new bus")
        house.sent_on(sender, 90)
        house.sent_on(sender)
    house.audit(sender)
    house.wire_sent += device.sent
    audit(house.instance, [house.wire_ds], house.wire_sent)


def test_while_the_lake_hangs_the_doors_stay_open_and_it_catches_up(house):
    lake = psutil.Process(house.instance.pid_of("lake"))
    with house.sender() as sender:
        house.sent_on(sender)
        lake.suspend()
        try:
            before = sender.accepted
            time.sleep(4)
            assert sender.accepted > before + 100 * len(house.ids) / 10
            assert house.instance.get("/").status_code in (200, 503)  # answers, and says so
            until(lambda: house.instance.get("/healthz").status_code == 503, 30, "health 503")
            assert not house.instance.get("/healthz").json()["checks"]["lake"]["ok"]
        finally:
            lake.resume()
    house.audit(sender)
    until(lambda: house.instance.get("/healthz").status_code == 200, 30, "good health")


def test_ctrl_c_under_load_stops_all_loses_nothing_and_the_next_start_is_quick(house):
    pids = [child["pid"] for child in house.instance.processes()]
    with house.sender() as sender:
        house.sent_on(sender)
        assert house.instance.stop() == 0
        assert not any(psutil.pid_exists(pid) for pid in pids)
        assert "Traceback" not in house.instance.log.read_text()
        house.instance.start()
        assert house.instance.start_s < 60, "a later start takes 15 s on a quiet machine"
        house.sent_on(sender, 90)
    house.audit(sender)


def test_a_second_ctrl_c_does_not_wait_for_a_part_that_hangs(house):
    pids = [child["pid"] for child in house.instance.processes()]
    with house.sender() as sender:
        house.sent_on(sender)
        psutil.Process(house.instance.pid_of("lake")).suspend()
        process = house.instance.process
        process.send_signal(signal.SIGINT)
        time.sleep(2)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(15)
        assert time.monotonic() - begin < 10, "the lake alone has 30 s to stop in order"
        until(lambda: not any(psutil.pid_exists(pid) for pid in pids), 5, "all are gone")
        house.instance.start()
        house.sent_on(sender, 90)
    house.audit(sender)


def test_a_killed_supervisor_leaves_nothing_in_the_way_of_the_next_start(house):
    pids = [child["pid"] for child in house.instance.processes()]
    with house.sender() as sender:
        house.sent_on(sender)
        psutil.Process(house.instance.pid_of("lake")).suspend()  # one that does not end by itself
        house.instance.process.kill()
        house.instance.process.wait()
        threading.Timer(3, lambda: psutil.Process(pids[1]).resume()).start()
        house.instance.start()
        assert not any(
            psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
            for pid in pids
        )
        house.sent_on(sender, 90)
    assert "the last start was killed" in house.instance.log.read_text()
    house.audit(sender)
