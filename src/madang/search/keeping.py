"""Keeps the index equal to what the rooms say: at start, after events, by a sweep that heals."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from madang.kernel.errors import MadangError, Unavailable
from madang.search.finder import Finder
from madang.search.holding import Holding
from madang.search.memory import QuestionMemory, Remembered
from madang.search.question_log import Chosen, QuestionLog
from madang.search.sources import Source

_log = logging.getLogger(__name__)

SWEEP_S = 180.0
"""So often all sources are compared with the index, whatever was announced."""

_LEARN_S = 60.0
_TRUSTED = 2.0
"""Choices of one network a day that a pair of question and entry needs to count at all."""
_HALF = 4.0
_MEMORY = 4.0
_MOST_REMEMBERED = 5_000

Event = tuple[str, Mapping[str, object]]


class Keeping:
    """A thread that writes the index, and nobody else does.

    Parameters
    ----------
    around : called around each look at the rooms' tables; it lets go of database connections.
    """

    def __init__(
        self,
        holding: Holding,
        finder: Finder,
        log: QuestionLog,
        sources: Sequence[Source],
        around: Callable[[], None] = lambda: None,
    ) -> None:
        self._holding = holding
        self._finder = finder
        self._questions = log
        self._sources = list(sources)
        self._around = around
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._vectors: dict[str, np.ndarray] = {}
        self._read: set[str] = set()
        self._over = threading.Event()
        self.swept = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeping", daemon=True)

    def start(self) -> None:
        """Begin: what lies in the index is served meanwhile."""
        self._finder.learn(self._questions.popular())
        self._thread.start()

    def stop(self) -> None:
        """End after what is under way."""
        self._over.set()
        self._events.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=8.0)

    def tell(self, subject: str, data: bytes) -> None:
        """Take an event from the bus, by name and payload (JSON); callable from any thread."""
        try:
            payload = json.loads(data)
        except ValueError:
            payload = {}
        self._events.put((subject, payload if isinstance(payload, dict) else {}))

    def sweep(self, *, anew: bool = False) -> int:
        """Make the index equal to all sources; return how many entries there are.

        Parameters
        ----------
        anew : read every entry again, whether it seems to have changed or not.
        """
        if anew:
            self._holding.distrust()
        for source in self._sources:
            if anew or not source.is_fixed or source.name not in self._read:
                self._refreshed(source)
        self._holding.forget_sources([source.name for source in self._sources])
        self._finder.learn(self._questions.popular())
        return len(self._holding.held)

    def _run(self) -> None:
        self.sweep()
        self.swept.set()
        swept = learned = time.monotonic()
        while not self._over.is_set():
            self._meaning()
            self._follow(self._next_events())
            now = time.monotonic()
            if now - learned > _LEARN_S:
                learned = now
                self._learn()
            if now - swept > SWEEP_S:
                swept = now
                self.sweep()

    def _next_events(self) -> list[Event]:
        """Return what was announced since, after a moment of waiting for the first."""
        found: list[Event] = []
        try:
            first = self._events.get(timeout=5.0)
            while True:
                if first is not None:
                    found.append(first)
                first = self._events.get_nowait()
        except queue.Empty:
            return found

    def _follow(self, events: Sequence[Event]) -> None:
        changed = False
        for source in self._sources:
            keys: set[str] | None = set()
            for name, payload in events:
                told = source.keys_of(name, payload)
                keys = None if told is None or keys is None else keys | told
            if keys is None or keys:
                changed |= self._refreshed(source, keys)
        if changed:
            self._finder.learn(self._questions.popular())

    def _refreshed(self, source: Source, keys: set[str] | None = None) -> bool:
        """Refresh one source; what fails is tried again at the next sweep."""
        try:
            changes = self._holding.refresh(source, keys)
            self._read.add(source.name)
        except Exception:
            # a source of any room may fail in any way; the others must go on
            _log.exception("search: the source %s could not be read", source.name)
            return False
        finally:
            self._around()
        if changes.put or changes.dropped:
            _log.info("search: %s: %d in, %d out", source.name, changes.put, changes.dropped)
        return bool(changes.put or changes.dropped)

    def _meaning(self) -> None:
        try:
            self._holding.put_meaning(lambda: self._over.is_set() or not self._events.empty())
        except (Unavailable, MadangError) as fault:
            _log.warning("search goes by words only: %s", fault)

    def _learn(self) -> None:
        self._questions.tidy()
        choices = [one for one in self._questions.choices() if one.count >= _TRUSTED]
        by_text: dict[str, dict[str, float]] = {}
        for one in choices:
            by_text.setdefault(one.text, {})[one.key] = _worth(one.count)
        self._finder.chosen = by_text
        self._finder.learn(self._questions.popular())
        self._remember(choices)

    def _remember(self, choices: Sequence[Chosen]) -> None:
        """Hand questions with known answers to the ranker, as far as a model reads them."""
        ranker = self._holding.ranker
        listed = sorted(choices, key=lambda one: -one.count)[:_MOST_REMEMBERED]
        known, vectors = [], []
        for one in listed:
            if one.text not in self._vectors:
                try:
                    vector = ranker.vector(one.text, one.language)
                except Unavailable:
                    return
                if vector is None:
                    return
                self._vectors[one.text] = vector
            known.append(Remembered(one.text, one.key, _worth(one.count)))
            vectors.append(self._vectors[one.text])
        self._vectors = {one.question: self._vectors[one.question] for one in known}
        if not known:
            ranker.memory = None
            return
        ranker.memory = QuestionMemory(known, np.stack(vectors))
        if ranker.weights.memory == 0.0:
            ranker.weights = replace(ranker.weights, memory=_MEMORY)


def _worth(count: float) -> float:
    return count / (count + _HALF)
