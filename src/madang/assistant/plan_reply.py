"""Answers from the planner: the plan so far, and the one fact that is missing most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madang.assistant import planning
from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import (
    Answered,
    AnswerStatus,
    AskedFact,
    Choice,
    KnownFact,
    PlanCard,
    PlannedStep,
    State,
)
from madang.assistant.engine.following import rest
from madang.assistant.lexicons import lexicon
from madang.assistant.places import Somewhere
from madang.assistant.plans import Plan, Question, Step
from madang.assistant.present import day_text, fee_text, plain, value_text, way_text
from madang.assistant.procedure_file import FactFile

MOST_STEPS = 30


def planned(asking: Asking, state: State, status: AnswerStatus | None = None) -> Reply:
    """Return the plan for what a state knows, and ask for what is missing.

    Parameters
    ----------
    status : what became of the turn where it is more than a plan.
    """
    found = planning.plan(state.event, values_of(state), asking.city, asking.today)
    language, city = asking.language, asking.city
    missing = sorted(
        (one for one in found.questions if one.fact.id not in state.skipped),
        key=lambda one: _urgency(one.fact, state),
    )
    question = _asked(missing[0], found, state, asking) if missing else None
    card = plan_card(found, asking)
    text = _sentence(found, card, question, asking)
    state = replace(state, open_fact=missing[0].fact.id if missing else "", focus="",
                    focus_title=city.text(found.names, language), candidates=())  # fmt: skip
    usual = AnswerStatus.ASKED_FACT if question else AnswerStatus.PLANNED
    return Reply(
        Answered(status or usual, text, question=question, plan=card,
                 facts=tuple(known_facts(found, asking))), state,
    )  # fmt: skip


def of_steps(asking: Asking) -> Reply | None:
    """Answer what is asked of all steps of a plan: papers, offices, fees, days.

    None where the turn asks nothing of the kind, or names something else.
    """
    words = lexicon()
    about = [name for name in words.about.found(asking.plain) if name in _OF_STEPS]
    named = rest(asking.plain, words.about, words.this, words.filler)
    if not about or len(named) > 1:
        return None
    state = asking.state
    found = planning.plan(state.event, values_of(state), asking.city, asking.today)
    lines = [line for one in found.steps if one.status == "do"
             if (line := _of_step(one, about, asking))]  # fmt: skip
    reply = planned(asking, state, AnswerStatus.ANSWERED)
    text = "\n".join(lines) or _("The plan says nothing of that.")
    return Reply(replace(reply.answered, text=text), reply.state)


_OF_STEPS = ("papers", "where", "fee", "deadline", "time", "phone", "law", "ways", "office")


def _of_step(one: Step, about: list[str], asking: Asking) -> str:
    language = asking.language
    parts = []
    for name in about:
        if name == "papers":
            parts += [planning.told(paper.names, language) for paper in one.papers]
        elif name in ("where", "office", "phone") and one.office is not None:
            office = one.office
            words = (planning.told(office.names, language), office.address, office.phone)
            parts.append(", ".join(filter(None, words)))
        elif name == "fee" and one.fee is not None:
            parts.append(fee_text(one.fee, language))
        elif name in ("deadline", "time") and one.due is not None:
            parts.append(day_text(one.due.day, language))
        elif name == "law":
            parts += one.law
        elif name == "ways":
            parts += [way_text(way, language) for way in one.ways]
    title = planning.told(one.names, language)
    return f"{title}: {', '.join(dict.fromkeys(parts))}" if parts else ""


def values_of(state: State) -> dict[str, dict[str, Any]]:
    """Return the facts of a state as the planner reads them."""
    return {name: {"value": value, "source": source} for name, (value, source)
            in state.facts.items()}  # fmt: skip


def shown(value: Any, file: FactFile, asking: Asking) -> str:
    """Return a value as people read it: a place by the name of its district."""
    if isinstance(value, Somewhere):
        if not value.district:
            return value.said or _("Outside of the city")
        unit = asking.city.unit(value.dong or value.district)
        name = asking.city.unit(value.district).name(asking.language)
        return f"{name} {unit.name(asking.language)}" if value.dong else name
    return value_text(value, file, asking.language)


def known_facts(found: Plan, asking: Asking) -> Iterable[KnownFact]:
    """Yield the facts of a plan as they are shown for correction."""
    for name, fact in found.facts.items():
        file = found.fact_files[name]
        yield KnownFact(
            name,
            planning.told(file.names, asking.language),
            written(file, fact.value),
            shown(fact.value, file, asking),
            fact.source,
        )


def state_facts(asking: Asking) -> Iterable[KnownFact]:
    """Yield the facts that a state knows, as they are shown."""
    state = asking.state
    if state.event:
        found = planning.plan(state.event, values_of(state), asking.city, asking.today)
        yield from known_facts(found, asking)


def written(fact: FactFile, value: Any) -> str:
    """Return a value as a form sends it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if fact.type == "place" and value.district and not value.dong:
        return str(value.district)
    return str(plain(value))


def plan_card(found: Plan, asking: Asking) -> PlanCard:
    """Return a plan as a card: its certain steps in lines, and what its forms send."""
    sure = [one for one in found.steps if one.status == "do"]
    facts = tuple((name, written(found.fact_files[name], fact.value))
                  for name, fact in found.facts.items())  # fmt: skip
    steps = tuple(
        PlannedStep(
            one.id,
            planning.told(one.names, asking.language),
            one.due.day.isoformat() if one.due else "",
            day_text(one.due.day, asking.language) if one.due else "",
            planning.told(one.office.names, asking.language) if one.office else "",
            f"/apply/{one.service}/" if one.service else "",
        )
        for one in sure[:MOST_STEPS]
    )
    return PlanCard(
        found.event, planning.told(found.names, asking.language), f"/plan/{found.event}/",
        f"/plan/{found.event}/calendar/", facts, steps, len(found.steps) - len(sure),
    )  # fmt: skip


def _urgency(fact: FactFile, state: State) -> int:
    """Return the place of a question: what was half said, then when and where, then the rest."""
    if fact.id == state.month_of:
        return 0
    return 1 if fact.id == "date" or fact.type == "place" else 2


def _asked(one: Question, found: Plan, state: State, asking: Asking) -> AskedFact:
    ask = planning.told(one.fact.ask, asking.language)
    if one.fact.id == state.month_of and state.month is not None:
        ask += " " + _("Which day of %(month)s?") % {"month": "{}-{:02}".format(*state.month)}
    titles = {step.id: planning.told(step.names, asking.language) for step in found.steps}
    return AskedFact(
        one.fact.id,
        ask,
        one.fact.type,
        tuple(_options(one.fact, asking)),
        tuple(titles[step] for step in one.decides if step in titles)[:3],
    )


def _options(fact: FactFile, asking: Asking) -> Iterable[Choice]:
    if fact.type == "boolean":
        yield Choice(f"fact:{fact.id}=yes", _("Yes"))
        yield Choice(f"fact:{fact.id}=no", _("No"))
    for one in fact.choices:
        yield Choice(f"fact:{fact.id}={one.value}", planning.told(one.names, asking.language))
    yield Choice(f"skip:{fact.id}", _("I do not know"))


def _sentence(found: Plan, card: PlanCard, question: AskedFact | None, asking: Asking) -> str:
    parts = []
    count = len(card.steps)
    if count:
        text = ngettext("%(event)s: %(n)s thing to do.", "%(event)s: %(n)s things to do.", count)
        parts.append(text % {"event": card.title, "n": count})
        dated = [one for one in found.steps if one.status == "do" and one.due and not one.overdue]
        dated = [one for one in dated if not one.advised] or dated
        if dated:
            first = min(dated, key=lambda one: one.due.day if one.due else found.on)
            assert first.due is not None
            parts.append(
                _("First by law: %(step)s, by %(day)s.")
                % {
                    "step": planning.told(first.names, asking.language),
                    "day": day_text(first.due.day, asking.language),
                }
                if not first.advised
                else _("First: %(step)s, best by %(day)s.")
                % {
                    "step": planning.told(first.names, asking.language),
                    "day": day_text(first.due.day, asking.language),
                }
            )
    if question is not None:
        parts.append(question.ask)
    return "\n".join(parts) or card.title
