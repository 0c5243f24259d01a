"""Erlang's two formulae: calls lost where nobody waits (B), calls that wait for ever (C).

Everything is computed from Erlang B by its recursion, which neither overflows nor cancels: safe to
many thousands of operators. Load is in erlangs: calls per second times handling time in seconds.

References
----------
.. [1] A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
   automatic telephone exchanges", Elektroteknikeren 13 (1917).
.. [2] R. B. Cooper, "Introduction to Queueing Theory", 2nd ed., North Holland 1981, ch. 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def offered_load(calls: ArrayLike, interval_s: ArrayLike, aht_s: ArrayLike) -> Array:
    """Return the load [erlang] of calls in an interval with a mean handling time.

    >>> float(offered_load(100, 1800, 180))
    10.0
    """
    rate = np.asarray(calls, float) / np.asarray(interval_s, float)
    return np.asarray(rate * np.asarray(aht_s, float))


def erlang_b(load: ArrayLike, agents: ArrayLike) -> Array:
    """Return the probability that a call finds every operator busy and is lost.

    Parameters
    ----------
    load : array [erlang], not negative
    agents : array of whole numbers, not negative; broadcast with `load`

    Returns
    -------
    array [-]
        NaN where an input is negative or not finite.

    Notes
    -----
    B(0) = 1, B(k) = A B(k-1) / (k + A B(k-1)) [2]_.

    Examples
    --------
    >>> erlang_b(5.0, 10).round(6).item()
    0.018385
    """
    a, n = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    good = np.isfinite(a) & np.isfinite(n) & (a >= 0) & (n >= 0)
    a, n = np.where(good, a, 0.0), np.where(good, n, 0.0)
    if a.size == 1:  # plain floats take a twentieth of the time
        return np.where(good, _one_erlang_b(a.item(), int(n.item())), np.nan)
    b = np.ones(a.shape)
    for k in range(1, int(n.max(initial=0.0)) + 1):
        b = np.where(k <= n, a * b / (k + a * b), b)
    return np.where(good, b, np.nan)


def _one_erlang_b(load: float, agents: int) -> float:
    b = 1.0
    for k in range(1, agents + 1):
        b = load * b / (k + load * b)
    return b


def erlang_c(load: ArrayLike, agents: ArrayLike) -> Array:
    """Return the probability that a call waits, where nobody gives up.

    Returns
    -------
    array [-]
        NaN where the load is not below the number of operators: the queue then grows without end
        and there is no such number.

    Examples
    --------
    >>> erlang_c(10.0, 14).round(4).item()
    0.1741
    """
    a, n = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    b = erlang_b(a, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = b / (1.0 - a / n * (1.0 - b))
    return np.where(a < n, c, np.nan)


def service_level(load: ArrayLike, agents: ArrayLike, aht_s: ArrayLike, within_s: float) -> Array:
    """Return the share of calls answered within `within_s` seconds (Erlang C); NaN in overload.

    >>> service_level(10.0, 14, 180.0, 20.0).round(4).item()
    0.8884
    """
    return 1.0 - late_share(load, agents, aht_s, within_s)


def late_share(load: ArrayLike, agents: ArrayLike, aht_s: ArrayLike, after_s: ArrayLike) -> Array:
    """Return the share of calls that wait longer than `after_s` seconds (Erlang C).

    C exp(-(n - A) t / AHT) [2]_.
    """
    spare = np.asarray(agents, float) - np.asarray(load, float)
    decay = np.exp(-np.maximum(spare, 0.0) * np.asarray(after_s) / np.asarray(aht_s, float))
    return np.asarray(erlang_c(load, agents) * decay)


def mean_wait(load: ArrayLike, agents: ArrayLike, aht_s: ArrayLike) -> Array:
    """Return the mean wait [s] of all calls, also of those answered at once; NaN in overload.

    >>> mean_wait(48.0, 50, 60.0).round(2).item()
    20.83
    """
    spare = np.asarray(agents, float) - np.asarray(load, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(erlang_c(load, agents) * np.asarray(aht_s, float) / spare)


def wait_percentile(
    load: ArrayLike, agents: ArrayLike, aht_s: ArrayLike, percent: ArrayLike
) -> Array:
    """Return the wait [s] that `percent` of 100 calls do not exceed; NaN in overload.

    >>> wait_percentile(48.0, 50, 60.0, 90.0).round(2).item()
    58.14
    """
    spare = np.asarray(agents, float) - np.asarray(load, float)
    left = 1.0 - np.asarray(percent, float) / 100.0
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.log(erlang_c(load, agents) / left)
        return np.asarray(np.maximum(excess, 0.0) * np.asarray(aht_s, float) / spare)


def occupancy(load: ArrayLike, agents: ArrayLike) -> Array:
    """Return the share of their time that operators are busy (Erlang C); NaN in overload."""
    a, n = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a < n, a / n, np.nan)
