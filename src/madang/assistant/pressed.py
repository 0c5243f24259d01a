"""What a pressed button means: the key of a choice that an earlier turn offered."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from madang.assistant import person_reply, planning
from madang.assistant.asking import Asking, Reply
from madang.assistant.ending import PERSON
from madang.assistant.engine.dialogue import Answered, AnswerStatus, State
from madang.assistant.found_reply import of_thing
from madang.assistant.lexicons import lexicon
from madang.assistant.plan_reply import planned
from madang.kernel.errors import Invalid
from madang.search.api import folded, masked


def reply(asking: Asking) -> Reply | None:
    """Answer a pressed button; None where none was pressed.

    Raises
    ------
    Invalid
        If there is no such choice.
    """
    kind, _colon, rest = asking.choice.partition(":")
    if not kind:
        return None
    if kind == PERSON:
        return person_reply.reply(asking, "asked")
    acts = {"thing": _thing, "fact": _fact, "skip": _skip, "forget": _forget, "event": _event}
    if kind not in acts:
        raise Invalid(f"there is no choice {asking.choice!r}", {"choice": "unknown"})
    return acts[kind](asking, rest)


def _thing(asking: Asking, key: str) -> Reply:
    if key not in asking.state.candidates:
        raise Invalid(f"{key!r} was not offered", {"choice": "not offered"})
    about = lexicon().about.found(folded(asking.state.asked))
    found = of_thing(asking, key, about, sure=None)
    if found is not None:
        return found
    text = _("This is not offered any more.")
    return Reply(Answered(AnswerStatus.NO_ANSWER, text), asking.state)


def _event(asking: Asking, event: str) -> Reply:
    if event not in planning.event_names(asking.city):
        raise Invalid(f"there is no event {event!r}", {"choice": "unknown"})
    return planned(asking, begun(asking.state, event))


def begun(state: State, event: str) -> State:
    """Return a state in which an event is planned; facts of another one are gone."""
    if state.event == event:
        return state
    return replace(state, event=event, facts={}, skipped=(), month=None, open_fact="")


def _fact(asking: Asking, rest: str) -> Reply:
    name, _equals, value = rest.partition("=")
    state = asking.state
    if not state.event:
        raise Invalid("nothing is planned that facts could be told for", {"choice": "no plan"})
    wrong = planning.readable(state.event, name, value, asking.city, asking.today)
    if wrong:
        raise Invalid(f"{name}: {wrong}", {name: wrong})
    if _is_place(asking, name) and not value.isdigit():  # a code of the list names nobody
        value = masked(value)
    facts = {**state.facts, name: (value, "said")}
    skipped = tuple(one for one in state.skipped if one != name)
    status = AnswerStatus.CLARIFIED if name in state.facts else None
    return planned(asking, replace(state, facts=facts, skipped=skipped, last_fact=name), status)


def _is_place(asking: Asking, name: str) -> bool:
    """Return whether a fact is a place: a whole address is more than is needed."""
    graph = planning.graph_of(asking.state.event, asking.city, asking.today)
    return graph.facts[name].type == "place"


def _skip(asking: Asking, name: str) -> Reply:
    if not asking.state.event:
        raise Invalid("nothing is planned", {"choice": "no plan"})
    skipped = tuple(dict.fromkeys((*asking.state.skipped, name)))
    return planned(asking, replace(asking.state, skipped=skipped))


def _forget(asking: Asking, name: str) -> Reply:
    facts = {key: value for key, value in asking.state.facts.items() if key != name}
    state = replace(asking.state, facts=facts, skipped=(*asking.state.skipped, name))
    if not state.event:
        return Reply(Answered(AnswerStatus.CLARIFIED, _("It is forgotten.")), state)
    return planned(asking, state, AnswerStatus.CLARIFIED)
