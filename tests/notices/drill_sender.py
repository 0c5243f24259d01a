"""A sender to be killed: lets out all that is due, slice by slice, until nothing waits."""

from __future__ import annotations

import sys
import time

from madang.kernel import orm


def main(channel: str) -> None:
    """Let out; wait where nothing is due yet."""
    orm.ready()
    from madang.kernel.times import now
    from madang.notices.deliver import deliver_slice

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while (due := deliver_slice(channel, 50)) is not None:
        time.sleep(max(0.0, min(0.05, (due - now()).total_seconds())))


if __name__ == "__main__":
    main(sys.argv[1])
