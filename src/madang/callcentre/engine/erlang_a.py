"""Erlang A: callers who wait only as long as their patience (Palm, M/M/n+M).

Patience and handling time are exponential. The chain of the number of callers has the death rate
min(k, n) mu + max(k - n, 0) theta; relative to the state in which all n operators are busy, the
states below sum to 1 / B (Erlang B) and the state with j waiting is the product of
y / (s + i), i = 1..j, with s = n mu / theta and y = lambda / theta. The wait that an endlessly
patient caller would have has the density lambda p(n-1) exp(y (1 - exp(-theta t)) - n mu t) [2]_,
whose tail is an incomplete gamma function; all of it in logarithms, so that neither thousands of
operators nor very long patience overflow.

References
----------
.. [1] C. Palm, "Research on telephone traffic carried by full availability groups", Tele 1 (1957).
.. [2] S. Zeltyn, A. Mandelbaum, "Call centers with impatient customers: many-server asymptotics of
   the M/M/n+G queue", Queueing Systems 51 (2005) 361-402, section 2.
.. [3] O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers",
   Manufacturing and Service Operations Management 4 (2002) 208-227.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from madang.callcentre.engine.erlang import Array, erlang_b

_NEGLIGIBLE = 40.0  # e-folds below the largest term; e**-40 is 4e-18
_BLOCK = 4096
_SMALLEST = 1e-250


@dataclass(frozen=True)
class Patient:
    """A queue with patience in its steady state; rates per second.

    p_wait : share of callers who do not get an operator at once.
    abandonment : share who give up.
    waiting : mean number of waiting callers.
    """

    load: float
    agents: int
    aht_s: float
    patience_s: float
    p_wait: float
    abandonment: float
    waiting: float

    @property
    def mean_wait_s(self) -> float:
        """Mean time [s] in the queue of all callers, also those answered at once or giving up."""
        return self.waiting * self.aht_s / self.load if self.load else 0.0

    @property
    def occupancy(self) -> float:
        """Share of their time that operators are busy."""
        return self.load * (1.0 - self.abandonment) / self.agents

    def late_share(self, after_s: float) -> float:
        """Return the share of all callers who are still in the queue after `after_s` seconds."""
        return math.exp(-after_s / self.patience_s) * self._offered_late(after_s, 0)

    def answered_late(self, after_s: float) -> float:
        """Return the share of all callers who are answered after more than `after_s` seconds."""
        return self._offered_late(after_s, 1)

    def service_level(self, within_s: float) -> float:
        """Return the share of all callers who are answered within `within_s` seconds."""
        return max(0.0, 1.0 - self.abandonment - self.answered_late(within_s))

    def service_level_of_answered(self, within_s: float) -> float:
        """Return the share of the answered callers who are answered within `within_s` seconds."""
        return self.service_level(within_s) / (1.0 - self.abandonment)

    def wait_percentile(self, percent: float) -> float:
        """Return the time [s] in the queue that `percent` of 100 callers do not exceed."""
        left = 1.0 - percent / 100.0
        if self.p_wait <= left:
            return 0.0
        top = self.patience_s * math.log(self.p_wait / left)  # nobody waits longer than patience
        return float(optimize.brentq(lambda t: self.late_share(t) - left, 0.0, top, xtol=1e-6))

    def _offered_late(self, t: float, power: int) -> float:
        """Return the integral above t of the density of the offered wait times e**(-power u/P)."""
        s = self.agents * self.patience_s / self.aht_s + power
        y = self.load * self.patience_s / self.aht_s
        if y == 0.0:
            return 0.0
        fading = t / self.patience_s
        y_t = y * math.exp(-fading)
        of_t = log_gamma_sum(s, y_t) + (y - y_t) - s * fading
        # at t = 0 and power 0 the integral is the probability of waiting
        of_0 = log_gamma_sum(s - power, y)
        return self.p_wait * math.exp(of_t - of_0)


def patient_queue(load: float, agents: int, aht_s: float, patience_s: float) -> Patient:
    """Return the steady state of a queue whose callers give up.

    Parameters
    ----------
    load : [erlang], not negative; may exceed `agents`
    agents : at least 1
    aht_s, patience_s : means [s], positive

    Examples
    --------
    >>> queue = patient_queue(48.0, 50, 60.0, 120.0)
    >>> round(100 * queue.abandonment, 2), round(queue.mean_wait_s, 2), round(queue.occupancy, 3)
    (3.09, 3.71, 0.93)
    """
    if agents < 1 or load < 0 or aht_s <= 0 or patience_s <= 0:
        raise ValueError("load must not be negative; agents, aht_s and patience_s must be positive")
    s, y = agents * patience_s / aht_s, load * patience_s / aht_s
    log_sum, mean = _queue_sums(s, y)
    below = erlang_b(load, agents).item()
    # 1 / B counts the state with all busy and nobody waiting, and so does the sum: one less.
    log_below = -math.log(below) if below > 0 else math.inf
    log_total = float(np.logaddexp(log_below, log_sum + _log1mexp(log_sum)))
    p_wait = math.exp(log_sum - log_total)
    waiting = p_wait * mean
    abandoned = waiting * aht_s / (patience_s * load) if load else 0.0
    return Patient(load, agents, aht_s, patience_s, min(p_wait, 1.0), min(abandoned, 1.0), waiting)


def _log1mexp(x: float) -> float:
    """Return log(1 - e**-x) for x >= 0; minus infinity at 0."""
    return math.log(-math.expm1(-x)) if x > 0 else -math.inf


def _queue_sums(s: float, y: float) -> tuple[float, float]:
    """Return log of sum r(j) and the mean of j under r; r(j) = product of y / (s + i), i = 1..j."""
    if y == 0.0:
        return 0.0, 0.0
    peak = max(y - s, 0.0)
    top = _log_term(s, y, math.floor(peak))
    log_at, total, first, start = 0.0, 0.0, 0.0, 0
    if peak > 0:  # overload: the terms far below the peak do not count, and may be many
        start = max(0, math.floor(peak - 13.0 * math.sqrt(y) - 50))
        log_at = _log_term(s, y, start)
    while True:
        steps = np.arange(start + 1, start + _BLOCK)
        logs = log_at + np.concatenate([[0.0], np.cumsum(np.log(y / (s + steps)))])
        terms = np.exp(logs - top)
        total += terms.sum()
        first += (terms * np.arange(start, start + _BLOCK)).sum()
        start += _BLOCK
        log_at = float(logs[-1] + np.log(y / (s + start)))
        if start > peak and log_at - top < -_NEGLIGIBLE:
            return float(top + math.log(total)), float(first / total)


def _log_term(s: float, y: float, j: int) -> float:
    return float(j * math.log(y) - (special.gammaln(s + j + 1) - special.gammaln(s + 1)))


def log_gamma_sum(s: float, y: float) -> float:
    """Return the logarithm of e**y y**-s times the lower incomplete gamma function of (s, y).

    It is also 1 / s times the sum of r(j) = product of y / (s + i), i = 1..j, taken where the
    function is too small to be written: then y is far below s and a few terms suffice.
    """
    share = special.gammainc(s, y)
    if share < _SMALLEST:
        return _queue_sums(s, y)[0] - math.log(s)
    return float(special.gammaln(s) + y - s * math.log(y) + math.log(share))


def patient_queues(load: Array, agents: Array, aht_s: Array, patience_s: Array) -> list[Patient]:
    """Return the queue of each element of arrays that broadcast, in C order."""
    arrays = np.broadcast_arrays(load, agents, aht_s, patience_s)
    flat = (np.asarray(a).ravel().tolist() for a in arrays)
    return [patient_queue(a, int(n), h, p) for a, n, h, p in zip(*flat, strict=True)]
