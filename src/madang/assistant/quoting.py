"""Words of the city, quoted: the sections of a thing as passages with their source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from madang.assistant.engine.dialogue import Passage, Source
from madang.kernel.findable import DirectAnswer, KeyFact
from madang.kernel.language_marks import unmarked
from madang.search import api as search

AT_ONCE = ("fee", "time", "papers", "where", "phone", "hours")
"""What most people ask first; shown with a summary where nothing else is asked for."""

_MOST_LINES = 8
_NUMBER = re.compile(r"\d")


def thing(key: str, language: str, district: str = "") -> DirectAnswer | None:
    """Return what a room says of a thing now; None for what is gone, or says nothing."""
    return search.direct_answer(key, language, district)


def source_of(key: str, told: DirectAnswer) -> Source:
    """Return where the words of a thing stand."""
    office = next((fact.values[0] for fact in told.facts if fact.about == "office"), "")
    return Source(key, unmarked(told.title), told.url, told.version, told.changed, unmarked(office))


def passages(key: str, told: DirectAnswer, about: Sequence[str] = ()) -> tuple[Passage, ...]:
    """Return the sections of a thing that were asked for; its summary and key facts without any.

    Parameters
    ----------
    about : words of `kernel.findable.ABOUT`, in the order in which they are to be answered.
    """
    source = source_of(key, told)
    known = {fact.about: fact for fact in (*told.more, *told.facts) if fact.about}
    if about:
        wanted = [known[name] for name in about if name in known]
        if "deadline" in about and _NUMBER.search(told.summary):
            return (_of_summary(told, source), *(_passage(fact, source) for fact in wanted))
        return tuple(_passage(fact, source) for fact in wanted)
    found = [known[name] for name in AT_ONCE if name in known and known[name] in told.facts]
    summary = [_of_summary(told, source)] if told.summary else []
    return (*summary, *(_passage(fact, source) for fact in found))


def sentence(told: DirectAnswer, quoted: Iterable[Passage]) -> str:
    """Return passages as one short text: the first as it stands, each other under its heading."""
    lines = []
    for one in quoted:
        words = ", ".join(one.lines)
        lines.append(f"{one.section}: {words}" if one.section else words)
    title = unmarked(told.title)
    return "\n".join((f"{title}:", *lines)) if lines else title


def _of_summary(told: DirectAnswer, source: Source) -> Passage:
    return Passage("", (unmarked(told.summary),), source)


def _passage(fact: KeyFact, source: Source) -> Passage:
    lines = tuple(unmarked(line) for line in fact.values[:_MOST_LINES] if line)
    return Passage(fact.name, lines, source)
