"""Whether two people who judge the same answers agree more than by chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from madang.assistant.engine.review_estimate import z_of


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa with its interval.

    Parameters
    ----------
    kappa : None where nothing was judged twice, or where both always said the same one thing.
    agreed : share of answers on which both said the same.
    n : answers judged twice.
    """

    kappa: float | None
    low: float
    high: float
    error: float
    agreed: float
    n: int


def cohen(pairs: Iterable[tuple[str, str]], confidence: float = 0.95) -> Kappa:
    """Return Cohen's kappa [1]_ of pairs (first, second), with its large-sample interval [2]_.

    Below about 50 pairs the interval is too narrow.

    References
    ----------
    .. [1] J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
       Measurement 20 (1960), 37-46.
    .. [2] J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and
       weighted kappa", Psychological Bulletin 72 (1969), 323-327, eq. 13.

    Examples
    --------
    >>> found = cohen([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15)
    >>> round(found.kappa, 3), found.agreed
    (0.4, 0.7)
    """
    table: dict[tuple[str, str], int] = {}
    for pair in pairs:
        table[pair] = table.get(pair, 0) + 1
    n = sum(table.values())
    if not n:
        return Kappa(None, -1.0, 1.0, 0.0, 0.0, 0)
    words = sorted({word for pair in table for word in pair})
    rows = {w: sum(table.get((w, other), 0) for other in words) / n for w in words}
    columns = {w: sum(table.get((other, w), 0) for other in words) / n for w in words}
    agreed = sum(table.get((w, w), 0) for w in words) / n
    chance = sum(rows[w] * columns[w] for w in words)
    if chance >= 1 - 1e-12:
        return Kappa(None, -1.0, 1.0, 0.0, agreed, n)
    kappa = (agreed - chance) / (1 - chance)
    error = _error(table, rows, columns, kappa, chance)
    # where the table leaves no spread, nothing is known of the interval
    half = z_of(confidence) * error or 2.0
    return Kappa(kappa, max(-1.0, kappa - half), min(1.0, kappa + half), error, agreed, n)


def _error(
    table: Mapping[tuple[str, str], int],
    rows: Mapping[str, float],
    columns: Mapping[str, float],
    kappa: float,
    chance: float,
) -> float:
    n = sum(table.values())
    same = other = 0.0
    for (first, second), count in table.items():
        if first == second:
            same += count / n * (1 - (rows[first] + columns[first]) * (1 - kappa)) ** 2
        else:
            other += count / n * (columns[first] + rows[second]) ** 2
    inner = same + (1 - kappa) ** 2 * other - (kappa - chance * (1 - kappa)) ** 2
    return sqrt(max(0.0, inner) / n) / (1 - chance)
