"""Answers to somebody in danger: whom to call now, before anything else is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import Answered, AnswerStatus, Line
from madang.assistant.lexicons import lexicon
from madang.city.api import Profile
from madang.kernel.language_marks import unmarked

FILE = "crisis"


def reply(asking: Asking) -> Reply | None:
    """Name the numbers for a danger that a turn speaks of; None where it speaks of none."""
    danger = lexicon().crisis.first(asking.plain)
    if not danger:
        return None
    lines = tuple(lines_of(danger, asking.city, asking.language))
    rules = asking.city.rules(FILE) if FILE in asking.city.rule_names else {}
    words = rules.get("words", {}).get("care" if danger == "suicide" else "danger", {})
    said = [unmarked(asking.city.text(words, asking.language))] if words else []
    said += [
        f"{one.number} – {one.title}" + (f" ({one.hours})" if one.hours else "") for one in lines
    ]
    answered = Answered(AnswerStatus.CRISIS, "\n".join(said), lines=lines, topic=danger)
    return Reply(answered, asking.state)


def lines_of(danger: str, city: Profile, language: str) -> Iterator[Line]:
    """Yield the numbers for a danger; a city that names none has those for life and limb."""
    known = {one.number: one for one in city.city.phones.numbers}
    rules: Mapping[str, Any] = city.rules(FILE) if FILE in city.rule_names else {}
    found = rules.get("lines", {}).get(danger, [])
    if not found:
        found = [{"number": one.number} for one in known.values() if one.emergency]
    for one in found:
        number = str(one["number"])
        names = one.get("names") or (known[number].names if number in known else {})
        hours = one.get("hours", {})
        yield Line(
            number,
            unmarked(city.text(names, language)) if names else "",
            unmarked(city.text(hours, language)) if hours else "",
            str(one.get("source", "")),
        )
