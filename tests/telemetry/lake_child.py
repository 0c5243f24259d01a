"""A lake process for kill drills: the pipeline over the embedded store, with a fixed catalogue.

python -m tests.telemetry.lake_child FOLDER BUS_URL
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from madang.kernel.lake.chdb_store import ChdbStore
from tests.telemetry.drill import CATALOGUE
from tests.telemetry.pipeline_cases import City, running, tables


async def run(folder: Path, url: str) -> None:
    """Run until SIGTERM."""
    store = ChdbStore(folder / "lake")
    for table in tables():
        store.create(table)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with running(url, store, folder / "state", City(CATALOGUE)) as (pipeline, bus):
        (folder / "ready").touch()
        while not over.is_set():
            last = (await bus.state("OBS")).last_seq
            (folder / "seq.draft").write_text(f"{pipeline.progress.seq} {last}")
            (folder / "seq.draft").replace(folder / "seq")
            await asyncio.sleep(0.05)
    store.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
