"""Print letters in two processes that are killed again and again; print what came of it as JSON.

Run by test_print_room_killed.py in a process of its own, on a fresh database. The processes are
forked before a connection is open; each takes, prints and posts batches until it is killed.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from madang.access.api import maintenance  # noqa: E402
from madang.cases import print_room  # noqa: E402
from madang.cases.post_models import LetterBatch, PostedLetter  # noqa: E402
from madang.kernel.errors import Conflict  # noqa: E402
from madang.notices.person_models import PersonDelivery  # noqa: E402
from madang.records import layouts  # noqa: E402, F401 - read before the first fork
from tests.cases.people import officer  # noqa: E402

LETTERS, KILLS, LIMIT, SEED = 120, 8, 3, 20261123
FORK = multiprocessing.get_context("fork")


def prepare() -> None:
    """Make the database, and letters that wait."""
    from tests.cases.test_print_room import somebody, waits

    call_command("migrate", interactive=False, verbosity=0)
    for n in range(LETTERS):
        waits(somebody(f"사람{n}"), f"k{n}", f"case:2026-{n}")


def work(name: str, seed: int) -> None:
    """Take, print and post, leaving a letter out now and then, until nothing waits."""
    actor, draw = officer(name), random.Random(seed)
    while True:
        try:
            batch = print_room.take_batch(actor, LIMIT)
        except Conflict:
            return
        print_room.print_batch(actor, batch.number)
        here = print_room.batch_letters(actor, batch.number)
        out = [one.reference for one in here if draw.random() < 0.2]
        print_room.confirm_posted(actor, batch.number, out)


def recover(folder: Path) -> None:
    """Do what an officer does on the next morning: print what is open again, then the rest."""
    actor = officer("seo")
    for batch in print_room.batches(actor, limit=100):
        (folder / f"{batch.number}.pdf").write_bytes(print_room.print_batch(actor, batch.number))
        print_room.confirm_posted(actor, batch.number)
    work("seo", SEED)
    while print_room.waiting(actor):
        work("seo", SEED + 1)


def found() -> dict[str, Any]:
    """Return what is there in the end."""
    with maintenance("drill"):
        posted = PostedLetter.objects.filter(state="posted")
        in_batches = PostedLetter.objects.values_list("batch", "letter")
        return {
            "letters": PersonDelivery.objects.filter(channel="letter").count(),
            "states": Counter(
                PersonDelivery.objects.filter(channel="letter").values_list("state", flat=True)
            ),
            "posted": posted.count(),
            "posted_twice": posted.count() - posted.values("letter").distinct().count(),
            "twice_in_a_batch": sum(n > 1 for n in Counter(in_batches).values()),
            "open": LetterBatch.objects.filter(closed=None).count(),
            "printed_again": LetterBatch.objects.filter(prints__gt=1).count(),
            "batches": LetterBatch.objects.count(),
        }


def main() -> None:
    folder = Path(sys.argv[1])
    first = FORK.Process(target=prepare)
    first.start()
    first.join()
    draw, killed = random.Random(SEED), 0
    for n in range(KILLS):
        pair = [FORK.Process(target=work, args=(name, n)) for name in ("han", "cho")]
        for one in pair:
            one.start()
        for one in pair:
            time.sleep(draw.uniform(0.05, 0.5))
            one.kill()
            one.join()
            killed += one.exitcode == -9
    recover(folder)
    json.dump(found() | {"killed": killed, "first": first.exitcode}, sys.stdout)


if __name__ == "__main__":
    main()
