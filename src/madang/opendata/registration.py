"""What open data offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, Offer, Page, SearchSource


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    # the key is in the path; the view checks it and answers in the dialect's own words
    yield Page(
        r"^_dialect/seoul/?(?P<rest>.*)$", "madang.opendata.http:answer", "seoul-dialect", "public"
    )
    yield SearchSource("open-tables", "madang.opendata.finding:findables")
    yield Command("opendata key add", "madang.opendata.cli:add", "Issue a key.")
    yield Command("opendata key list", "madang.opendata.cli:list_keys", "List issued keys.")
    yield Command("opendata key disable", "madang.opendata.cli:disable", "Switch a key off.")
