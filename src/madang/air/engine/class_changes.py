"""When people hear that the air's class has changed: at once for the worse, later for the better.

An hour in a worse class changes the class that is told at once; it changes for the better after
`CALM_HOURS` hours in a row in better ones, to the worst of these. So a value that swings around a
limit tells once, and at most once in four hours; nobody waits for a warning.
"""

from __future__ import annotations

from dataclasses import dataclass

# Our choice, not a measured optimum: longer than a swing of an hour or two around a limit, short
# enough that good news of the morning is told before noon.
CALM_HOURS = 3


@dataclass(frozen=True)
class Told:
    """The class that people were told last (its place, 0 is best; None before the first hour), and
    the classes of the better hours since, in a row."""

    level: int | None = None
    calmer: tuple[int, ...] = ()


def follow(told: Told, level: int | None) -> tuple[Told, bool]:
    """Return what is told after one more hour, and whether that is news.

    Parameters
    ----------
    level : the hour's class; None where the hour is missing, which changes nothing.

    Examples
    --------
    >>> told, news = follow(Told(1), 2)
    >>> told.level, news
    (2, True)
    >>> for hour in (1, 2, 1, 0, 1):
    ...     told, news = follow(told, hour)
    >>> told.level, news
    (1, True)
    """
    if level is None:
        return told, False
    if told.level is None:
        return Told(level), False
    if level > told.level:
        return Told(level), True
    if level == told.level:
        return Told(level), False
    calmer = (*told.calmer, level)
    if len(calmer) < CALM_HOURS:
        return Told(told.level, calmer), False
    return Told(max(calmer)), True
