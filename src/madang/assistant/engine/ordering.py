"""In which order steps can be done: prerequisites first, then by date."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def cycle_in(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the members of a cycle, each requiring the next; empty where there is none.

    >>> cycle_in({"a": ["b"], "b": ["a"], "c": []})
    ('a', 'b', 'a')
    """
    left = {node: [one for one in needs if one in edges] for node, needs in edges.items()}
    while True:
        free = {node for node, needs in left.items() if not needs}
        if not free:
            break
        left = {
            node: [one for one in needs if one not in free]
            for node, needs in left.items()
            if node not in free
        }
    if not left:
        return ()
    walk = [min(left)]
    while walk.count(walk[-1]) == 1:  # each that is left requires another that is
        walk.append(left[walk[-1]][0])
    return tuple(walk[walk.index(walk[-1]) :])


def in_order(edges: Mapping[str, Iterable[str]], key: Callable[[str], Any]) -> list[str]:
    """Return the nodes so that each comes after those it requires, else by `key`.

    Parameters
    ----------
    edges
        What each node requires; names that are no node are left out.
    key
        Of a node; the smallest of those that can be done comes first.

    Raises
    ------
    ValueError
        If the nodes require each other in a circle.
    """
    waits = {node: {one for one in needs if one in edges} for node, needs in edges.items()}
    ready = [(key(node), node) for node, needs in waits.items() if not needs]
    heapq.heapify(ready)
    found: list[str] = []
    while ready:
        node = heapq.heappop(ready)[1]
        found.append(node)
        for other, needs in waits.items():
            if node in needs:
                needs.discard(node)
                if not needs:
                    heapq.heappush(ready, (key(other), other))
    if len(found) < len(edges):
        raise ValueError("they require each other: " + " -> ".join(cycle_in(edges)))
    return found
