"""The index of what can be found now: opened at once, kept equal to the rooms' sources.

Words come first and are served at once; vectors follow in the background where a model is there.
The index itself is the only record of what it holds: each entry lies in it with its edition, and a
commit is whole or not at all. What cannot be opened is made anew from the sources.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from madang.search.engine.text import folded
from madang.search.held import HeldEntry, packed, unpacked
from madang.search.lexical import LexicalIndex, Narrowed
from madang.search.ranking import Ranker
from madang.search.reading import Reader
from madang.search.sources import Source, Sourced
from madang.search.vectors import VectorIndex

_log = logging.getLogger(__name__)

FORMAT = 2
"""Rises when an index of another format can no longer be read."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Changes:
    """How many entries were put in and taken out."""

    put: int
    dropped: int


class Holding:
    """The index, what it holds by key, and its ranker. One thread writes; any may read."""

    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker
        self._writing = threading.Lock()
        self._held = _all_held(ranker.index)
        self._titles = {key: _names(one) for key, one in self._held.items()}
        self.revision = 0

    @property
    def held(self) -> dict[str, HeldEntry]:
        """Return the entries by key; a dict that is never changed, only replaced."""
        return self._held

    @property
    def titles(self) -> Mapping[str, tuple[str, ...]]:
        """Return the titles of each entry in all its languages, folded and without spaces."""
        return self._titles

    def refresh(self, source: Source, keys: Collection[str] | None = None) -> Changes:
        """Make the index equal to a source, or to what it says of some keys."""
        with self._writing:
            before = self._of(source, keys)
            told = source.editions()
            if told is not None:
                wanted = [k for k in (keys if keys is not None else told) if k in told]
                stale = [k for k in wanted if k not in before or before[k].edition != told[k]]
                gone = [k for k in before if k not in told]
                return self._change(source, stale, gone)
            found = list(source.read(keys))
            names = {one.entry.key for one in found}
            fresh = [
                one
                for one in found
                if one.entry.key not in before or before[one.entry.key].edition != one.edition
            ]
            return self._put(fresh, [k for k in before if k not in names])

    def take_in(self, found: Sequence[Sourced]) -> Changes:
        """Put entries in as they are, whatever source they come from."""
        with self._writing:
            return self._put(found, [])

    def forget_sources(self, known: Collection[str]) -> int:
        """Take out what belongs to no source any more; return how many entries."""
        with self._writing:
            gone = [key for key in self._held if key.partition(":")[0] not in known]
            return self._put([], gone).dropped

    def distrust(self) -> None:
        """Take all editions for old, so that the next refresh reads every entry again."""
        with self._writing:
            held = self._held.items()
            self._held = {key: msgspec.structs.replace(one, edition="") for key, one in held}

    def put_meaning(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Give every entry its vectors, a few at a time; return how many got theirs.

        Parameters
        ----------
        is_over : asked between two entries; the rest waits for the next call then.

        Raises
        ------
        Unavailable
            If the model does not answer.
        """
        vectors = self.ranker.vectors
        if vectors is None:
            return 0
        held = self._held
        missing = [key for key in held if key not in vectors]
        done = 0
        for key in missing:
            if is_over():
                break
            self.ranker.put_meaning([held[key].entry()])
            done += 1
            with self._writing:
                # what changed meanwhile gets its new vectors in the next round
                if self._held.get(key) is not held[key]:
                    vectors.drop([key])
        # the first vectors are shown only once all are there: half of them would rank unfairly
        if done and (done == len(missing) or len(vectors)):
            vectors.commit()
        return done

    def _of(self, source: Source, keys: Collection[str] | None) -> dict[str, HeldEntry]:
        if keys is not None:
            return {key: self._held[key] for key in keys if key in self._held}
        prefix = f"{source.name}:"
        return {key: held for key, held in self._held.items() if key.startswith(prefix)}

    def _change(self, source: Source, stale: Sequence[str], gone: Sequence[str]) -> Changes:
        put = 0
        for start in range(0, len(stale), _AT_ONCE):
            some = list(source.read(stale[start : start + _AT_ONCE]))
            put += self._put(some, []).put
        return Changes(put, self._put([], gone).dropped)

    def _put(self, fresh: Sequence[Sourced], gone: Sequence[str]) -> Changes:
        """Put in, take out and commit; what is held follows what is committed."""
        if not fresh and not gone:
            return Changes(0, 0)
        stored = {one.entry.key: packed(one.entry, one.edition) for one in fresh}
        self.ranker.index.drop(gone)
        self.ranker.put([one.entry for one in fresh], stored)
        self.ranker.index.commit()
        held = {key: one for key, one in self._held.items() if key not in set(gone)}
        held |= {key: unpacked(data) for key, data in stored.items()}
        self._titles = {key: self._titles[key] for key in held if key not in stored} | {
            key: _names(held[key]) for key in stored
        }
        self._held = held
        self.revision += 1
        vectors = self.ranker.vectors
        if vectors is not None:
            vectors.drop([*gone, *stored])
            if len(vectors):
                vectors.commit()
        return Changes(len(fresh), len(gone))


def opened(folder: Path, reader: Reader, vectors: VectorIndex | None = None) -> Holding:
    """Return what lies in a folder, ready to be asked; a broken index is begun anew.

    Parameters
    ----------
    folder : of search; the index lies in ``index-FORMAT`` below it, older formats are removed.
    """
    from madang.search.tantivy_index import TantivyIndex

    at = folder / f"index-{FORMAT}"
    for other in folder.glob("index-*"):
        if other != at:
            shutil.rmtree(other, ignore_errors=True)
    try:
        return Holding(Ranker(TantivyIndex(at), reader, vectors))
    except (ValueError, OSError, msgspec.MsgspecError) as fault:
        _log.warning("the index cannot be read and is made anew: %s", fault)
        shutil.rmtree(at, ignore_errors=True)
        return Holding(Ranker(TantivyIndex(at), reader, vectors))


def _names(entry: HeldEntry) -> tuple[str, ...]:
    titles = (folded(title).replace(" ", "") for title, _body in entry.texts.values())
    return tuple(dict.fromkeys(titles))


def _all_held(index: LexicalIndex) -> dict[str, HeldEntry]:
    keys = sorted(index.keys(Narrowed()))
    found: dict[str, HeldEntry] = {}
    for start in range(0, len(keys), _AT_ONCE):
        for key, data in index.stored(keys[start : start + _AT_ONCE]).items():
            found[key] = unpacked(data)
    return found
