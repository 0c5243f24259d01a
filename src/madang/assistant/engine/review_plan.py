"""How many answers of each kind people judge in a month, and which ones: a stratified sample.

A stratum is a tuple of words, from the one that matters most to the one that matters least, such as
(outcome, channel, language, topic). Small strata are joined with their neighbours from the right:
`REST` stands for what was joined.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from math import sqrt

Cell = tuple[str, ...]
REST = "*"


def spread(share: float) -> float:
    """Return the standard deviation of a yes or no that is yes with chance `share`.

    Shares beyond 0.02 and 0.98 count as those: what a few answers of last month say is not so sure
    that this month's could be looked at hardly at all.

    Examples
    --------
    >>> spread(0.5), round(spread(0.9), 3), round(spread(1.0), 3)
    (0.5, 0.3, 0.14)
    """
    kept = min(0.98, max(0.02, share))
    return sqrt(kept * (1 - kept))


def joined(sizes: Mapping[Cell, int], least: int, most: int) -> dict[Cell, Cell]:
    """Return the stratum that each cell belongs to.

    The smallest cell gives up its last word that is not `REST`, again and again, until all are
    large enough and few enough. The first word is never given up: what was refused is never mixed
    with what was answered.

    Parameters
    ----------
    sizes : answers in each cell; all cells have as many words.
    least : answers that a stratum is to have.
    most : strata that there may be.

    Examples
    --------
    >>> found = joined({("no", "web"): 40, ("no", "app"): 3, ("no", "chat"): 5}, 30, 10)
    >>> sorted(set(found.values()))
    [('no', '*'), ('no', 'web')]
    """
    place = {cell: cell for cell in sizes}
    held = dict(sizes)
    while held:
        open_ones = [cell for cell in held if any(word != REST for word in cell[1:])]
        if not open_ones:
            break
        smallest = min(open_ones, key=lambda cell: (held[cell], cell))
        if held[smallest] >= least and len(held) <= most:
            break
        wider = _wider(smallest)
        held[wider] = held.get(wider, 0) + held.pop(smallest)
        place = {cell: wider if at == smallest else at for cell, at in place.items()}
    return place


def _wider(cell: Cell) -> Cell:
    last = max(n for n, word in enumerate(cell) if n and word != REST)
    return (*cell[:last], REST, *cell[last + 1 :])


def allocation(
    sizes: Mapping[Cell, int],
    spreads: Mapping[Cell, float],
    total: int,
    *,
    floor: int = 30,
    favoured: Collection[Cell] = (),
    favour: float = 2.0,
) -> dict[Cell, int]:
    """Return how many answers of each stratum are judged (Neyman's optimum allocation).

    n_h is proportional to N_h S_h [1]_, at least `floor` and at most N_h; what a bound takes or
    leaves goes to the other strata in the same proportion. Where the floors alone are more than
    `total`, each stratum gets the same share of its floor.

    Parameters
    ----------
    sizes : answers of each stratum, N_h.
    spreads : standard deviation of what is judged in each, S_h, above 0 (see `spread`).
    total : answers to be judged; all where there are fewer.
    floor : least of a stratum.
    favoured, favour : strata that are looked at more closely, and how many times as closely.

    References
    ----------
    .. [1] W. G. Cochran, "Sampling techniques", 3rd ed., Wiley 1977, sections 5.5 and 5.8.

    Examples
    --------
    >>> allocation({("a",): 400, ("b",): 600}, {("a",): 0.4, ("b",): 0.1}, 110)
    {('a',): 80, ('b',): 30}
    """
    everything = sum(sizes.values())
    if total >= everything:
        return dict(sizes)
    low = {cell: float(min(floor, size)) for cell, size in sizes.items()}
    floors = sum(low.values())
    if floors >= total:
        return _whole({cell: least * total / floors for cell, least in low.items()}, sizes, total)
    wanted = {
        cell: size * spreads[cell] * (favour if cell in favoured else 1.0)
        for cell, size in sizes.items()
    }
    return _whole(_within(wanted, low, sizes, total), sizes, total)


def _within(
    wanted: Mapping[Cell, float], low: Mapping[Cell, float], high: Mapping[Cell, int], total: int
) -> dict[Cell, float]:
    """Return shares of a total in proportion to `wanted`, each within its bounds.

    The factor is found by halving: the sum grows with it.
    """
    top = total / min((each for each in wanted.values() if each > 0), default=1.0)
    bottom, given = 0.0, dict(low)
    for _ in range(200):
        factor = (bottom + top) / 2
        given = {c: min(float(high[c]), max(low[c], factor * w)) for c, w in wanted.items()}
        if sum(given.values()) > total:
            top = factor
        else:
            bottom = factor
    return given


def _whole(shares: Mapping[Cell, float], most: Mapping[Cell, int], total: int) -> dict[Cell, int]:
    """Return whole numbers with the given sum, by largest remainder."""
    found = {cell: min(most[cell], int(share + 1e-6)) for cell, share in shares.items()}
    by_remainder = sorted(shares, key=lambda cell: (found[cell] - shares[cell], cell))
    left = total - sum(found.values())
    while left > 0:
        before = left
        for cell in by_remainder:
            if left and found[cell] < most[cell]:
                found[cell] += 1
                left -= 1
        if left == before:
            break
    return found


def drawn(members: Mapping[Cell, Iterable[str]], take: Mapping[Cell, int], seed: str) -> list[str]:
    """Return the ids that a seed draws, stratum by stratum, the first by `rank`.

    Examples
    --------
    >>> drawn({("a",): ["1", "2"]}, {("a",): 1}, "x") == drawn({("a",): "21"}, {("a",): 1}, "x")
    True
    """
    found: list[str] = []
    for cell in sorted(members):
        found += sorted(members[cell], key=lambda one: rank(seed, one))[: take.get(cell, 0)]
    return found


def rank(seed: str, one: str) -> str:
    """Return by what answers are ordered: SHA-256 of seed, line feed and id, in hexadecimal.

    So the same seed draws the same answers on any machine, whatever the order of the rows.
    """
    return sha256(f"{seed}\n{one}".encode()).hexdigest()
