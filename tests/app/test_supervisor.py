"""The supervisor: starts, restarts, stops, and says what went wrong."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from madang.app.supervisor import Process, Supervisor
from madang.kernel.errors import Unavailable

pytestmark = pytest.mark.system


def sleeper(name, folder, code="import time; time.sleep(60)"):
    mark = folder / f"{name}.ready"
    script = f"import os, pathlib; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); {code}"
    return Process(name, [sys.executable, "-c", script], mark.exists, stop_s=2)


def until(condition, within_s=10.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_process_comes_back(tmp_path):
    said = []
    supervisor = Supervisor(tmp_path, said.append)
    supervisor.start(sleeper("a", tmp_path), within_s=10)
    first = int((tmp_path / "a.ready").read_text())
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    os.kill(first, signal.SIGKILL)
    until(lambda: (tmp_path / "a.ready").read_text() not in ("", str(first)))
    supervisor.ask_to_stop()
    watching.join()
    supervisor.stop()
    assert "SIGKILL" in said[0]
    assert not is_alive(int((tmp_path / "a.ready").read_text()))


def test_all_stop_with_the_last_started_first(tmp_path):
    supervisor = Supervisor(tmp_path, print)
    supervisor.start(sleeper("a", tmp_path), sleeper("b", tmp_path), within_s=10)
    pids = [int((tmp_path / f"{name}.ready").read_text()) for name in "ab"]
    supervisor.stop()
    assert not any(is_alive(pid) for pid in pids)
    assert not (tmp_path / "run" / "processes.json").exists()


def test_a_process_that_ends_at_once_is_told_with_the_end_of_its_log(tmp_path):
    supervisor = Supervisor(tmp_path, print)
    broken = Process("broken", [sys.executable, "-c", "raise SystemExit('no disk')"], lambda: False)
    with pytest.raises(Unavailable, match="no disk"):
        supervisor.start(broken, within_s=10)
    supervisor.stop()


def test_a_process_that_never_gets_ready_is_told(tmp_path):
    supervisor = Supervisor(tmp_path, print)
    slow = Process("slow", [sys.executable, "-c", "import time; time.sleep(60)"], lambda: False)
    with pytest.raises(Unavailable, match="slow is not ready after 1 s"):
        supervisor.start(slow, within_s=1)
    supervisor.stop()


def test_the_state_of_all_is_written_for_status(tmp_path):
    supervisor = Supervisor(tmp_path, print, {"portal": 8000})
    supervisor.start(sleeper("a", tmp_path), within_s=10)
    state = json.loads((tmp_path / "run" / "processes.json").read_text())
    supervisor.stop()
    assert state["supervisor"] == os.getpid()
    assert state["ports"] == {"portal": 8000}
    assert [(p["name"], p["state"]) for p in state["processes"]] == [("a", "running")]


def test_what_a_killed_leader_leaves_behind_is_cleared(tmp_path):
    child_file = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time; "
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"open({str(child_file)!r}, 'w').write(str(c.pid)); time.sleep(60)"
    )
    supervisor = Supervisor(tmp_path, lambda _: None)
    supervisor.start(sleeper("a", tmp_path, code), within_s=10)
    until(lambda: child_file.exists() and child_file.read_text())
    grandchild = int(child_file.read_text())
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    os.kill(int((tmp_path / "a.ready").read_text()), signal.SIGKILL)
    until(lambda: not is_alive(grandchild) or _is_zombie(grandchild))
    supervisor.ask_to_stop()
    watching.join()
    supervisor.stop()


def _is_zombie(pid):
    status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return status.rsplit(")", 1)[1].split()[0] == "Z"


def test_one_that_was_started_anew_keeps_its_place_in_the_order_of_stopping(tmp_path):
    """A restarted bus once stopped first, while those who write to it were still at work."""
    farewell = (
        "import signal, sys, time, pathlib;"
        f"log = pathlib.Path({str(tmp_path / 'order')!r});"
        "bye = lambda *_: (log.open('a').write(sys.argv[1]), sys.exit(0));"
        "signal.signal(signal.SIGTERM, bye);"
        f"pathlib.Path({str(tmp_path)!r}, sys.argv[1]).write_text('up'); time.sleep(60)"
    )
    planned = [
        Process(name, [sys.executable, "-c", farewell, name], (tmp_path / name).exists, stop_s=5)
        for name in ("bus", "door")
    ]
    supervisor = Supervisor(tmp_path, lambda _: None)
    for process in planned:
        supervisor.start(process, within_s=10)
    state = json.loads((tmp_path / "run" / "processes.json").read_text())

    def strike():
        (tmp_path / "bus").unlink()
        os.kill(state["processes"][0]["pid"], signal.SIGKILL)
        until((tmp_path / "bus").exists)
        supervisor.ask_to_stop()

    striking = threading.Thread(target=strike)
    striking.start()
    supervisor.watch()  # here, because a child ends with the thread that started it (prctl(2))
    striking.join()
    supervisor.stop()
    assert (tmp_path / "order").read_text() == "doorbus"
