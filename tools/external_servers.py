"""Run a command once more against external servers: PostgreSQL and NATS, where they answer.

Nothing depends on them: where none answers, this says so and succeeds. Addresses come from
MADANG_TEST_POSTGRES (default postgresql://postgres@127.0.0.1:5432/postgres) and
MADANG_TEST_NATS (default nats://127.0.0.1:4222).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from urllib.parse import urlsplit


def answers(url: str) -> bool:
    """Return whether something listens at the address of `url`."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=2):
            return True
    except OSError:
        return False


def main() -> int:
    """Set the environment for the servers that answer and run the command."""
    environment = dict(os.environ)
    postgres = environment.get(
        "MADANG_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"
    )
    nats = environment.get("MADANG_TEST_NATS", "nats://127.0.0.1:4222")
    environment.pop("MADANG_TEST_POSTGRES", None)
    environment.pop("MADANG_TEST_NATS", None)
    if not answers(postgres):
        print(f"no PostgreSQL at {postgres}: the data tests ran on SQLite only")
        return 0
    environment["MADANG_DATABASE_URL"] = environment["MADANG_TEST_POSTGRES"] = postgres
    if answers(nats):
        environment["MADANG_TEST_NATS"] = nats
    else:
        print(f"no NATS at {nats}: the bus tests ran on the child server only")
    return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
