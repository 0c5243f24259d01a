"""How the detectors of this process do: what each watches, when it last ran, what it found.

Of this life of the process only: it is for the operator's eyes, and a restart says so by beginning
anew. What was found is kept in events and on the desk.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from madang.telemetry.engine.catalogue import REPLAYED
from madang.telemetry.engine.detectors import HOURLY_RUN, KINDS
from madang.telemetry.pipeline.core import Core, Effects

SILENCE = "silence"
"""Name and kind of the watch over datastreams that fall silent."""
HOUR_MS = 3_600_000


@dataclass
class WatchLog:
    """Events of the last hour and last runs, by detector.

    events : when something was found [ms], and how much. ran : when it last saw anything [ms].
    breaks : how often the pipeline broke, with all its detectors, and was restored.
    """

    events: defaultdict[str, deque[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    ran: dict[str, int] = field(default_factory=dict)
    breaks: int = 0

    def add(self, core: Core, effects: Effects, now_ms: int) -> None:
        """Take note of what came of a batch, or of a look at the clock (`now_ms`)."""
        rules, table = core.watching.rules, core.watching.table
        seen = set(np.unique(core.catalogue.property[effects.rows.row]).tolist())
        closed = set(np.unique(core.catalogue.property[effects.hours.row]).tolist())
        names = core.catalogue.properties
        for place, rule in enumerate(rules):
            of = closed if table[place]["kind"] == HOURLY_RUN else seen
            if rule.property in {names[number] for number in of}:
                self.ran[rule.id] = now_ms
        if effects.now_ms:
            self.ran[SILENCE] = now_ms
            self._found(SILENCE, now_ms, len(effects.silent) + len(effects.heard))
        counts = np.bincount(effects.detections.rule, minlength=len(rules))
        for place, rule in enumerate(rules):
            self._found(rule.id, now_ms, int(counts[place]))

    def looked(self, now_ms: int) -> None:
        """Take note of a look at the clock from which nothing followed."""
        self.ran[SILENCE] = now_ms

    def _found(self, detector: str, now_ms: int, n: int) -> None:
        if n:
            self.events[detector].append((now_ms, n))
        self._forget(detector, now_ms)

    def _forget(self, detector: str, now_ms: int) -> None:
        kept = self.events[detector]
        while kept and kept[0][0] <= now_ms - HOUR_MS:
            kept.popleft()

    def in_last_hour(self, detector: str, now_ms: int) -> int:
        """Return how often a detector opened or closed in the last hour."""
        self._forget(detector, now_ms)
        return sum(n for _at, n in self.events[detector])

    def table(self, core: Core, now_ms: int) -> pa.Table:
        """Return `id, kind, property, series, events, ran, errors`, one row for each detector.

        `ran` is ms since 1970, 0 where it has seen nothing yet; `errors` counts breaks.
        """
        catalogue, kinds = core.catalogue, {number: name for name, number in KINDS.items()}
        watched = (catalogue.freshness_s > 0) & (catalogue.origin != REPLAYED)
        rows = [(SILENCE, SILENCE, "", int(watched.sum()))]
        for place, rule in enumerate(core.watching.rules):
            of = catalogue.properties.index(rule.property)
            series = int(np.count_nonzero(catalogue.property == of))
            kind = kinds[int(core.watching.table[place]["kind"])]
            rows.append((rule.id, kind, rule.property, series))
        ids = [row[0] for row in rows]
        names = ("id", "kind", "property", "series")
        return pa.table(
            {
                **{name: [row[n] for row in rows] for n, name in enumerate(names)},
                "events": [self.in_last_hour(one, now_ms) for one in ids],
                "ran": [self.ran.get(one, 0) for one in ids],
                "errors": [self.breaks] * len(ids),
            }
        )
