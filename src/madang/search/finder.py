"""Answering a question: read, list, repair where nothing fits, count facets, page, mark."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from madang.kernel.errors import Invalid
from madang.search.engine.suggestions import Suggestable, Suggestions
from madang.search.engine.text import QUERY_LIMIT, question
from madang.search.found import KINDS, MOST, Found, Hit, Suggested, Suggestion
from madang.search.held import HeldEntry
from madang.search.holding import Holding
from madang.search.language import language_of
from madang.search.listing import DEEP, Listed, Wish, listed
from madang.search.ranking import Ranked
from madang.search.repairs import Repairs
from madang.search.snippets import Marking

NARROWED_BY = ("kind", "district", "life_event", "audience", "topic")

_SURE = 0.6
"""How likely right the first must be to stand as the answer; see docs/explanation/search.md."""

_WELL_KNOWN = 0.8
"""Share of a question that must be known for no fault to be looked for in it."""


class Finder:
    """Answers questions from a holding; all of it in memory, safe to call from many threads."""

    def __init__(self, holding: Holding, spoken: Sequence[str]) -> None:
        self._holding = holding
        self._spoken = tuple(spoken)
        self._repairs: tuple[int, Repairs] | None = None
        self._suggestions: dict[str, Suggestions] = {}
        self._popular: list[tuple[str, str, float]] = []
        self.chosen: Mapping[str, Mapping[str, float]] = {}

    def learn(self, popular: Sequence[tuple[str, str, float]]) -> None:
        """Take in what others asked, and read the words of titles anew where they changed."""
        revision, held = self._holding.revision, self._holding.held
        known = self._repairs is not None and self._repairs[0] == revision
        if known and list(popular) == self._popular:
            return
        self._popular = list(popular)
        for language in list(self._suggestions):
            self._suggestions[language] = _suggestions(held, popular, language)
        if not known:
            self._repairs = (revision, Repairs(held.values()))

    def find(self, wish: Wish) -> Found:
        """Return what answers a question; a repaired one where the question itself finds nothing.

        Raises
        ------
        Invalid
            If limit, cursor or a facet is none.
        """
        offset = _checked(wish)
        held = self._holding.held
        asked = question(wish.text)
        answered, repair, language, found = self._answered(asked, wish)
        page = found.hits[offset : offset + wish.limit]
        more = offset + wish.limit < len(found.hits)
        marking = Marking(each.term for each in found.ranking.question.words)
        return Found(
            asked=asked,
            answered=answered,
            repair=repair,
            language=language,
            total=len(found.hits),
            hits=tuple(_hit(one, held[one.key], wish.language, marking) for one in page),
            facets=self._counts(answered, language, wish, found, held),
            cursor=_cursor(offset + wish.limit) if more else "",
            sure=found.hits[0].key if not offset and _is_sure(found) else "",
            by_meaning=found.ranking.by_meaning,
            confidence=0.0 if offset else 1.0 if found.is_named else round(found.confidence, 4),
            is_in_names=not offset and found.is_in_names,
        )

    def suggest(self, prefix: str, language: str, limit: int = 8) -> Suggested:
        """Return what somebody may be about to type; raises Invalid for an unknown language."""
        held = self._holding.held
        if language not in self._suggestions:
            if language not in self._spoken:
                raise Invalid(f"nobody here speaks {language!r}", {"language": "unknown"})
            self._suggestions[language] = _suggestions(held, self._popular, language)
        found = []
        typed = prefix[:QUERY_LIMIT]
        for one in self._suggestions[language].beginning_with(typed, language, limit):
            entry = held.get(one.thing)
            kind, url = (entry.kind, entry.shown.get("url", "")) if entry else ("", "")
            found.append(Suggestion(one.text, one.language, kind, url))
        return Suggested(tuple(found))

    def _answered(self, asked: str, wish: Wish) -> tuple[str, str, str, Listed]:
        """Return (question answered, its repair, its language, what was found)."""
        language = language_of(asked, self._spoken, wish.language)
        found = self._listed(asked, language, wish)
        if (
            wish.exact
            or not asked
            or self._repairs is None
            or (found.hits and found.known >= _WELL_KNOWN)
        ):
            return asked, "", language, found
        for other in self._repairs[1].of(asked, self._knows):
            again = language_of(other.text, self._spoken, wish.language)
            better = self._listed(other.text, again, wish)
            if better.hits and better.known > max(found.known, 0.5):
                return other.text, other.kind, again, better
        return asked, "", language, found

    def _listed(self, text: str, language: str, wish: Wish) -> Listed:
        chosen = self.chosen.get(text, {})
        return listed(self._holding, text, language, wish, chosen)

    def _knows(self, word: str) -> bool:
        """Return whether all that a word says stands in some entry, or it says nothing."""
        ranker = self._holding.ranker
        return all(ranker.index.frequency(term) for term in ranker.reader.words(word))

    def _counts(
        self, text: str, language: str, wish: Wish, found: Listed, held: Mapping[str, HeldEntry]
    ) -> dict[str, dict[str, int]]:
        """Count the values of each facet, each as if it alone did not narrow the answer."""
        counts: dict[str, dict[str, int]] = {}
        shown = [held[one.key].facets for one in found.hits]
        for name in NARROWED_BY:
            facets = shown
            if wish.facets.get(name):
                others = {n: v for n, v in wish.facets.items() if n != name}
                wider = Wish(text, wish.language, others, wish.district)
                again = self._listed(text, language, wider).hits
                facets = [held[one.key].facets for one in again]
            counted = Counter(chain.from_iterable(one.get(name, ()) for one in facets))
            counts[name] = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
        return counts


def _is_sure(found: Listed) -> bool:
    return bool(found.hits) and (found.is_named or found.confidence >= _SURE)


def _hit(one: Ranked, held: HeldEntry, language: str, marking: Marking) -> Hit:
    title, tag = held.title(language)
    return Hit(
        key=held.key,
        kind=held.kind,
        title=marking.pieces(title),
        language=tag,
        passage=marking.pieces(marking.passage(held.texts[tag][1])),
        passage_language=tag,
        url=held.shown.get("url", ""),
        facets={name: values for name, values in held.facets.items() if name != "kind"},
        version=held.shown.get("version", ""),
        changed=held.shown.get("changed", ""),
        score=round(one.score, 4),
        probability=round(one.probability, 4),
    )


def _suggestions(
    held: Mapping[str, HeldEntry], popular: Sequence[tuple[str, str, float]], language: str
) -> Suggestions:
    """Return what is suggested to readers of a language: titles in it, and in their own."""
    order = {kind: len(KINDS) - at for at, kind in enumerate(KINDS)}
    rows = [Suggestable(text, tag, f"?{text}", 100.0 + count) for text, tag, count in popular]
    for one in held.values():
        weight = float(order.get(one.kind, 0))
        for tag in dict.fromkeys((one.tag(language), next(iter(one.texts)))):
            rows.append(Suggestable(one.texts[tag][0], tag, one.key, weight))
    return Suggestions(rows)


def _checked(wish: Wish) -> int:
    """Return where the page begins; raises Invalid for a wish that is none."""
    if not 1 <= wish.limit <= MOST:
        raise Invalid(f"limit is {wish.limit}; it is from 1 to {MOST}", {"limit": f"1 to {MOST}"})
    for name in wish.facets:
        if name not in NARROWED_BY:
            known = ", ".join(NARROWED_BY)
            raise Invalid(f"there is no facet {name!r}; there are {known}", {name: "unknown"})
    for kind in wish.facets.get("kind", ()):
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise Invalid(f"there is no kind {kind!r}; there are {known}", {"kind": "unknown"})
    if not wish.cursor:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(wish.cursor.encode()).decode())
    except (ValueError, binascii.Error, UnicodeError):
        offset = -1
    if not 0 <= offset <= DEEP:
        raise Invalid("begin again without a cursor: this one is none", {"cursor": "unknown"})
    return offset


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()
