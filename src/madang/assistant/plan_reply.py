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
from madang.assistant.plans import Plan, Question
from madang.assistant.present import day_text, plain, value_text
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
    missing = [one for one in found.questions if one.fact.id not in state.skipped]
    question = _asked(missing[0], found, asking) if missing else None
    card = plan_card(found, asking)
    text = _sentence(found, card, question, asking)
    state = replace(state, open_fact=missing[0].fact.id if missing else "", focus="",
                    focus_title=city.text(found.names, language), candidates=())  # fmt: skip
    usual = AnswerStatus.ASKED_FACT if question else AnswerStatus.PLANNED
    return Reply(
        Answered(status or usual, text, question=question, plan=card,
                 facts=tuple(known_facts(found, language))), state,
    )  # fmt: skip


def values_of(state: State) -> dict[str, dict[str, Any]]:
    """Return the facts of a state as the planner reads them."""
    return {name: {"value": value, "source": source} for name, (value, source)
            in state.facts.items()}  # fmt: skip


def known_facts(found: Plan, language: str) -> Iterable[KnownFact]:
    """Yield the facts of a plan as they are shown for correction."""
    for name, fact in found.facts.items():
        file = found.fact_files[name]
        yield KnownFact(
            name,
            planning.told(file.names, language),
            written(file, fact.value),
            value_text(fact.value, file, language),
            fact.source,
        )


def state_facts(asking: Asking) -> Iterable[KnownFact]:
    """Yield the facts that a state knows, as they are shown."""
    state = asking.state
    if state.event:
        found = planning.plan(state.event, values_of(state), asking.city, asking.today)
        yield from known_facts(found, asking.language)


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


def _asked(one: Question, found: Plan, asking: Asking) -> AskedFact:
    titles = {step.id: planning.told(step.names, asking.language) for step in found.steps}
    return AskedFact(
        one.fact.id,
        planning.told(one.fact.ask, asking.language),
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
