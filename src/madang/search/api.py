"""The door of the search room.

Example::

    found = api.find("이사했는데 뭐 해야 하나요", "ko")
    found.hits[0].title_text, found.hits[0].url
    api.direct_answer(found.sure, "ko")             # its key facts, where it is sure
    api.suggest("주민드", "ko").suggestions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from madang.kernel.errors import BadInput
from madang.kernel.findable import DirectAnswer, KeyFact
from madang.search.engine.masking import MASK, masked
from madang.search.engine.text import folded, visible
from madang.search.found import (
    KINDS,
    MOST,
    Asker,
    FirstQuestions,
    Found,
    Hit,
    Piece,
    Suggested,
    Suggestion,
    Unresolved,
)

if TYPE_CHECKING:
    from madang.search.engine.ranks import Estimate, share
    from madang.search.evaluation import MODES, Outcome
    from madang.search.json_lines import (
        FiledDocument,
        FiledQuestion,
        check_questions,
        json_rows,
        read_documents,
        read_questions,
    )
    from madang.search.measuring import evaluate, judge_of
    from madang.search.sureness import Judge, Sure

__all__ = [
    "KINDS",
    "MASK",
    "MODES",
    "MOST",
    "Asker",
    "BadInput",
    "DirectAnswer",
    "Estimate",
    "FiledDocument",
    "FiledQuestion",
    "FirstQuestions",
    "Found",
    "Hit",
    "Judge",
    "KeyFact",
    "Outcome",
    "Piece",
    "Suggested",
    "Suggestion",
    "Sure",
    "Unresolved",
    "check_questions",
    "chosen",
    "direct_answer",
    "evaluate",
    "find",
    "first_questions",
    "folded",
    "json_rows",
    "judge_of",
    "masked",
    "read_documents",
    "read_questions",
    "rebuild",
    "share",
    "status",
    "suggest",
    "unknown",
    "visible",
]

_LATER = {
    "Estimate": "engine.ranks", "share": "engine.ranks", "MODES": "evaluation",
    "Outcome": "evaluation", "FiledDocument": "json_lines", "FiledQuestion": "json_lines",
    "check_questions": "json_lines", "json_rows": "json_lines", "read_documents": "json_lines",
    "read_questions": "json_lines",
    "evaluate": "measuring", "judge_of": "measuring", "Judge": "sureness", "Sure": "sureness",
}  # fmt: skip
_LONGEST = 4_000
"""Characters of a question that travel; the process reads the first 1,000 of its folded form."""


def __getattr__(name: str) -> Any:
    """Load what measures search only where it is asked for: web pages import this door."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"madang.search.{_LATER[name]}"), name)


def find(
    question: str,
    language: str,
    *,
    kind: str = "",
    facets: Mapping[str, Sequence[str]] | None = None,
    district: str = "",
    limit: int = 10,
    cursor: str = "",
    exact: bool = False,
    asker: Asker | None = None,
) -> Found:
    """Return what answers a question, best first; a repaired question where it finds nothing.

    Parameters
    ----------
    language : the reader's own: titles come in it, and a question that does not show its language
        is read in it.
    kind : one of `KINDS`; empty for all.
    facets : what the answer is narrowed to: ``district``, ``life_event``, ``audience``, ``topic``.
    district : where the reader lives, if known: what belongs there comes first.
    limit : hits of a page, `MOST` at most; `cursor` is that of the page before.
    exact : takes the question as it was typed.
    asker : who asks, to count different people; None where the question is not to be counted.

    Raises
    ------
    Invalid
        If limit, cursor, kind or a facet is none.
    Unavailable
        If the search process does not answer in time.
    """
    from madang.search import client

    narrowed = {name: tuple(values) for name, values in (facets or {}).items() if values}
    if kind:
        narrowed["kind"] = (kind,)
    who = {"network": asker.network, "session": asker.session, "counted": True} if asker else {}
    wish = {
        "text": question[:_LONGEST], "language": language, "facets": narrowed,
        "district": district, "limit": limit, "cursor": cursor, "exact": exact, **who,
    }  # fmt: skip
    return client.find(wish)


def suggest(prefix: str, language: str, limit: int = 8) -> Suggested:
    """Return what somebody may be about to type; Unavailable as in `find`."""
    from madang.search import client

    return client.suggest(prefix[:_LONGEST], language, max(1, min(limit, 20)))


def chosen(question: str, key: str, asker: Asker | None = None) -> None:
    """Remember that a thing was chosen for a question: masked, counted, without who did."""
    from madang.search import client

    who = {"network": asker.network, "session": asker.session} if asker else {}
    client.chosen({"text": question[:_LONGEST], "key": key, **who})


def direct_answer(key: str, language: str, district: str = "") -> DirectAnswer | None:
    """Return the key facts of a thing that was found; None where its room tells none.

    They are read from the room itself at this moment, so that no index makes them old. Call it
    where the language is in force.
    """
    from madang.kernel.registry import load
    from madang.search.sources import source_of

    offer = source_of(key)
    if offer is None or not offer.answer:
        return None
    found: DirectAnswer | None = load(offer.answer)(
        key.partition(":")[2], language=language, district=district
    )
    return found


def first_questions() -> FirstQuestions:
    """Return how first questions of sessions ended, and which led nowhere; Unavailable as `find`.

    Questions are among them only where enough networks asked the same on one day.
    """
    from madang.search import client

    return client.first_questions()


def unknown(keys: Sequence[str]) -> list[str]:
    """Return which keys are of nothing that can be found (any more); Unavailable as in `find`."""
    from madang.search import client

    return client.unknown(keys)


def status() -> dict[str, Any]:
    """Return what the search process holds; Unavailable if it does not answer."""
    from madang.search import client

    return client.status()


def rebuild() -> int:
    """Have every entry read anew from the rooms; return how many there are then."""
    from madang.search import client

    return int(client.rebuild()["entries"])
