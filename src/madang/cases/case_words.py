"""What cases say to people: states, verbs, why something cannot be done, why a person looks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.services.api import State, Verb

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
    "no-verb": gettext_noop("In this state, only a person goes on."),
    "evidence": gettext_noop("A paper has to be read."),
}


def state_title(state: State) -> str:
    """Return how a state is called on pages."""
    return state.title or _(STATES.get(state.id, state.id))


def verb_title(verb: Verb) -> str:
    """Return what the button of a verb says."""
    return verb.title or _(VERBS[verb.kind])


def why_text(why: Sequence[tuple[str, str]]) -> str:
    """Return why a verb cannot be done, in sentences."""
    return " ".join(_reason(word, detail) for word, detail in why)


def _reason(word: str, detail: str) -> str:
    text = WHY.get(f"{word}:{detail}") or WHY.get(word, word)
    shown = _(STATES[detail]) if word == "state" and detail in STATES else detail
    return _(text) % {"detail": shown} if "%(" in text else _(text)
