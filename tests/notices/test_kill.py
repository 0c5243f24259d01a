"""`kill -9` in the middle of a slice: nobody is left out, and a repeat is the same message."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from .conftest import MailServer, PushService

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
SENDER = Path(__file__).with_name("drill_sender.py")
PEOPLE = 900  # below the burst; a fast machine reaches 300 before the second kill
KILLS = 3
SLICE = 50  # what drill_sender.py takes at a time

MAKE = """
from madang.kernel import orm
orm.ready()
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
import sys
from madang.notices.proof.load import _people, _spread
_people(sys.argv[1], int(sys.argv[2]), sys.argv[3])
_spread()
"""


class Outpost:
    """An instance of its own whose senders are killed."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.database = folder / "madang.sqlite3"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
            "MADANG_DATA": str(folder),
            "MADANG_MAIL_FROM": "alerts@city.example",
            "MADANG_EMAIL_RATE": "100000",
            "MADANG_PUSH_RATE": "100000",
            **settings,
        }

    def run(self, code: str, *arguments: str) -> None:
        """Run a script to its end."""
        command = [sys.executable, "-c", code, *arguments]
        subprocess.run(command, env=self.environment, check=True, timeout=120)

    def sender(self, channel: str) -> subprocess.Popen[bytes]:
        """Start a sender; return once it works."""
        command = [sys.executable, str(SENDER), channel]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def ask(self, sql: str) -> list[tuple]:
        """Return rows of the database."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as database:
            rows = database.execute(sql).fetchall()
            database.commit()
            return rows

    def kill_senders(self, channel: str) -> None:
        """Kill senders at moments drawn by a seed, then let one finish.

        The lease of a dead sender ends after 30 seconds; here it is cut short.
        """
        moments = random.Random(20261122)
        for _ in range(KILLS):
            sent = len(self.ask("SELECT 1 FROM notices_delivery WHERE state = 'sent'"))
            assert sent < PEOPLE, "too few people: all were reached before the last kill"
            sender = self.sender(channel)
            deadline = time.monotonic() + 30
            while len(self.ask("SELECT 1 FROM notices_delivery WHERE state = 'sent'")) == sent:
                assert time.monotonic() < deadline, "nothing goes out"
            time.sleep(moments.uniform(0.0, 0.05))
            sender.kill()
            sender.wait()
            sender.stdout.close()
            self.ask("UPDATE notices_lane SET leased_until = NULL, holder = ''")
        with self.sender(channel) as last:
            assert last.wait(60) == 0
        assert self.ask("SELECT DISTINCT state FROM notices_delivery") == [("sent",)]


def test_mail_over_kills_reaches_everybody_and_a_repeat_has_the_same_id(tmp_path):
    server = MailServer()
    server.start()
    try:
        outpost = Outpost(tmp_path, MADANG_SMTP_URL=server.url)
        outpost.run(MAKE, "email", str(PEOPLE), "")
        outpost.kill_senders("email")
        got = Counter(server.recipients)
        assert len(got) == PEOPLE
        repeats = sum(got.values()) - PEOPLE
        assert repeats <= KILLS * SLICE, (
            f"{repeats} repeats"
        )  # unnoted at a kill: less than a slice
        ids = {(m["To"], m["Message-ID"]) for m in server.mails}
        assert len(ids) == PEOPLE, "a repeat is known by its id"
    finally:
        server.stop()


@pytest.mark.long
def test_push_over_kills_reaches_everybody_and_a_repeat_replaces_the_first(tmp_path):
    service = PushService()
    service.thread.start()
    try:
        outpost = Outpost(tmp_path, MADANG_PUSH_TEST_HOSTS=service.host)
        outpost.run(MAKE, "push", str(PEOPLE), service.host)
        outpost.kill_senders("push")
        got = Counter(pushed.path for pushed in service.taken)
        assert len(got) == PEOPLE
        assert sum(got.values()) - PEOPLE <= KILLS * SLICE
        assert len({(p.path, p.headers["Topic"]) for p in service.taken}) == PEOPLE
    finally:
        service.server.shutdown()
        service.server.server_close()


@pytest.mark.long
def test_what_is_recorded_over_kills_is_there_once(tmp_path):
    outpost = Outpost(tmp_path)
    outpost.run(MAKE, "email", str(PEOPLE), "")
    outpost.kill_senders("email")
    assert outpost.ask("SELECT count(*), count(DISTINCT key) FROM notices_recordedmessage") == [
        (PEOPLE, PEOPLE)
    ]
