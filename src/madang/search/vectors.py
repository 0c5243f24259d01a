"""Entries as vectors: their passages and titles, centred, in memory.

An exact scan of 50,000 passages takes 2.5 ms; above some 500,000 an index of another engine behind
the same calls is the way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.search.embedders import Embedder
from madang.search.engine.dense import Vectors, best_of_entries, centred
from madang.search.engine.passages import passages as cut


@dataclass(frozen=True, slots=True)
class Meant:
    """How near each entry is to a question, by its best passage and by its title (cosines)."""

    keys: tuple[str, ...]
    rows: Mapping[str, int]
    passage: Vectors
    title: Vectors

    def nearest(self, count: int) -> list[str]:
        """Return the keys of the entries nearest by passage or title, in no order."""
        nearness = np.maximum(self.passage, self.title)
        if len(nearness) <= count:
            return list(self.keys)
        return [self.keys[at] for at in np.argpartition(-nearness, count)[:count]]


@dataclass(frozen=True, slots=True)
class _Matrix:
    keys: tuple[str, ...]
    rows: Mapping[str, int]
    mean: Vectors
    passages: Vectors
    entry: NDArray[np.int64]
    titles: Vectors


class VectorIndex:
    """Vectors of entries; readers see the state of the last `commit`."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._held: dict[str, tuple[Vectors, Vectors]] = {}
        self._lock = threading.Lock()
        self._matrix: _Matrix | None = None

    def put(self, texts: Iterable[tuple[str, str, str]]) -> None:
        """Take in (key, title, body); takes the model's time. Seen after `commit`.

        Raises
        ------
        Unavailable
            If the model does not answer; nothing was taken in then.
        """
        listed = list(texts)
        pieces = [
            [f"{title}. {piece}" if title else piece for piece in cut(body)] or [title]
            for _, title, body in listed
        ]
        flat = [piece for those in pieces for piece in those]
        # Without a title the first passage stands for it.
        titles = [title or those[0] for (_, title, _), those in zip(listed, pieces, strict=True)]
        vectors = self.embedder.passages([*flat, *titles])
        at = 0
        with self._lock:
            for number, ((key, _, _), those) in enumerate(zip(listed, pieces, strict=True)):
                self._held[key] = (vectors[at : at + len(those)], vectors[len(flat) + number])
                at += len(those)

    def drop(self, keys: Iterable[str]) -> None:
        """Take out entries. Seen after `commit`."""
        with self._lock:
            for key in keys:
                self._held.pop(key, None)

    def commit(self) -> None:
        """Make what was put and dropped visible."""
        with self._lock:
            held = dict(self._held)
        self._matrix = _assembled(held) if held else None

    @property
    def mean(self) -> Vectors | None:
        """Return the mean vector of passages and titles; None while there is nothing."""
        return None if self._matrix is None else self._matrix.mean

    def __contains__(self, key: str) -> bool:
        return key in self._held

    def __len__(self) -> int:
        return 0 if self._matrix is None else len(self._matrix.keys)

    def near(self, question: Vectors) -> Meant | None:
        """Return how near each entry is to a centred question; None while there is nothing."""
        m = self._matrix
        if m is None:
            return None
        best = best_of_entries(m.passages @ question, m.entry, len(m.keys))
        return Meant(m.keys, m.rows, best, m.titles @ question)

    def taught(
        self, right: Sequence[str], questions: Vectors
    ) -> tuple[Vectors, NDArray[np.int64], Vectors, NDArray[np.int64]] | None:
        """Return what `adapting.learned_map` wants: (questions, right entries, passages, entries).

        Parameters
        ----------
        right : the key of what answers each question; those of unknown keys are left out.
        questions : (n, d) array, centred.
        """
        m = self._matrix
        if m is None:
            return None
        known = [at for at, key in enumerate(right) if key in m.rows]
        entry = np.array([m.rows[right[at]] for at in known], np.int64)
        return questions[known], entry, m.passages, m.entry


def _assembled(held: Mapping[str, tuple[Vectors, Vectors]]) -> _Matrix:
    keys = tuple(held)
    entry = np.repeat(np.arange(len(keys)), [len(p) for p, _ in held.values()])
    passages = np.concatenate([p for p, _ in held.values()])
    titles = np.array([t for _, t in held.values()], np.float32)
    mean = np.asarray((passages.sum(0) + titles.sum(0)) / (len(passages) + len(titles)), np.float32)
    rows = {key: at for at, key in enumerate(keys)}
    return _Matrix(keys, rows, mean, centred(passages, mean), entry, centred(titles, mean))
