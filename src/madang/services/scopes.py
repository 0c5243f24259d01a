"""The services in force, for rooms below that limit a mandate or an assisted session to some."""

from __future__ import annotations

from django.utils.translation import get_language

from madang.services.catalogue import Wish, catalogue, title_of
from madang.services.ways_in import apply_address


def found_titles(words: str, most: int) -> list[tuple[str, str]]:
    """Return id and title of the first services that have all these words, by title."""
    language = get_language() or ""
    lines = catalogue().found(Wish(words=words), language)
    real = [entry for entry in lines if not entry.synthetic]
    return [(entry.id, title_of(entry, language)) for entry in real[:most]]


def title(service: str) -> str:
    """Return the title of a service in the reader's language; empty for one not in force."""
    entry = catalogue().by_id.get(service)
    return title_of(entry, get_language() or "") if entry and not entry.synthetic else ""


def address(service: str) -> str:
    """Return where one applies for a service; empty for one not in force."""
    return apply_address(service) if title(service) else ""
