"""A search process for tests: real index, real desk, the sources that a test gives it."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from madang.kernel.config import settings
from madang.kernel.findable import EVERYWHERE, Findable, FindableText
from madang.kernel.registry import SearchSource
from madang.search import client
from madang.search.finder import Finder
from madang.search.holding import Holding, opened
from madang.search.reading import Reader
from madang.search.sources import Source
from tests.search.city_documents import SERVICES

SPOKEN = ("ko", "en", "vi", "ar")


@dataclass
class Things:
    """What a source of a test holds: things by id; `failing` makes it fail as a room may."""

    by_id: dict[str, Findable] = field(default_factory=dict)
    failing: bool = False

    def findables(self, ids: Collection[str] | None) -> Iterator[Findable]:
        if self.failing:
            raise RuntimeError("the room's table is away")
        for id, thing in list(self.by_id.items()):
            if ids is None or id in ids:
                yield thing


def thing(id: str, title: str, body: str = "", **more: Any) -> Findable:
    """Return a thing in Korean; `english` adds its title in English."""
    english = more.pop("english", "")
    texts = {"ko": FindableText(title, body)}
    if english:
        texts["en"] = FindableText(english)
    kind = more.pop("kind", "service")
    facets = {"district": (EVERYWHERE,), **more.pop("facets", {})}
    return Findable(id, kind, texts, f"/services/{id}/", facets=facets, **more)


def town() -> Things:
    """Return the services of the small town, and two offices."""
    found = {id: thing(id, title, body) for id, (title, body) in SERVICES.items()}
    for code, name in (("11440", "마포구청"), ("11110", "종로구청")):
        found[code] = thing(code, name, "여권과 등본", kind="office", facets={"district": (code,)})
    return Things(found)


def source_of(things: Things, changed: Sequence[tuple[str, str]] = (("town.changed", "id"),)):
    """Return a source that reads these things."""

    class Own(Source):
        def _findables(self, ids: Collection[str] | None) -> Iterator[Findable]:
            return things.findables(ids)

    return Own(SearchSource("town", "tests.search.searching:nothing", changed=tuple(changed)))


def holding(folder: Path, things: Things | None = None) -> Holding:
    """Return an index in a folder, with the things taken in."""
    from madang.search.analysers import analyser

    made = opened(folder, Reader(analyser()))
    if things is not None:
        made.refresh(source_of(things))
    return made


def finder(folder: Path, things: Things | None = None) -> Finder:
    """Return a finder over the town."""
    made = Finder(holding(folder, things or town()), SPOKEN)
    made.learn([])
    return made


@contextmanager
def desk_of(data: Path, monkeypatch: Any, **more: Any) -> Iterator[Any]:
    """Run the desk of a search process over the rooms' own sources; yields the process.

    The rooms are read by `process.keeping.sweep()`, in the caller's thread and transaction.
    """
    from madang.search.server import SearchProcess

    here = replace(settings(), data=data, search_model="off", **more)
    monkeypatch.setattr(client, "settings", lambda: here)
    client._here.cache_clear()
    process = SearchProcess(here)
    # The caller's connection is in the caller's transaction: it is not let go of.
    process.keeping._around = lambda: None
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(process._desk.open(), loop).result(10)
        yield process
    finally:
        client._here().close()
        client._here.cache_clear()
        asyncio.run_coroutine_threadsafe(process._desk.close(), loop).result(10)
        process._writer.shutdown()
        process.questions.close()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def swept_desk(data: Path, monkeypatch: Any, kept: Path) -> Iterator[Any]:
    """Run `desk_of` over an index that the first call leaves in `kept`: reading takes seconds.

    What is published must be the same each time.
    """
    if kept.exists():
        shutil.copytree(kept, data / "search")
    with desk_of(data, monkeypatch) as process:
        if not kept.exists():
            process.keeping.sweep()
            shutil.copytree(data / "search", kept)
        process.finder.learn([])
        yield process
