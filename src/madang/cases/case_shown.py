"""A case in words for pages: what happened, what is known and from whom, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.case_changed import who_text
from madang.cases.case_duplicates import Alike, alike
from madang.cases.case_looking import ShownCase, ShownEvent, applicant_of, events_for, facts_for
from madang.cases.case_packages import pinned, worded
from madang.cases.case_words import ALIKE, HAPPENED, register_title, verb_title
from madang.cases.rules import possible
from madang.city.api import profile
from madang.kernel.language_marks import marked_typed
from madang.services.api import Package

SOURCES = {
    "applicant": gettext_noop("from the applicant"),
    "office": gettext_noop("from the office"),
    "evidence": gettext_noop("from a paper"),
}

RULES_SAY = {
    "grant": gettext_noop("With this answer the rules say: grant."),
    "refuse": gettext_noop("With this answer the rules say: refuse. Only an officer can."),
    "refer": gettext_noop("With this answer the rules leave it to an officer."),
}


@dataclass(frozen=True)
class Line:
    """Something that happened, in words; `rules` is what they say after an answer."""

    at: datetime
    text: str
    who: str
    reasons: str
    rules: str = ""


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
    applicant = applicant_of(actor, number)
    return [_line(event, actor, applicant) for event in reversed(events_for(actor, number))]


def known(actor: Actor, case: ShownCase) -> list[Known]:
    """Return the newest version of every fact, in the order in which the service asks."""
    package = worded(pinned(case.package))
    order = {fact.id: n for n, fact in enumerate(package.service.facts)}
    newest: dict[str, Any] = {}
    before: dict[str, str] = {}
    for fact in facts_for(actor, case.number):
        if fact.name in newest:
            before[fact.name] = value_text(package, fact.name, newest[fact.name].value)
        newest[fact.name] = fact
    return [
        Known(
            fact.title, value_text(package, name, fact.value), source_text(fact.source),
            fact.as_of, before.get(name, ""),
        )
        for name, fact in sorted(newest.items(), key=lambda one: order.get(one[0], 999))
    ]  # fmt: skip


def buttons(case: ShownCase, by: str, *, but: Sequence[str] = ()) -> list[Button]:
    """Return what somebody may do now: `by` is applicant or officer."""
    process = worded(pinned(case.package)).process
    return [
        Button(verb.id, verb.kind, verb_title(verb), "reasons" in verb.needs)
        for verb in possible(process, case.state)
        if by in verb.by and verb.kind not in but
    ]


def alike_lines(actor: Actor, number: str) -> list[tuple[Alike, str]]:
    """Return the cases that are perhaps the same as one, each with why."""
    return [
        (one, "; ".join(_(ALIKE[word]) % {"metres": one.metres} for word in one.why))
        for one in alike(actor, number)
    ]


def value_text(package: Package, name: str, value: Any) -> str:
    """Return a value as people read it: the title of a choice, yes and no, lists with commas."""
    question = package.questions.get(name)
    titles = {choice.value: choice.title for choice in question.choices} if question else {}
    if isinstance(value, list):
        return ", ".join(value_text(package, name, one) for one in value)
    if isinstance(value, bool):
        return titles.get(value) or (_("yes") if value else _("no"))
    if value is None:
        return "–"
    fact = package.facts.get(name)
    if fact and fact.type == "date" and (day := _day(value)):
        return profile().date_text(day, get_language() or "")
    return str(titles[value]) if value in titles else typed(str(value))


def typed(text: str) -> str:
    """Return what somebody wrote, marked where it is in the city's language and the page is not."""
    return marked_typed(text, profile().city.default_language, get_language() or "")


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def source_text(source: str) -> str:
    """Return who says so, in words."""
    if source.startswith("register:"):
        return _("from the %(register)s") % {
            "register": register_title(source.removeprefix("register:"))
        }
    return _(SOURCES.get(source, source))


def _line(event: ShownEvent, reader: Actor, applicant: str) -> Line:
    who = who_text(event, reader, applicant)
    text = _(HAPPENED[event.kind])
    if event.content.get("awaits_second"):
        text = _("Proposed; another officer confirms it")
    rules = event.content.get("rules", ())
    said = _(RULES_SAY.get(rules[1], RULES_SAY["refer"])) if rules else ""
    return Line(event.at, text, who, typed(event.content.get("reasons", "")), said)
