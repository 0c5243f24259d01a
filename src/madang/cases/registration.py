"""What the cases room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Offer


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from ()
