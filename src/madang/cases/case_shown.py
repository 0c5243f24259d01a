"""A case in words for pages: what happened, what is known and from whom, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor
from madang.cases.case_looking import ShownCase, ShownEvent, events_for, facts_for
from madang.cases.case_packages import Pinned, pinned
from madang.cases.case_words import HAPPENED, verb_title
from madang.cases.rules import possible

SOURCES = {
    "applicant": gettext_noop("from the applicant"),
    "office": gettext_noop("from the office"),
    "evidence": gettext_noop("from a paper"),
}


@dataclass(frozen=True)
class Line:
    """Something that happened, in words."""

    at: datetime
    text: str
    who: str
    reasons: str


@dataclass(frozen=True)
class Known:
    """The newest version of a fact, and what it was before."""

    title: str
    value: str
    source: str
    as_of: datetime
    before: str


@dataclass(frozen=True)
class Button:
    """Something that may be done now."""

    verb: str
    kind: str
    title: str
    wants_reasons: bool


def lines(actor: Actor, number: str) -> list[Line]:
    """Return what happened to a case, newest first."""
    return [_line(event) for event in reversed(events_for(actor, number))]


def known(actor: Actor, case: ShownCase) -> list[Known]:
    """Return the newest version of every fact, in the order in which the service asks."""
    found = pinned(case.package)
    order = {fact.id: n for n, fact in enumerate(found.package.service.facts)}
    newest: dict[str, Any] = {}
    before: dict[str, str] = {}
    for fact in facts_for(actor, case.number):
        if fact.name in newest:
            before[fact.name] = value_text(found, fact.name, newest[fact.name].value)
        newest[fact.name] = fact
    return [
        Known(
            fact.title, value_text(found, name, fact.value), source_text(fact.source),
            fact.as_of, before.get(name, ""),
        )
        for name, fact in sorted(newest.items(), key=lambda one: order.get(one[0], 999))
    ]  # fmt: skip


def buttons(case: ShownCase, by: str, *, but: Sequence[str] = ()) -> list[Button]:
    """Return what somebody may do now: `by` is applicant or officer."""
    found = pinned(case.package)
    return [
        Button(verb.id, verb.kind, verb_title(verb), "reasons" in verb.needs)
        for verb in possible(found.process, case.state)
        if by in verb.by and verb.kind not in but
    ]


def value_text(found: Pinned, name: str, value: Any) -> str:
    """Return a value as people read it: the title of a choice, yes and no, lists with commas."""
    question = found.package.questions.get(name)
    titles = {choice.value: choice.title for choice in question.choices} if question else {}
    if isinstance(value, list):
        return ", ".join(value_text(found, name, one) for one in value)
    if isinstance(value, bool):
        return titles.get(value) or (_("yes") if value else _("no"))
    return "–" if value is None else str(titles.get(value, value))


def source_text(source: str) -> str:
    """Return who says so, in words."""
    if source.startswith("register:"):
        return _("from the register %(name)s") % {"name": source.removeprefix("register:")}
    return _(SOURCES.get(source, source))


def _line(event: ShownEvent) -> Line:
    who = event.actor
    if who == "system:rules":
        who = _("the rules of the service")
    elif who.startswith("system:"):
        who = _("automatic")
    elif who == "office":
        who = _("the office")
    text = _(HAPPENED[event.kind])
    if event.content.get("awaits_second"):
        text = _("Proposed; another officer confirms it")
    return Line(event.at, text, who, event.content.get("reasons", ""))
