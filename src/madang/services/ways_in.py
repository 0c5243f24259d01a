"""Ways from the home page into the services: by what has happened, and at once in large type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from madang.city.api import profile
from madang.services.catalogue import Catalogue, catalogue
from madang.services.life_events import life_events
from madang.services.spoken import entry_text

if TYPE_CHECKING:
    from madang.services.entries import Entry

APPLY = ("cases:apply", "apply")


@dataclass(frozen=True)
class Group:
    """A life event with its services: how many, and the page that lists them."""

    id: str
    name: str
    count: int

    @property
    def url(self) -> str:
        """Return where its services are listed."""
        return f"{reverse('services')}?event={self.id}"


@dataclass(frozen=True)
class Start:
    """A service that somebody can begin with one tap."""

    title: str
    summary: str
    url: str


def event_groups(language: str) -> list[Group]:
    """Return the life events with services, in the city's order."""
    return groups_in(catalogue(), language)


def groups_in(known: Catalogue, language: str) -> list[Group]:
    """Return the life events with services in a catalogue, in the city's order."""
    counts = known.counts("life_events")
    return [
        Group(event.id, profile().text(event.names, language), counts[event.id])
        for event in life_events(profile())
        if counts[event.id]
    ]


def senior_starts(language: str) -> list[Start]:
    """Return the services of later life that one can apply for here, each once, by events."""
    known = catalogue()
    found: dict[str, Entry] = {}
    for event in life_events(profile()):
        if event.senior:
            found |= {entry.id: entry for entry in known.of_event(event.id, language)}
    return [
        Start(
            entry_text(entry.titles, entry, language),
            entry_text(entry.summaries, entry, language),
            url,
        )
        for entry in found.values()
        if not entry.synthetic and (url := apply_address(entry.id))
    ]


def apply_address(service: str) -> str:
    """Return where one applies online; empty where no installed room takes applications."""
    for name in APPLY:
        try:
            return reverse(name, args=[service])
        except NoReverseMatch:  # the room that takes applications is not installed
            continue
    return ""
