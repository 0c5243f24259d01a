"""The planner's pages: what has happened, a few questions, a dated checklist.

Answers travel in the form, by POST, and are never stored: nothing of them stands in an address, a
cookie or a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from madang.assistant import api
from madang.assistant.http import calendar_response
from madang.assistant.plan_steps import Shown, date_text, shown_steps, text_in
from madang.assistant.present import plain
from madang.assistant.procedure_file import FactFile
from madang.city.api import profile

ELSEWHERE = "elsewhere"
ASKED_FIRST = 6  # questions shown at once; the others unfold


@dataclass(frozen=True)
class Field:
    """A question as a form asks it; `options` of a choice, `kind` of an input."""

    id: str
    label: str
    value: str
    options: list[tuple[str, str]]
    kind: str
    error: str
    inferred: bool = False


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Ask what has happened."""
    lang = get_language() or ""
    graphs = api.graphs()
    context = {
        "heading": _("What has happened? We tell you what to do, and by when"),
        "crumbs": [(_("Home"), "/")],
        "events": [
            (one.file.event, text_in(one.file.names, lang), len(one.file.procedures))
            for one in graphs
        ],
    }
    return render(request, "assistant/events.html", context)


@never_cache
@sensitive_post_parameters()
def plan(request: HttpRequest, event: str) -> HttpResponse:
    """Ask the questions of an event, and show the checklist for what is known."""
    graph = _graph(event)
    if graph.file.event != event:
        return redirect("plan-event", graph.file.event)
    told = _facts(request.POST)
    found, errors = _planned(event, told)
    steps = shown_steps(found, get_language() or "") if told else []
    return render(request, "assistant/plan.html", _context(graph, found, told, errors, steps))


@never_cache
@require_POST
@sensitive_post_parameters()
def calendar(request: HttpRequest, event: str) -> HttpResponse:
    """Hand out the dated steps as a file for a calendar."""
    _graph(event)
    found, _errors = _planned(event, _facts(request.POST))
    return calendar_response(found, get_language() or "ko")


def _graph(event: str) -> api.EventGraph:
    try:
        return api.graph(event)
    except api.UnknownEvent as error:
        raise Http404(error.message) from error


def _facts(given: QueryDict) -> dict[str, str]:
    told = {name: str(given[name]).strip() for name in given if name != "csrfmiddlewaretoken"}
    return {str(name): value for name, value in told.items() if value}


def _planned(event: str, told: dict[str, str]) -> tuple[api.Plan, dict[str, str]]:
    """Return the plan for what could be read, and what is wrong with the rest."""
    try:
        return api.plan(event, told), {}
    except api.InvalidFacts as error:
        wrong = error.fields
        good = {name: value for name, value in told.items() if name not in wrong}
        try:
            return api.plan(event, good), wrong
        except api.InvalidFacts:  # such as a date that leads out of the calendar
            return api.plan(event, {}), wrong


def _context(
    graph: api.EventGraph,
    found: api.Plan,
    told: dict[str, str],
    errors: dict[str, str],
    steps: list[Shown],
) -> dict[str, Any]:
    lang = get_language() or ""
    asked = [
        field_of(one.fact, "", errors, lang) for one in found.questions if one.fact.id not in errors
    ]
    wrong = [field_of(graph.facts[name], told[name], errors, lang) for name in errors
             if name in graph.facts]  # fmt: skip
    known = [
        field_of(graph.facts[name], _written(graph.facts[name], fact.value), errors, lang,
               inferred=fact.source == "inferred")
        for name, fact in found.facts.items()
    ]  # fmt: skip
    title = text_in(graph.file.names, lang)
    return {
        "heading": _heading(title, found, steps, bool(told)),
        "crumbs": [(_("Home"), "/"), (_("Plan"), reverse("plan"))],
        "event": graph.file.event,
        "title": title,
        "asked": [*wrong, *asked[: ASKED_FIRST - len(wrong)]],
        "more": asked[ASKED_FIRST - len(wrong) :],
        "known": known,
        "steps": [one for one in steps if one.certain],
        "maybe": [one for one in steps if not one.certain],
        "has_dates": any(one.due for one in steps),
        "errors": list(errors.items()),
        "told": bool(told),
        "reviewed": date_text(graph.file.reviewed, lang),
        "owner": graph.file.owner,
    }


def _heading(title: str, found: api.Plan, steps: list[Shown], told: bool) -> str:
    certain = [one for one in found.steps if one.status == "do"]
    ahead = [one for one in certain if one.due and not one.overdue]
    lawful = [one for one in ahead if not one.advised]
    dated = sorted(one.due.day for one in lawful or ahead if one.due)
    names: dict[str, Any] = {"event": title, "n": len(certain)}
    if not told:
        return _("%(event)s: a few questions, then your checklist") % names
    if not steps:
        return _("%(event)s: there is nothing that you have to do") % names
    if not dated:
        return (
            ngettext("%(event)s: %(n)s thing to do", "%(event)s: %(n)s things to do", len(certain))
            % names
        )
    names["day"] = date_text(dated[0], get_language() or "")
    return (
        ngettext(
            "%(event)s: %(n)s thing to do, by %(day)s",
            "%(event)s: %(n)s things to do, the first by %(day)s",
            len(certain),
        )
        % names
    )


def field_of(
    fact: FactFile, value: str, errors: dict[str, str], lang: str, *, inferred: bool = False
) -> Field:
    """Return the field that asks for a fact, or corrects it."""
    kinds = {"date": "date", "number": "text"}
    unit = text_in(fact.unit, lang)
    label = text_in(fact.ask, lang) + (f" ({unit})" if unit else "")
    return Field(
        fact.id, label, value, _options(fact, value, lang), kinds.get(fact.type, ""),
        _error(fact) if fact.id in errors else "", inferred,
    )  # fmt: skip


def _error(fact: FactFile) -> str:
    texts = {
        "date": _("This is no day of the calendar, or one that cannot be. Write it anew."),
        "number": _("Write a whole number."),
        "place": _("Choose a district."),
    }
    return texts.get(fact.type, _("Choose one."))


def _options(fact: FactFile, value: str, lang: str) -> list[tuple[str, str]]:
    """Return what can be chosen, with nothing first; empty for what is written."""
    nothing = ("", _("I do not know yet"))
    if fact.type == "boolean":
        return [nothing, ("yes", _("Yes")), ("no", _("No"))]
    if fact.type == "choice":
        return [nothing, *((one.value, text_in(one.names, lang)) for one in fact.choices)]
    if fact.type == "place":
        places = [(unit.code, unit.name(lang)) for unit in profile().districts()]
        outside = [(ELSEWHERE, _("Outside of the city"))] if fact.elsewhere else []
        known = {code for code, _name in (*places, *outside)}
        said = [(value, value)] if value and value not in known else []
        return [nothing, *said, *places, *outside]
    return []


def _written(fact: FactFile, value: Any) -> str:
    """Return a value as the form sends it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if fact.type == "place":
        if not value.district:
            return ELSEWHERE
        return value.said if value.dong else str(value.district)
    return str(plain(value))
