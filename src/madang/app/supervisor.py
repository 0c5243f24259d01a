"""Starts the processes of an instance, keeps them running, stops them in order.

Each child leads its own session, so that Ctrl-C reaches only the supervisor, and what a killed
child leaves behind can be cleared by its process group. On Linux a child ends with the supervisor
(PR_SET_PDEATHSIG, prctl(2)), also where that is killed outright.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from madang.kernel.errors import Unavailable

_PR_SET_PDEATHSIG = 1
_FIRST_PAUSE_S = 0.3
_LONGEST_PAUSE_S = 15.0
_STEADY_AFTER_S = 60.0
Ready = Callable[[], bool]


@dataclass(frozen=True)
class Process:
    """One child: its name, command, what it needs in the environment, and when it is ready.

    `stop_s` is how long it may take to stop before it is killed.
    """

    name: str
    command: Sequence[str]
    ready: Ready
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_s: float = 10.0


class Child(msgspec.Struct):
    """The state of one child, as `madang status` shows it."""

    name: str
    pid: int
    state: str
    restarts: int
    started_at: float


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether something accepts connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def socket_answers(path: Path) -> bool:
    """Return whether something accepts connections at the Unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(str(path)) == 0


class Supervisor:
    """Runs processes until told to stop."""

    def __init__(
        self, data: Path, say: Callable[[str], None], ports: Mapping[str, int] | None = None
    ) -> None:
        self._ports = dict(ports or {})
        self._logs = data / "logs"
        self._state_file = data / "run" / "processes.json"
        self._say = say
        self._processes: dict[str, Process] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._children: dict[str, Child] = {}
        self._restart_at: dict[str, float] = {}
        self._begun: dict[str, float] = {}  # monotonic clock [s]
        self._stopping = False
        self._logs.mkdir(parents=True, exist_ok=True)
        self._state_file.parent.mkdir(parents=True, exist_ok=True)

    def start(self, *processes: Process, within_s: float) -> None:
        """Start these processes and wait until all are ready.

        Raises
        ------
        Unavailable
            If one ends early or is not ready in time; the message has the end of its log.
        """
        for process in processes:
            self._processes[process.name] = process
            self._spawn(process, restarts=0)
        deadline = time.monotonic() + within_s
        waiting = list(processes)
        while waiting and not self._stopping:
            waiting = [process for process in waiting if not self._is_up(process)]
            for process in waiting:
                if self._running[process.name].poll() is not None:
                    raise Unavailable(
                        f"{process.name} ended at its start:\n{self._log_end(process)}"
                    )
            if waiting and time.monotonic() > deadline:
                slow = waiting[0]
                raise Unavailable(
                    f"{slow.name} is not ready after {within_s:.0f} s:\n{self._log_end(slow)}"
                )
            time.sleep(0.05)

    def watch(self) -> None:
        """Keep the processes running until `stop` is asked for."""
        while not self._stopping:
            for name, popen in list(self._running.items()):
                code = popen.poll()
                if code is not None:
                    self._ended(name, code)
            now = time.monotonic()
            for name, due in list(self._restart_at.items()):
                if now >= due and not self._stopping:
                    del self._restart_at[name]
                    self._spawn(self._processes[name], self._children[name].restarts + 1)
            time.sleep(0.1)

    def ask_to_stop(self) -> None:
        """End `watch` and `start`; a second call kills what still runs."""
        if self._stopping:
            for popen in self._running.values():
                _signal_group(popen, signal.SIGKILL)
        self._stopping = True

    def stop(self) -> None:
        """Stop all processes, the last of the plan first.

        The plan counts, not who was started last: a bus that was started anew must still outlive
        those who write to it.
        """
        self._stopping = True
        for name in reversed([name for name in self._processes if name in self._running]):
            popen, process = self._running[name], self._processes[name]
            popen.terminate()
            try:
                popen.wait(process.stop_s)
            except subprocess.TimeoutExpired:
                self._say(f"{name} did not stop within {process.stop_s:.0f} s and was killed")
            _signal_group(popen, signal.SIGKILL)
            popen.wait()
            del self._running[name]
        self._state_file.unlink(missing_ok=True)

    def _spawn(self, process: Process, restarts: int) -> None:
        with (self._logs / f"{process.name}.log").open("ab") as log:
            popen = subprocess.Popen(
                list(process.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **process.environment},
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )
        self._running[process.name] = popen
        self._begun[process.name] = time.monotonic()
        self._children[process.name] = Child(
            process.name, popen.pid, "starting", restarts, time.time()
        )
        self._write_state()

    def _is_up(self, process: Process) -> bool:
        if not process.ready():
            return False
        self._children[process.name].state = "running"
        self._write_state()
        return True

    def _ended(self, name: str, code: int) -> None:
        popen = self._running.pop(name)
        _signal_group(popen, signal.SIGKILL)  # workers that outlived their leader
        child = self._children[name]
        if time.monotonic() - self._begun[name] > _STEADY_AFTER_S:
            child.restarts = 0
        pause_s = min(_FIRST_PAUSE_S * 2 ** min(child.restarts, 10), _LONGEST_PAUSE_S)
        child.state = "restarting"
        self._restart_at[name] = time.monotonic() + pause_s
        self._say(f"{name} ended ({_reason(code)}); starting it again in {pause_s:.1f} s")
        self._write_state()

    def _log_end(self, process: Process) -> str:
        lines = (self._logs / f"{process.name}.log").read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-12:])

    def _write_state(self) -> None:
        for name, child in self._children.items():
            popen = self._running.get(name)
            if child.state == "starting" and popen and self._processes[name].ready():
                child.state = "running"
        part = self._state_file.with_suffix(".part")
        state = {
            "supervisor": os.getpid(),
            "ports": self._ports,
            "processes": list(self._children.values()),
        }
        try:
            part.write_bytes(msgspec.json.encode(state))
            part.replace(self._state_file)
        except OSError as error:  # a full disk must not end the one who keeps the others running
            self._say(f"the list of processes was not written: {error}")


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


def _signal_group(popen: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, number)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
