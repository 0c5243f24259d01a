"""What notices offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Offer


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield API("notices", "madang.notices.http:router")
