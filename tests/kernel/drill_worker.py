"""A worker with the drill's room in its house; it may be told where to stand still.

``DRILL_HALT=published`` halts the relay once the bus has the events and they are not marked yet;
``DRILL_HALT=dispatched`` halts the dispatcher after the first batch, before its position moves.
A halted worker writes the file ``run/halted`` and waits for its end.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import madang

madang.__path__.append(str(Path(__file__).parent / "rooms"))


def _halt(*_arguments: object) -> None:
    from madang.kernel.config import settings

    (settings().data / "run" / "halted").touch()
    threading.Event().wait()


def main() -> None:
    """Migrate, or run the worker."""
    from madang.kernel import orm

    orm.ready()
    if os.environ.get("DRILL_MIGRATE"):
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        return
    from madang.kernel import relay, streams, worker

    if os.environ.get("DRILL_HALT") == "published":
        relay.mark = _halt
    if os.environ.get("DRILL_HALT") == "dispatched":
        moved = streams.move
        streams.move = lambda here, seq: (
            _halt() if here.consumer == streams.DISPATCHER else moved(here, seq)
        )
    worker.main()


if __name__ == "__main__":
    main()
