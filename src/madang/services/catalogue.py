"""Browsing the services: by life event, audience, department, channel, first letter, and words.

A process holds one light line per service (`entries`), read anew where something was published or
withdrawn; packages are opened one by one, by `versions`. Ranked search is another room's.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from madang.city.api import profile
from madang.services.entries import Entry
from madang.services.errors import UnknownService
from madang.services.models import PublishedPackage, Withdrawal

# initial consonants of Hangul syllables in Unicode's order, doubled ones with the plain, each named
# by its first syllable as indexes do (and as the fonts of the pages have them)
_INITIALS = "가가나다다라마바바사사아자자차카타파하"
_FIRST_SYLLABLE, _LAST_SYLLABLE, _SYLLABLES_EACH = 0xAC00, 0xD7A3, 588
OTHER = "#"

Revision = tuple[int, str, int]


@dataclass(frozen=True)
class Wish:
    """What is looked for; everything that is named must hold.

    words: all of them stand in title, summary or keywords, in any language.
    """

    words: str = ""
    life_event: str = ""
    audience: str = ""
    department: str = ""
    channel: str = ""
    letter: str = ""


@dataclass
class Catalogue:
    """The services in force, as one published or withdrawn version left them.

    districts: codes of the districts that have a version of their own, by service.
    """

    revision: Revision
    by_id: dict[str, Entry]
    districts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _sorted: dict[str, list[Entry]] = field(default_factory=dict)
    _haystacks: dict[str, str] = field(default_factory=dict)
    _of_event: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    _related: dict[str, list[Entry]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.by_id)

    def entry(self, service: str) -> Entry:
        """Return the line of a service; raises UnknownService."""
        found = self.by_id.get(service)
        if found is None:
            raise UnknownService(f"there is no service {service!r}")
        return found

    def sorted(self, language: str) -> list[Entry]:
        """Return all services by their titles in a language."""
        if language not in self._sorted:
            keyed = [(_order(title_of(entry, language)), entry) for entry in self.by_id.values()]
            self._sorted[language] = [
                entry for _key, entry in sorted(keyed, key=lambda pair: (pair[0], pair[1].id))
            ]
        return self._sorted[language]

    def found(self, wish: Wish, language: str) -> list[Entry]:
        """Return the services that fit, by their titles."""
        words = _folded(wish.words).split()
        return [
            entry
            for entry in self.sorted(language)
            if (not wish.life_event or wish.life_event in entry.life_events)
            and (not wish.audience or wish.audience in entry.audience)
            and (not wish.department or wish.department == entry.department)
            and (not wish.channel or wish.channel in entry.channels)
            and (not wish.letter or wish.letter == initial(title_of(entry, language)))
            and (not words or self._has(entry, words))
        ]

    def of_event(self, event: str, language: str) -> list[Entry]:
        """Return the services of a life event: those first whose first event it is, by titles."""
        key = (event, language)
        if key not in self._of_event:
            found = [entry for entry in self.sorted(language) if event in entry.life_events]
            self._of_event[key] = sorted(found, key=lambda one: one.life_events.index(event))
        return self._of_event[key]

    def related(self, service: str) -> list[Entry]:
        """Return the services that a service names as related, then those that name it."""
        if not self._related:
            named = {one: list(entry.related) for one, entry in self.by_id.items()}
            for one, entry in self.by_id.items():
                for other in entry.related:
                    if other in named and one not in named[other]:
                        named[other].append(one)
            self._related = {
                one: [self.by_id[other] for other in others if other in self.by_id]
                for one, others in named.items()
            }
        return self._related.get(service, [])

    def letters(self, language: str) -> list[str]:
        """Return the first letters that titles have in a language, in order."""
        return sorted(
            {initial(title_of(entry, language)) for entry in self.by_id.values()},
            key=lambda letter: (letter == OTHER, letter),
        )

    def counts(self, name: str) -> Counter[str]:
        """Return how many services each value of a field has (`life_events`, `department` ...)."""
        found: Counter[str] = Counter()
        for entry in self.by_id.values():
            value = getattr(entry, name)
            found.update((value,) if isinstance(value, str) else value)
        return found

    def _has(self, entry: Entry, words: Sequence[str]) -> bool:
        text = self._haystacks.get(entry.id)
        if text is None:
            parts = [*entry.titles.values(), *entry.summaries.values(), *entry.keywords]
            text = self._haystacks[entry.id] = _folded("\n".join(parts))
        return all(word in text for word in words)


_kept: Catalogue | None = None
_loading = threading.Lock()


def catalogue() -> Catalogue:
    """Return the services in force: as kept, unless something was published or withdrawn."""
    global _kept  # noqa: PLW0603 - one per process
    revision = _revision()
    kept = _kept
    if kept is not None and kept.revision == revision:
        return kept
    with _loading:
        if _kept is None or _kept.revision != revision:
            _kept = Catalogue(revision, _entries(), _districts())
        return _kept


def title_of(entry: Entry, language: str) -> str:
    """Return the title in a language or what stands for it, without marks."""
    return in_language(entry.titles, entry.language, language)


def in_language(texts: dict[str, str], own: str, language: str) -> str:
    """Return the text in the first language of the reader's chain that has one."""
    return next((texts[tag] for tag in _chain(language) if tag in texts), texts[own])


@lru_cache(maxsize=64)
def _chain(language: str) -> tuple[str, ...]:
    return profile().chain(language)


def initial(title: str) -> str:
    """Return the letter under which a title is listed: A-Z, 가-하, another script's, or `#`.

    >>> initial("주민등록"), initial("꽃"), initial("évaluation"), initial("3 trees")
    ('자', '가', 'E', '#')
    """
    first = unicodedata.normalize("NFC", title.strip())[:1]
    if first and _FIRST_SYLLABLE <= ord(first) <= _LAST_SYLLABLE:
        return _INITIALS[(ord(first) - _FIRST_SYLLABLE) // _SYLLABLES_EACH]
    plain = unicodedata.normalize("NFD", first)[:1].upper()
    return plain if plain.isalpha() else OTHER


def _order(title: str) -> tuple[bool, str, str]:
    letter = initial(title)
    return letter == OTHER, letter, title.casefold()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _revision() -> Revision:
    newest = PublishedPackage.objects.order_by("-id").values_list("id", "hash").first()
    return (*(newest or (0, "")), Withdrawal.objects.count())


def _entries() -> dict[str, Entry]:
    """Return the newest line of each of the city's services, without those withdrawn."""
    rows = PublishedPackage.objects.filter(district="").order_by("id")
    newest = dict(rows.values_list("service", "id"))
    gone = set(Withdrawal.objects.values_list("package", flat=True))
    return dict(_read(rows, {number for number in newest.values() if number not in gone}))


def _districts() -> dict[str, tuple[str, ...]]:
    rows = PublishedPackage.objects.exclude(district="").order_by("id")
    newest = {(service, code): number for service, code, number in
              rows.values_list("service", "district", "id")}  # fmt: skip
    gone = set(Withdrawal.objects.values_list("package", flat=True))
    found: dict[str, tuple[str, ...]] = {}
    for (service, code), number in sorted(newest.items()):
        if number not in gone:
            found[service] = (*found.get(service, ()), code)
    return found


def _read(rows: Iterable[PublishedPackage], wanted: set[int]) -> Iterable[tuple[str, Entry]]:
    for number, service, line in rows.values_list("id", "service", "entry").iterator(500):  # type: ignore[attr-defined]
        if number in wanted:
            yield service, msgspec.convert(line, Entry)
