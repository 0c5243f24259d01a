"""The engine's rules once more, one observation at a time in plain Python; slow, easy to read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from madang.telemetry.engine.catalogue import Limits
from madang.telemetry.engine.flags import (
    CROSS,
    FAIL,
    FLAT_LINE,
    GAP,
    GOOD,
    LATE,
    MISSING,
    NOT_EVALUATED,
    RANGE,
    RATE,
    SKEW,
    SPIKE,
    SUSPECT,
)

HOUR = 3_600_000


@dataclass
class Stream:
    """One datastream: all it ever sent, in order of arrival."""

    limits: Limits | None
    period_s: int
    samples: list[tuple[int, float, int]] = field(default_factory=list)  # ordered: t, v, q
    upper: Stream | None = None
    lower: Stream | None = None

    def judge(  # noqa: C901 -- the order of the tests is the specification
        self, t: int, x: float, received: int
    ) -> tuple[int, tuple[int, int] | None]:
        """Return the quality word, and (stamp, word) of a revised earlier observation."""
        flag, bits = self._range(x)
        if t - received > 5000:
            bits |= SKEW
        if self.samples and t < self.samples[-1][0]:
            return bits | LATE | flag, None
        revision = None
        suspect = False
        if self.samples and t - self.samples[-1][0] > 1.5 * self.period_s * 1000:
            bits |= GAP
        if self.limits is not None and not math.isnan(x):
            if self._rate(t, x):
                bits |= RATE
                suspect = True
            if self._spike_before(x):
                at, _, word = self.samples[-1]
                revision = (at, (word & ~7) | SPIKE | max(word & 7, SUSPECT))
        self.samples.append((t, x, 0))
        if self.limits is not None and not math.isnan(x):
            if self._flat():
                bits |= FLAT_LINE
                suspect = True
            if self._crosses(t, x):
                bits |= CROSS
                suspect = True
        if suspect and flag < SUSPECT:
            flag = SUSPECT
        self.samples[-1] = (t, x, bits | flag)
        return bits | flag, revision

    def _range(self, x: float) -> tuple[int, int]:
        if math.isnan(x):
            return MISSING, 0
        if self.limits is None:
            return NOT_EVALUATED, 0
        low, high = self.limits.fail_span
        if not low <= x <= high:
            return FAIL, RANGE
        low, high = self.limits.suspect_span
        if not low <= x <= high:
            return SUSPECT, RANGE
        return GOOD, 0

    def _rate(self, t: int, x: float) -> bool:
        if not self.samples:
            return False
        before, value, _ = self.samples[-1]
        return abs(x - value) > self.limits.rate_per_s / 1000.0 * (t - before)

    def _spike_before(self, x: float) -> bool:
        if len(self.samples) < 2:
            return False
        (_, first, _), (_, middle, _) = self.samples[-2:]
        return abs(middle - (first + x) / 2.0) > self.limits.spike

    def _flat(self) -> bool:
        """Walk forward through the runs; a run breaks where its span reaches eps."""
        low, high, count, holes, since = math.inf, -math.inf, 0, 0, 0
        for t, value, _ in self.samples:
            if math.isnan(value):
                count, holes = count + 1, holes + 1
                continue
            if max(high, value) - min(low, value) < self.limits.flat_line_eps:
                if low > high:
                    since = t - 1000 * holes * self.period_s
                low, high, count = min(low, value), max(high, value), count + 1
            else:
                low = high = value
                count = holes + 1
                since = t - 1000 * holes * self.period_s
            holes = 0
        steps = max(self.limits.flat_line_s // self.period_s, 2)
        long_enough = 2 * (self.samples[-1][0] - since) >= self.limits.flat_line_s * 1000
        return count > steps and high - low < self.limits.flat_line_eps and long_enough

    def _crosses(self, t: int, x: float) -> bool:
        for other, sign in ((self.upper, 1), (self.lower, -1)):
            same_time = other and other.samples and other.samples[-1][0] == t
            if same_time and sign * x > sign * other.samples[-1][1]:
                return True
        return False


@dataclass
class HourBook:
    """Hours of one datastream with a period below an hour, found anew from all its observations."""

    lateness: int = 0
    newest: int | None = None
    closed: int | None = None
    waiting: dict[int, list[tuple[int, float, int]]] = field(default_factory=dict)
    too_late: int = 0

    def add(self, t: int, x: float, q: int) -> list[tuple[int, int, float, float, float, float]]:
        """Return closed hours as (end, n, sum, min, max, last)."""
        ordered = self.newest is None or t > self.newest
        end = math.ceil(t / HOUR) * HOUR
        out = []
        if ordered:  # hours that are over before this observation's own
            out += self._close(min(t - self.lateness, end - HOUR))
        if q & 7 not in (FAIL, MISSING):
            if self.closed is not None and end <= self.closed:
                self.too_late += 1
            else:
                self.waiting.setdefault(end, []).append((t, x, q))
        if ordered:
            self.newest = t
            out += self._close(t - self.lateness)
        return out

    def _close(self, watermark: int) -> list[tuple[int, int, float, float, float, float]]:
        done = watermark // HOUR * HOUR
        if self.closed is not None and done <= self.closed:
            return []
        self.closed = done
        out = []
        for end in sorted(end for end in self.waiting if end <= done):
            rows = self.waiting.pop(end)
            total = 0.0
            for _, x, _ in rows:
                total += x
            values = [x for _, x, _ in rows]
            last = max(rows, key=lambda row: row[0])[1]
            out.append((end, len(rows), total, min(values), max(values), last))
        return out


@dataclass
class Watcher:
    """One detector of one datastream."""

    kind: str
    p: dict[str, float]
    open: bool = False
    run: int = 0
    mean: float = math.nan
    var: float = 0.0
    seen: int = 0
    since: int = 0

    def point(self, t: int, x: float) -> str | None:
        """Return "opened", "closed" or None for an observation."""
        if self.kind == "threshold":
            return self._threshold(x)
        if self.kind == "zscore":
            return self._zscore(x)
        if self.kind == "stuck":
            return self._stuck(t, x)
        return None

    def _threshold(self, x: float) -> str | None:
        up = "above" in self.p
        limit = self.p["above"] if up else self.p["below"]
        clear = self.p.get("clear", limit)
        beyond = x > limit if up else x < limit
        within = x <= clear if up else x >= clear
        if self.open:
            if within:
                self.open, self.run = False, 0
                return "closed"
            return None
        self.run = self.run + 1 if beyond else 0
        if self.run >= self.p.get("points", 1):
            self.open = True
            return "opened"
        return None

    def _zscore(self, x: float) -> str | None:
        alpha = self.p["alpha"]
        if self.seen == 0:
            self.mean, self.seen = x, 1
            return None
        away = x - self.mean
        said = None
        if self.seen >= self.p.get("warmup", math.ceil(3 / alpha)):
            spread = max(math.sqrt(self.var), self.p.get("floor", 0.0))
            if self.open and abs(away) <= self.p.get("clear", self.p["limit"]) * spread:
                self.open, said = False, "closed"
            elif not self.open and abs(away) > self.p["limit"] * spread:
                self.open, said = True, "opened"
        else:
            self.seen += 1
        step = alpha * away
        self.mean += step
        self.var = (1.0 - alpha) * (self.var + away * step)
        return said

    def _stuck(self, t: int, x: float) -> str | None:
        if not math.isnan(self.mean) and abs(x - self.mean) <= self.p.get("eps", 0.0):
            if not self.open and t - self.since >= self.p["seconds"] * 1000:
                self.open = True
                return "opened"
            return None
        self.mean, self.since = x, t
        if self.open:
            self.open = False
            return "closed"
        return None

    def hour(self, end: int, mean: float) -> str | None:
        """Return "opened", "closed" or None for a closed hour."""
        if self.kind != "hourly_run" or end <= self.since:
            return None
        said = None
        if self.open:
            if mean <= self.p.get("clear", self.p["above"]):
                self.open, self.run, said = False, 0, "closed"
        elif mean > self.p["above"]:
            self.run = self.run + 1 if end - self.since == HOUR else 1
            if self.run >= self.p["hours"]:
                self.open, said = True, "opened"
        else:
            self.run = 0
        self.since = end
        return said
