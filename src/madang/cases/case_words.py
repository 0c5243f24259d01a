"""What cases say to people: states, verbs, why something cannot be done, why a person looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel.money import Money
from madang.kernel.writing import money_text
from madang.services.api import Package, State, Verb

STATES = {
    "received": gettext_noop("received"),
    "in-review": gettext_noop("being examined"),
    "in-progress": gettext_noop("being worked on"),
    "waiting": gettext_noop("waiting for an answer"),
    "appealed": gettext_noop("being examined again"),
    "booked": gettext_noop("booked"),
    "granted": gettext_noop("granted"),
    "refused": gettext_noop("refused"),
    "withdrawn": gettext_noop("withdrawn"),
    "done": gettext_noop("done"),
    "moved": gettext_noop("moved to another case"),
}
VERBS = {
    "submit": gettext_noop("Send"),
    "pay": gettext_noop("Pay"),
    "ask": gettext_noop("Ask for what is missing"),
    "answer": gettext_noop("Answer"),
    "assign": gettext_noop("Assign"),
    "forward": gettext_noop("Forward"),
    "grant": gettext_noop("Grant"),
    "refuse": gettext_noop("Refuse"),
    "complete": gettext_noop("Complete"),
    "correct": gettext_noop("Correct a fact"),
    "withdraw": gettext_noop("Withdraw"),
    "split": gettext_noop("Split"),
    "merge": gettext_noop("Merge into another case"),
    "duplicate": gettext_noop("Mark as a duplicate"),
    "appeal": gettext_noop("Object to the decision"),
    "reopen": gettext_noop("Open again"),
    "close": gettext_noop("Close the case"),
}
HAPPENED = {
    "submit": gettext_noop("The city received it"),
    "pay": gettext_noop("The fee was paid"),
    "ask": gettext_noop("The city asked for more"),
    "answer": gettext_noop("An answer came"),
    "assign": gettext_noop("An officer took it on"),
    "forward": gettext_noop("It was sent on to whoever is competent"),
    "taken": gettext_noop("Whoever it was sent on to has it"),
    "return": gettext_noop("It came back to the office that sent it on"),
    "remind": gettext_noop("Whoever it was sent on to was reminded"),
    "deliver": gettext_noop("It was brought to the other body's door"),
    "grant": gettext_noop("It was granted"),
    "refuse": gettext_noop("It was refused"),
    "complete": gettext_noop("It was completed"),
    "correct": gettext_noop("A fact was corrected"),
    "withdraw": gettext_noop("It was withdrawn"),
    "split": gettext_noop("A part became a case of its own"),
    "merge": gettext_noop("It was joined with another case"),
    "duplicate": gettext_noop("It is the same as another case"),
    "appeal": gettext_noop("An objection came"),
    "reopen": gettext_noop("It was opened again"),
    "close": gettext_noop("It was closed"),
}
WHY = {
    "unknown-verb": gettext_noop("This service has nothing called %(detail)s."),
    "state": gettext_noop("That cannot be done now: the case is in the state %(detail)s."),
    "by": gettext_noop("Somebody else has to do that."),
    "human-only": gettext_noop("Only a person of the city may refuse."),
    "barred": gettext_noop("You took the decision that is objected to; another officer decides."),
    "same-officer": gettext_noop("You proposed this; another officer has to confirm it."),
    "guard": gettext_noop("The facts do not allow it: %(detail)s."),
    "needs:reasons": gettext_noop("Say why."),
    "needs:payment": gettext_noop("The fee is not paid yet."),
    "needs:evidence": gettext_noop("A paper is missing."),
    "needs:place": gettext_noop("The place is missing."),
    "needs:date": gettext_noop("The day is missing."),
    "needs:links": gettext_noop("Say which other case."),
    "needs:target": gettext_noop("Say to whom."),
}
WHY_PERSON = {
    "switched-off": gettext_noop("Automatic decisions are switched off for this service."),
    "class": gettext_noop("The law leaves something to weigh: a person decides."),
    "asked-for-person": gettext_noop("The applicant asked for a person."),
    "outcome": gettext_noop("The rules do not say yes; only people say no."),
    "doubts": gettext_noop("A fact is missing or unclear."),
    "missing": gettext_noop("A fact is missing."),
    "out-of-range": gettext_noop("A fact is outside the values that the service knows."),
    "conflict": gettext_noop("A register says otherwise than the applicant."),
    "no-verb": gettext_noop("In this state, only a person goes on."),
    "evidence": gettext_noop("A paper has to be read."),
}

REGISTERS = {
    "residents": gettext_noop("register of residents"),
    "family": gettext_noop("family register"),
    "welfare": gettext_noop("welfare register"),
    "disability": gettext_noop("register of disabilities"),
    "tax": gettext_noop("local tax records"),
    "vehicles": gettext_noop("vehicle register"),
    "buildings": gettext_noop("building register"),
    "business": gettext_noop("register of businesses"),
    "water": gettext_noop("records of the waterworks"),
}
UNITS = {
    "years": gettext_noop("years"), "months": gettext_noop("months"),
    "days": gettext_noop("days"), "percent": "%",
}  # fmt: skip
ALIKE = {
    "subject": gettext_noop("the same person asked for the same"),
    "thing": gettext_noop("the same thing, by its number"),
    "near": gettext_noop("the same at %(metres)s m from there"),
    "place": gettext_noop("the same at the same place"),
}
_UNKNOWN = ": is not known"  # ends what the rules' engine says of a fact that nobody knows


def state_title(state: State) -> str:
    """Return how a state is called on pages."""
    return state.title or _(STATES.get(state.id, state.id))


def verb_title(verb: Verb) -> str:
    """Return what the button of a verb says."""
    return verb.title or _(VERBS[verb.kind])


def register_title(name: str) -> str:
    """Return how a register is called on pages; its own name where it has no title."""
    return _(REGISTERS[name]) if name in REGISTERS else name


def doubt_text(doubt: str, package: Package) -> str:
    """Return in words why the rules leave something to a person."""
    name = doubt.removesuffix(_UNKNOWN)
    titles = {fact.id: fact.title for fact in package.service.facts}
    if name == doubt or name not in titles:
        return doubt
    return _("Nobody has said yet: %(fact)s") % {"fact": titles[name]}


def money(minor: int) -> str:
    """Return an amount in the city's money, as readers of the page write it."""
    return money_text(Money(minor, profile().currency), get_language() or "")


def parameter_text(value: Any, unit: str) -> str:
    """Return a value that the law sets, with its unit."""
    if unit == profile().currency.code and isinstance(value, int):
        return money(value)
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"{text} {_(UNITS[unit]) if unit in UNITS else unit}".strip()


def why_text(why: Sequence[tuple[str, str]]) -> str:
    """Return why a verb cannot be done, in sentences."""
    return " ".join(_reason(word, detail) for word, detail in why)


def _reason(word: str, detail: str) -> str:
    text = WHY.get(f"{word}:{detail}") or WHY.get(word, word)
    shown = _(STATES[detail]) if word == "state" and detail in STATES else detail
    return _(text) % {"detail": shown} if "%(" in text else _(text)
