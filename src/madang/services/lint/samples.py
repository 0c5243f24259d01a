"""Tables whose cells are more than comparisons: run for facts at every boundary that is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from madang.services.engine.feel.dates import from_ordinal
from madang.services.engine.feel.text import literal
from madang.services.lint.conditions import domains_of
from madang.services.lint.domains import assignments
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.refunds import ENDED_BY, ENDED_ON, REFUND, endings
from madang.services.packages.rules import Decision

_ONE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
MOST_RUNS = 800


def sampled(subject: Subject, decision: Decision) -> Iterator[Fault]:
    """Yield a gap and an overlap of a table that some facts lead to."""
    file = f"rules/{decision.id}.yaml"
    wants_row = decision.hit in _ONE and not any(r.default for r in decision.results)
    gap = overlap = False
    for facts, hit, notes in _runs(subject, decision):
        if hit is None:
            continue
        if wants_row and not gap and not hit.rows and not notes:
            gap = True
            message = f"no row holds where {_told(facts)}; add a row or a default"
            yield subject.fault("gap", file, ("rows",), message)
        wrong = len(hit.rows) > 1 and hit.outcome is None
        if decision.hit in ("UNIQUE", "ANY") and not overlap and wrong:
            overlap = True
            rows = [decision.rows[number].id for number in hit.rows]
            verb = "conclude differently" if decision.hit == "ANY" else "hold"
            message = f"{' and '.join(map(repr, rows))} {verb} where {_told(facts)}"
            yield subject.fault("overlap", file, ("rows", rows[1]), message)
        if gap and overlap:
            return


def _told(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {literal(value)}" for name, value in facts.items()) or "always"


def _runs(subject: Subject, decision: Decision) -> Iterator[tuple[dict[str, Any], Any, list[str]]]:
    """Yield facts, what the table did for them, and notes of its own."""
    names, texts = _under(subject, decision.id)
    domains = domains_of(subject, names, texts)
    if decision.id == REFUND:
        domains |= {ENDED_BY: list(endings(subject.package)), ENDED_ON: _days(subject)}
    known = subject.rules.parameters(subject.today)
    program = subject.rules.program
    for facts in assignments(domains, MOST_RUNS):
        outcome = program.evaluate({**known, **facts}, [decision.id], trace=True)
        hit = next((hit for hit in outcome.hits if hit.owner == decision.id), None)
        mine = [note for note in outcome.notes if "hit policy" not in note]
        yield facts, hit, mine


def _days(subject: Subject) -> list[Any]:
    """Return days on which a case that is received today may end."""
    today = subject.today.toordinal()
    return [from_ordinal(today + days) for days in (0, 1, 2, 3, 5, 7, 14, 30, 60, 400)]


def _under(subject: Subject, name: str) -> tuple[set[str], list[Any]]:
    """Return the facts that a decision rests on, and the texts of it and of those below."""
    names: set[str] = set()
    texts, waiting, seen = [], [name], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for item in subject.written:
            if item.file == f"rules/{one}.yaml":
                texts.append(item)
                names |= item.names & subject.package.facts.keys()
                waiting += [n for n in item.names if subject.package.decision(n) is not None]
    return names, texts
