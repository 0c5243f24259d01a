"""The HTTP doors under load: durable points per second, latency, points per CPU-second.

    python -m bench.intake [--seconds 5]

Every answer counted is a 2xx, so the bus server has the rows on disk.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from madang.telemetry.doors.proof.figures import CASES, measured
from madang.telemetry.doors.proof.instance import stream_instance


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, stream_instance(Path(folder)) as house:
        for case in CASES:
            print(measured(house, case, seconds).line(), flush=True)


if __name__ == "__main__":
    main()
