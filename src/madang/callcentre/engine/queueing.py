"""Who gets whom: skills over languages, the longest wait first; and how long a wait may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_TENTH = 1.2815515655446004  # 90 % quantile of the standard normal distribution


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits: since when [s], in which language, with what else needed.

    passed : operators to whom it was offered before and who did not take it.
    """

    id: str
    since: float
    language: str
    skills: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    is_call: bool = False


@dataclass(frozen=True)
class Free:
    """An operator with room for more.

    room : contacts that they can take now; busy : how many they have. A call needs both hands.
    """

    id: str
    languages: frozenset[str]
    skills: frozenset[str] = frozenset()
    idle_since: float = 0.0
    room: int = 1
    busy: int = 0


@dataclass
class _Left:
    operator: Free
    room: int = field(init=False)
    busy: int = field(init=False)

    def __post_init__(self) -> None:
        self.room, self.busy = self.operator.room, self.operator.busy


def fits(one: Waiting, operator: Free) -> bool:
    """Return whether an operator speaks the language and has every skill that is needed."""
    return one.language in operator.languages and one.skills <= operator.skills


def pairs(waiting: Iterable[Waiting], operators: Sequence[Free]) -> list[tuple[str, str]]:
    """Return (contact, operator) for all who can be served now, the longest wait first.

    Of operators who fit, those to whom it was not offered before come first, then who speaks the
    fewest languages (the others stay free for callers whom nobody else understands), then who
    has been idle longest.

    Examples
    --------
    >>> pairs([Waiting("b", 2, "ko"), Waiting("a", 1, "ko")], [Free("x", frozenset({"ko"}))])
    [('a', 'x')]
    """
    left = {one.id: _Left(one) for one in operators if one.room > 0}
    found = []
    for contact in sorted(waiting, key=lambda one: (one.since, one.id)):
        able = [
            one for one in left.values()
            if fits(contact, one.operator) and (not contact.is_call or one.busy == 0)
        ]  # fmt: skip
        if not able:
            continue
        best = min(able, key=lambda one: _rank(contact, one.operator))
        found.append((contact.id, best.operator.id))
        best.busy += 1
        best.room = 0 if contact.is_call else best.room - 1
        if best.room <= 0:
            del left[best.operator.id]
    return found


def _rank(contact: Waiting, operator: Free) -> tuple[bool, int, float, str]:
    is_second_time = operator.id in contact.passed
    return is_second_time, len(operator.languages), operator.idle_since, operator.id


def wait_span(place: int, operators: int, handling_s: float) -> tuple[float, float, float]:
    """Return the mean and the 10 % and 90 % quantile of the wait of whoever stands at a place [s].

    All operators are busy and finish, together, at rate operators / handling time, so that who
    stands at place n waits for n ends: an Erlang-distributed time [1]_. Nobody giving up before
    makes this a time that is rather too long. Quantiles after Wilson and Hilferty [2]_.

    Parameters
    ----------
    place : 1 for whoever is next.
    operators : how many serve this queue; infinite waits for none.
    handling_s : mean time of one contact [s].

    References
    ----------
    .. [1] L. Kleinrock, "Queueing systems", vol. 1, 1975, sections 3.5 and 4.3.
    .. [2] E. Wilson, M. Hilferty, "The distribution of chi-square", PNAS 17 (1931), 684.

    Examples
    --------
    >>> [round(value) for value in wait_span(10, 5, 240)]
    [480, 299, 682]
    """
    if operators <= 0:
        return math.inf, math.inf, math.inf
    one_end = handling_s / operators
    if place <= 0:
        return 0.0, 0.0, 0.0
    if place == 1:  # exponential, exact
        return one_end, -one_end * math.log(0.9), -one_end * math.log(0.1)
    mean = place * one_end
    return mean, mean * _cube(place, -_TENTH), mean * _cube(place, _TENTH)


def _cube(shape: float, z: float) -> float:
    spread = 1.0 / (9.0 * shape)
    return float(max(0.0, 1.0 - spread + z * math.sqrt(spread)) ** 3)
