"""An instance whose disk runs full under load: it says so, loses nothing, and recovers."""

from __future__ import annotations

import errno
import subprocess
import time

import httpx
import pytest

from tests.system import hostile
from tests.system.instance import Instance, until
from tests.system.load import Sender, audit, things

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
SIZE_MIB = 900


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small disk: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def instance(small_disk):
    with Instance(small_disk, "--no-sim") as running:
        yield running


def fill(folder):
    """Take what room there is, to the last block; returns the file that holds it."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return ballast


def test_a_full_disk_refuses_plainly_loses_nothing_and_is_over_once_there_is_room(
    instance, small_disk
):
    key = instance.gateway("steady", "simulated")
    ids = things(instance, key, "steady", 10)
    begin_s = int(time.time()) - 500_000
    with Sender(instance, key, "steady", ids, begin_s) as sender:
        until(lambda: sender.accepted, 20, "sending")
        first = (ids[0], begin_s * 1000, 20.0 + (begin_s % 97) / 10 + ids[0] % 7)
        ballast = fill(small_disk)
        until(lambda: refusal(instance, key, first), 40, "a refusal")
        answer = refusal(instance, key, first)
        assert answer.status_code in (503, 507), answer.text
        assert answer.headers["retry-after"]
        assert answer.json()["detail"]
        health = instance.get("/healthz")
        assert health.status_code == 503
        assert "disk" in health.text, health.text
        time.sleep(3)
        ballast.unlink()
        before = sender.accepted
        until(lambda: sender.accepted > before + 10 * len(ids), 80, "accepted again")
    audit(instance, ids, sender.accepted // len(ids), 90)
    until(lambda: instance.get("/healthz").status_code == 200, 60, "good health")
    assert "Traceback" not in instance.log.read_text()
    assert instance.process.poll() is None


def refusal(instance, key, row):
    """Return the answer of a door to one more observation if it is closed, else None.

    It is one that was sent already, so that it adds nothing to what is counted.
    """
    url = f"{instance.url}/ingest/v1/columns"
    body = hostile.as_columns([row])
    answer = httpx.post(url, content=body, auth=("steady", key), timeout=30)
    return answer if answer.status_code >= 500 else None


def test_a_process_killed_while_the_disk_is_full_comes_back(instance, small_disk):
    ballast = fill(small_disk)
    try:
        for victim in ("bus", "lake", "worker", "stream"):
            instance.kill(victim)
        time.sleep(6)
        assert instance.process.poll() is None, instance.log.read_text()
    finally:
        ballast.unlink()
    until(lambda: instance.get("/healthz").status_code == 200, 90, "good health")


def test_up_on_a_full_disk_says_so_and_writes_nothing(small_disk):
    ballast = fill(small_disk)
    try:
        other = Instance(small_disk / "other")
        done = other.madang("up", "--no-sim", check=False)
        assert done.returncode == 1
        assert "only 0 MiB are free" in done.stderr
        assert "make room" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (small_disk / "other").exists()
    finally:
        ballast.unlink()
