"""Whether people were on the phones when the plan said so.

Adherence is the share of planned time in which a person was there; conformance the time there by
the time planned, whenever it was [1]_. Who works all hours at the wrong time conforms and does not
adhere.

References
----------
.. [1] B. Cleveland, "Call Center Management on Fast Forward", 4th ed., ICMI 2012, ch. 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Adherence:
    """Planned and actual time; by interval as mean numbers of people.

    planned, actual, both : (t,) people planned, people there, people there as planned
    by_operator : (n, 3) of seconds planned, there, and there as planned
    """

    planned: Array
    actual: Array
    both: Array
    by_operator: Array

    @property
    def adherence(self) -> float:
        """Share of the planned time in which the planned person was there."""
        planned = self.by_operator[:, 0].sum()
        return float(self.by_operator[:, 2].sum() / planned) if planned else float("nan")

    @property
    def conformance(self) -> float:
        """Time there by time planned."""
        planned = self.by_operator[:, 0].sum()
        return float(self.by_operator[:, 1].sum() / planned) if planned else float("nan")


def adherence(
    planned: Array, actual: Array, operators: int, interval_s: float, count: int
) -> Adherence:
    """Return how the time on the phones kept to the plan.

    Parameters
    ----------
    planned, actual : (w, 3) arrays of operator (0 to `operators` - 1), from and to [s] since the
        first interval; the windows of one operator may touch or overlap and then count once
    """
    plans, times = _merged(planned, operators), _merged(actual, operators)
    totals = np.zeros((operators, 3))
    both = []
    for o in range(operators):
        shared = _shared(plans[o], times[o])
        both.append(shared)
        totals[o] = [np.sum(w[:, 1] - w[:, 0]) for w in (plans[o], times[o], shared)]
    edges = np.linspace(0.0, count * interval_s, count + 1)
    people = [_people(windows, edges) for windows in (plans, times, both)]
    return Adherence(people[0], people[1], people[2], totals)


def _merged(windows: Array, operators: int) -> list[Array]:
    """Return the windows of each operator, (w, 2), in order, those that touch made one."""
    found = []
    for o in range(operators):
        own = windows[windows[:, 0] == o][:, 1:]
        own = own[np.argsort(own[:, 0], kind="stable")]
        one: list[list[float]] = []
        for begin, end in own.tolist():
            if one and begin <= one[-1][1]:
                one[-1][1] = max(one[-1][1], end)
            else:
                one.append([begin, end])
        found.append(np.array(one).reshape(-1, 2))
    return found


def _shared(a: Array, b: Array) -> Array:
    begin = np.maximum(a[:, None, 0], b[None, :, 0]).ravel()
    end = np.minimum(a[:, None, 1], b[None, :, 1]).ravel()
    kept = begin < end
    return np.stack([begin[kept], end[kept]], axis=1)


def _people(windows: list[Array], edges: Array) -> Array:
    """Return the mean number of people in each interval."""
    every = np.concatenate(windows) if windows else np.zeros((0, 2))
    # Time before each edge that the windows hold, by their ends: sum of min(edge, end) - begin.
    held = np.zeros(len(edges))
    for begin, end in every.tolist():
        held += np.clip(edges, begin, end) - begin
    return np.asarray(np.diff(held) / np.diff(edges))
