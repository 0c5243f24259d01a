"""Services near to others: named by their packages, or of the same event of a life.

Whoever asks has the right to the services they start from; here nobody is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from madang.city.api import Profile, profile
from madang.kernel.easy import are_easy_words_wanted
from madang.services.catalogue import Catalogue, catalogue, title_of
from madang.services.entries import Entry
from madang.services.life_events import life_events

_NAMED, _FIRST, _OTHER = range(3)  # how near: named by the other's package, its first event, a next
_Rank = tuple[int, int, int, str]


@dataclass(frozen=True)
class Suggestion:
    """A service that may help, and why.

    language : of `title` where it is not the reader's.
    event : name of the life event that it shares; empty where there is none.
    near : title of the service from which it follows; empty where the event itself was chosen.
    """

    service: str
    title: str
    language: str
    event: str
    near: str


def suggestions(
    near: Sequence[str],
    events: Sequence[str],
    language: str,
    *,
    but: Collection[str] = (),
    limit: int,
) -> list[Suggestion]:
    """Return services near to others, or of events, the nearest first, each once.

    Parameters
    ----------
    near : services from which to start; those not in force are passed over.
    events : ids of life events that somebody chose.
    but : services that are left out.
    """
    here = catalogue()
    most = limit + len(but) + len(near)  # of one event: as many may be left out
    best: dict[str, tuple[_Rank, Suggestion]] = {}
    ranked = (*_near(here, near, language, most), *_chosen(here, events, language, most))
    for rank, found in ranked:
        known = best.get(found.service)
        is_new = found.service not in but and found.service not in near
        if is_new and (known is None or rank < known[0]):
            best[found.service] = (rank, found)
    return [found for _rank, found in nsmallest(limit, best.values(), key=lambda one: one[0])]


def event_names(language: str) -> dict[str, str]:
    """Return the city's life events with their names, in their order."""
    return dict(_names_of(profile(), language, are_easy_words_wanted()))


@lru_cache(maxsize=128)
def _names_of(city: Profile, language: str, _easy: bool) -> dict[str, str]:
    return {one.id: city.text(one.names, language) for one in life_events(city)}


def _near(
    here: Catalogue, near: Sequence[str], language: str, most: int
) -> Iterator[tuple[_Rank, Suggestion]]:
    for age, service in enumerate(near):
        start = here.by_id.get(service)
        if start is None:
            continue
        for place, entry in enumerate(here.related(service)):
            shared = next((one for one in start.life_events if one in entry.life_events), "")
            yield (_NAMED, age, place, entry.id), _told(entry, language, shared, start)
        for place, event in enumerate(start.life_events):
            for entry in here.of_event(event, language)[:most]:
                how = _FIRST if place == 0 else _OTHER
                rank = (how, age, entry.life_events.index(event), title_of(entry, language))
                yield rank, _told(entry, language, event, start)


def _chosen(
    here: Catalogue, events: Sequence[str], language: str, most: int
) -> Iterator[tuple[_Rank, Suggestion]]:
    for order, event in enumerate(events):
        for entry in here.of_event(event, language)[:most]:
            place = entry.life_events.index(event)
            how = _FIRST if place == 0 else _OTHER
            rank = (how, order, place, title_of(entry, language))
            yield rank, _told(entry, language, event, None)


def _told(entry: Entry, language: str, event: str, start: Entry | None) -> Suggestion:
    near = title_of(start, language) if start else ""
    told = next((tag for tag in profile().chain(language) if tag in entry.titles), entry.language)
    own = "" if told == language else told
    names = _names_of(profile(), language, are_easy_words_wanted())
    return Suggestion(entry.id, title_of(entry, language), own, names.get(event, ""), near)
