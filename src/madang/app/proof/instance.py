"""A whole Madang to measure or test, started as its users do it: free ports, its own folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from madang.kernel.errors import Unavailable
from madang.kernel.ports import free_offset

_START_S = 120.0
_STOP_S = 90.0


class Instance:
    """`madang up` in a child process; use as a context manager."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None):
        self.data = folder / "var"
        self.offset = free_offset()
        self.arguments = arguments
        self.log = folder / "up.log"
        self.environment = {
            # the caller's own settings (pytest's, say) must not reach the instance's processes
            **{k: v for k, v in os.environ.items() if not k.startswith(("MADANG_", "DJANGO_"))},
            "MADANG_DATA": str(self.data),
            "MADANG_PORT_OFFSET": str(self.offset),
            **(environment or {}),
        }
        self.url = f"http://127.0.0.1:{8000 + self.offset}"
        self.dialect_url = f"http://127.0.0.1:{8088 + self.offset}"
        self.mqtt_port = 1883 + self.offset
        self.process: subprocess.Popen[bytes] | None = None
        self.start_s = 0.0

    def __enter__(self) -> Instance:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until the portal greets; `start_s` says how long that took."""
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "madang.app", "up", *self.arguments],
                env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        begin = self.log.stat().st_size
        deadline = time.monotonic() + _START_S
        while b"Madang is up" not in self.log.read_bytes()[begin:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Unavailable(f"did not come up:\n{self.log.read_text()}\n{self.logs()}")
            time.sleep(0.05)
        self.start_s = time.monotonic() - begun

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise
        code, self.process = self.process.returncode, None
        return code

    def logs(self) -> str:
        """Return the ends of all logs."""
        parts = []
        for path in sorted((self.data / "logs").glob("*.log")):
            lines = path.read_text("utf-8", "replace").splitlines()[-15:]
            parts.append(f"== {path.name}\n" + "\n".join(lines))
        return "\n".join(parts)

    def madang(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a `madang` command against this instance."""
        done = subprocess.run(
            [sys.executable, "-m", "madang.app", *arguments],
            env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise Unavailable(f"madang {' '.join(arguments)}: {done.stderr}\n{done.stdout}")
        return done

    def simulator(self, *arguments: str, key: str) -> subprocess.CompletedProcess[str]:
        """Run a `madang_sim` command against this instance's front doors."""
        done = subprocess.run(
            [sys.executable, "-m", "madang_sim", *arguments, "--url", self.url],
            env={**self.environment, "MADANG_SIM_KEY": key},
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise Unavailable(f"madang_sim {' '.join(arguments)}: {done.stderr}\n{self.logs()}")
        return done

    def gateway(self, name: str, origin: str, *scopes: str, quota: int = 10_000) -> str:
        """Make a gateway that may send `quota` points per second; returns its key."""
        command = ["telemetry", "gateway", "add", name, "--origin", origin, "--json"]
        command += ["--quota", str(quota)]
        for scope in scopes or ("observe", "provision"):
            command += ["--scope", scope]
        key: str = json.loads(self.madang(*command).stdout)["key"]
        return key

    def processes(self) -> list[dict[str, Any]]:
        """Return the instance's processes as its supervisor notes them."""
        state = json.loads((self.data / "run" / "processes.json").read_text())
        found: list[dict[str, Any]] = state["processes"]
        return found

    def pid_of(self, name: str) -> int:
        """Return the process id of one of the instance's processes."""
        return next(int(p["pid"]) for p in self.processes() if p["name"] == name)

    def programs(self) -> dict[str, list[psutil.Process]]:
        """Return all processes by the program they run.

        Raises
        ------
        Unavailable
            If the instance does not run.
        """
        if self.process is None:
            raise Unavailable("the instance does not run")
        top = psutil.Process(self.process.pid)
        found: dict[str, list[psutil.Process]] = {}
        for process in [top, *top.children(recursive=True)]:
            line = process.cmdline()
            name = next((part for part in line if part.startswith("madang")), Path(line[0]).name)
            name = f"{name} {line[-1]}" if name == "madang.app.serve" else name
            found.setdefault(name, []).append(process)
        return found

    def kill(self, name: str) -> None:
        """`kill -9` one process with its workers, by pid."""
        leader = psutil.Process(self.pid_of(name))
        for process in [leader, *leader.children(recursive=True)]:
            process.kill()

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        """GET from the front."""
        return httpx.get(self.url + path, timeout=30, **arguments)


def until(condition: Callable[[], Any], within_s: float = 30.0, what: str = "it") -> Any:
    """Return the first true value of `condition`; fails past the time."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s:.0f} s"
        time.sleep(0.1)
