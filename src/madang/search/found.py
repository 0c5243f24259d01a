"""What search answers: plain values that travel between the search process and its askers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

KINDS = ("service", "office", "life-event", "page", "place", "event", "dataset")
"""What can be found, in the order in which pages name it."""

MOST = 50
"""Hits of one answer at most."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as counting needs it; it is hashed at once and never kept.

    Parameters
    ----------
    network : address they ask from.
    session : what tells their sessions of one day apart.
    """

    network: str
    session: str


class Piece(msgspec.Struct, frozen=True):
    """A run of a text; `is_match` where it is what was asked for."""

    text: str
    is_match: bool = False


class Hit(msgspec.Struct, frozen=True):
    """One thing that was found.

    key: ``source:id``.
    language, passage_language: of title and passage (the reader's where there are texts in it).
    passage: what of its text fits the question best.
    score: grows with fit; only comparable within one answer.
    probability: that this is the right one, if any of what was found is.
    """

    key: str
    kind: str
    title: tuple[Piece, ...]
    language: str
    passage: tuple[Piece, ...]
    passage_language: str
    url: str
    facets: dict[str, tuple[str, ...]]
    version: str
    changed: str
    score: float
    probability: float

    @property
    def title_text(self) -> str:
        """Return the title without its marks."""
        return "".join(piece.text for piece in self.title)


class Found(msgspec.Struct, frozen=True):
    """The answer to one question.

    asked: the question as it was read: bounded, folded.
    answered: the question that the hits answer; another one where `asked` was repaired.
    repair: why: ``keyboard``, ``spelling``, or empty.
    language: of the question.
    total: things found, all pages together.
    facets: how many things each value of a facet has (`kind` among them), most first.
    cursor: of the next page; empty at the end.
    sure: key of the first hit where it can stand as the answer; else empty.
    confidence: how likely the first hit is right, 0 to 1; 1 where the question is its title.
    is_in_names: whether each word of the question stands in what the first hit is called.
    by_meaning: whether a model of meaning took part; False is words only.
    """

    asked: str
    answered: str
    repair: str
    language: str
    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]]
    cursor: str
    sure: str
    by_meaning: bool
    confidence: float = 0.0
    is_in_names: bool = False


class Suggestion(msgspec.Struct, frozen=True):
    """What somebody may be about to type: a title (with its page) or a question of many."""

    text: str
    language: str
    kind: str = ""
    url: str = ""


class Suggested(msgspec.Struct, frozen=True):
    """The suggestions for the beginning of a question."""

    suggestions: tuple[Suggestion, ...]


class Unresolved(msgspec.Struct, frozen=True):
    """A question that led nowhere, asked from enough networks to be shown.

    count: first questions of a session that ended so; nothing_found: of these, without any hit.
    """

    text: str
    language: str
    count: int
    nothing_found: int


class FirstQuestions(msgspec.Struct, frozen=True):
    """How first questions of sessions ended: resolved, asked again, nothing found or chosen.

    Resolved: something was chosen within ten minutes, and no other question asked.
    """

    outcomes: dict[str, int]
    unresolved: tuple[Unresolved, ...]


def shown(found: Found) -> dict[str, Any]:
    """Return an answer as plain values: what the HTTP API and ``--json`` say."""
    return {
        "question": found.asked,
        "answered": found.answered,
        "repair": found.repair or None,
        "language": found.language,
        "total": found.total,
        "sure": found.sure or None,
        "by_meaning": found.by_meaning,
        "hits": [
            {
                "id": hit.key,
                "kind": hit.kind,
                "title": hit.title_text,
                "language": hit.language,
                "passage": "".join(piece.text for piece in hit.passage),
                "url": hit.url,
                "version": hit.version or None,
                "changed": hit.changed or None,
                "probability": hit.probability,
                "facets": {name: list(values) for name, values in hit.facets.items()},
            }
            for hit in found.hits
        ],
        "facets": found.facets,
        "next": found.cursor or None,
    }
