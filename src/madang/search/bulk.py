"""Reading many entries at once, on every core: analysing Korean is what indexing costs."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from madang.search.analysers import analyser
from madang.search.entries import Entry
from madang.search.lexical import IndexedText
from madang.search.reading import Reader

FROM = 5_000
"""Entries from which more processes pay: each takes a second to begin."""

_PART, _AHEAD = 250, 8
_reader: Reader | None = None


def read(
    entries: Iterable[Entry], name: str, processes: int | None = None
) -> Iterator[IndexedText]:
    """Yield entries as an index takes them, in their order, read on several cores.

    Parameters
    ----------
    name : of the analyser.
    processes : None for one a core.
    """
    held = iter(entries)
    parts = iter(lambda: list(islice(held, _PART)), [])
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes or os.cpu_count() or 1, context, initializer=_begin, initargs=(name,)
    ) as pool:
        # Bounded: a city's documents do not fit into memory at once.
        waiting: deque[Future[list[IndexedText]]] = deque()
        for part in parts:
            waiting.append(pool.submit(_part, part))
            if len(waiting) >= _AHEAD:
                yield from waiting.popleft().result()
        for last in waiting:
            yield from last.result()


def _begin(name: str) -> None:
    global _reader  # noqa: PLW0603  one reader for the life of a process
    _reader = Reader(analyser(name))


def _part(entries: list[Entry]) -> list[IndexedText]:
    assert _reader is not None
    return [_reader.indexed(entry) for entry in entries]
