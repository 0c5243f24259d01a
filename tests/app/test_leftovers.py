"""What a killed supervisor left: ended by the next start; strangers are left alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import psutil
import pytest

from madang.app.leftovers import end_leftovers

pytestmark = pytest.mark.system
SLEEP = "import time; time.sleep(60)"
DEAF = (
    f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); {SLEEP}"
)


@pytest.fixture
def child():
    begun = []

    def begin(code):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def note(folder, pid, started_at):
    (folder / "run").mkdir()
    child = {
        "name": "lake", "pid": pid, "state": "running", "restarts": 0, "started_at": started_at
    }  # fmt: skip
    content = {"supervisor": 1, "ports": {}, "processes": [child]}
    (folder / "run" / "processes.json").write_text(json.dumps(content))


def test_a_child_that_is_left_is_ended_and_named(tmp_path, child):
    process, said = child(SLEEP), []
    note(tmp_path, process.pid, time.time())
    assert end_leftovers(tmp_path, said.append) == [process.pid]
    assert process.poll() is not None
    assert "lake" in said[0]
    assert not (tmp_path / "run" / "processes.json").exists()


def test_a_child_that_does_not_listen_is_killed(tmp_path, child):
    process = child(DEAF)
    process.stdout.readline()
    note(tmp_path, process.pid, psutil.Process(process.pid).create_time())
    end_leftovers(tmp_path, print, patience_s=0.3)
    assert process.poll() is not None


def test_a_stranger_that_was_given_the_same_id_is_left_alone(tmp_path, child):
    process = child(SLEEP)
    note(tmp_path, process.pid, time.time() - 3600)
    assert end_leftovers(tmp_path, print) == []
    assert process.poll() is None


def test_without_a_list_or_with_half_of_one_nothing_is_to_do(tmp_path):
    assert end_leftovers(tmp_path, print) == []
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "processes.json").write_text('{"proc')
    assert end_leftovers(tmp_path, print) == []
