"""What notices claim: how many messages a second go out, and in how much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

RECIPIENTS = 5000


def mails_per_s() -> float:
    """Return how many mails a second go out to a server on this machine."""
    with sink() as ports:
        return measured("email", RECIPIENTS, ports)["sent_per_s"]


def pushes_per_s() -> float:
    """Return how many web pushes a second go out to a push service on this machine."""
    with sink() as ports:
        return measured("push", RECIPIENTS, ports)["sent_per_s"]


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """Run a mail server and a push service that take everything; yield their ports."""
    command = [sys.executable, "-m", "madang.notices.proof.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        mail, push = server.stdout.readline().split()
        yield int(mail), int(push)
        server.stdin.close()


def measured(channel: str, recipients: int, ports: tuple[int, int]) -> Mapping[str, float]:
    """Return the figures of one alert for that many recipients (`proof.load`)."""
    with tempfile.TemporaryDirectory(prefix="madang-notices-") as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
            "MADANG_DATA": folder,
            "MADANG_SMTP_URL": f"smtp://127.0.0.1:{ports[0]}?tls=off",
            "MADANG_MAIL_FROM": "alerts@city.example",
            "MADANG_PUSH_TEST_HOSTS": f"127.0.0.1:{ports[1]}",
            "MADANG_EMAIL_RATE": "1000000",
            "MADANG_PUSH_RATE": "1000000",
        }
        host = f"127.0.0.1:{ports[1]}"
        command = [
            sys.executable,
            "-m",
            "madang.notices.proof.load",
            channel,
            str(recipients),
            host,
        ]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        found: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found
