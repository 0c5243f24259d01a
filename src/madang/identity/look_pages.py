"""Pages of who looked: for the person concerned, and for the privacy officer who answers."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.identity import looked, pending, people
from madang.identity.acting import Acting, acting_in
from madang.identity.api import current_actor
from madang.identity.errors import NeedsConfirmation, NoMandate, UnknownPerson
from madang.identity.mandates import may_act
from madang.identity.names import FORMS, form_title
from madang.identity.page_parts import own_trail
from madang.identity.scopes import NAMES
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import new_id
from madang.kernel.times import format_time


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show who looked at the reader's data, or at that of whom they act for."""
    actor = current_actor(request)
    try:
        person = looked.subject_of(actor)
    except UnknownPerson as error:
        refused = {"heading": _("We cannot show who looked"), "reason": error.message,
                   "crumbs": own_trail(actor=actor)}  # fmt: skip
        return render(request, "identity/looks_unknown.html", refused)
    chosen = request.GET.get("year", "")
    year = int(chosen) if chosen.isdecimal() and 1900 < int(chosen[:5]) < 3000 else None
    found = looked.looks(person, year)
    acts = looked.acts(person, year)
    if request.GET.get("format") == "csv":
        return _csv(found)
    context = {
        "heading": _heading(len(found), acting_in(actor)),
        "crumbs": own_trail(actor=actor),
        "looks": found,
        "acts": acts,
        "years": looked.years(person),
        "year": year,
    }
    return render(request, "identity/looks.html", context)


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the privacy officer about one look."""
    actor = current_actor(request)
    decision = request.POST.get("decision") or request.GET.get("decision", "")
    found = next(
        (one for one in looked.looks(looked.subject_of(actor)) if one.look.decision == decision),
        None,
    )
    if found is None:
        return redirect("looks")
    text = request.POST.get("text", "")
    context: dict[str, Any] = {
        "heading": _("Ask about this look"),
        "crumbs": own_trail((_("Who looked"), "/account/looks/"), actor=actor),
        "item": found,
        "text": text,
    }
    if request.method == "POST":
        try:
            looked.ask(actor, decision, text)
        except Invalid as error:
            context |= {"errors": error.fields, "error_list": list(error.fields.items())}
            return render(request, "identity/look_ask.html", context, status=422)
        messages.success(request, _("The privacy officer has your question and answers here."))
        return redirect("looks")
    return render(request, "identity/look_ask.html", context)


@never_cache
def names(request: HttpRequest) -> HttpResponse:
    """Show the forms of the reader's name; let them choose their own ones."""
    actor = current_actor(request)
    person = looked.subject_of(actor, NAMES)
    forms = [(form, form_title(form), "") for form in FORMS if form != "registered"]
    context: dict[str, Any] = {
        "heading": _("Your name, as we write it"),
        "crumbs": own_trail(actor=actor),
        "kept": _forms(people.names_kept(person, by=actor)),
        "forms": forms,
        "form": request.POST.get("form", "preferred"),
        "full": request.POST.get("full", ""),
        "key": request.POST.get("key") or new_id(),
    }
    if request.method != "POST":
        return render(request, "identity/names.html", context)
    if not may_act(actor, "sign", NAMES):
        raise NoMandate(_("This mandate does not let you change a name."))
    payload = {"form": context["form"], "full": context["full"]}
    try:
        pending.carry_out(actor, "identity.set-name", payload, key=context["key"])
    except Invalid:
        errors = {"full": _("Write a name of at most 200 characters.")}
        context |= {"errors": errors, "error_list": list(errors.items())}
        return render(request, "identity/names.html", context, status=422)
    except NeedsConfirmation as waits:
        messages.warning(request, waits.message)
        return redirect("names")
    messages.success(request, _("Your name is changed."))
    return redirect("names")


@never_cache
def questions(request: HttpRequest) -> HttpResponse:
    """Show the questions about looks; let a privacy officer answer one."""
    actor = current_actor(request)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            looked.answer(actor, request.POST.get("question", ""), request.POST.get("answer", ""))
        except Invalid as error:
            errors, status = error.fields, 422
        except Conflict as error:
            errors, status = {"answer": error.message}, 409
        else:
            messages.success(request, _("The answer is in the resident's account."))
            return redirect("look-questions")
    rows = looked.questions(actor)
    waiting = [row for row in rows if row.answered is None]
    context = {
        "heading": ngettext("%(n)s question waits", "%(n)s questions wait", len(waiting))
        % {"n": len(waiting)}
        if waiting
        else _("No question waits"),
        "crumbs": [(_("Home"), "/")],
        "waiting": waiting,
        "done": [row for row in rows if row.answered is not None],
        "errors": errors,
        "error_of": request.POST.get("question", ""),
    }
    return render(request, "identity/look_questions.html", context, status=status)


def _heading(count: int, acts: Acting | None) -> str:
    if acts is not None:
        return _("Looks at the data of %(name)s: %(n)s") % {"name": acts.name, "n": count}
    if not count:
        return _("Nobody looked at your data")
    return ngettext("%(n)s look at your data", "%(n)s looks at your data", count) % {"n": count}


def _forms(kept: dict[str, str]) -> list[tuple[str, str]]:
    return [(form_title(form), kept[form]) for form in FORMS if form in kept]


def _csv(found: list[looked.ShownLook]) -> HttpResponse:
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(["time_utc", "who", "purpose", "legal_basis", "data", "case", "emergency"])
    for one in found:
        row = (one.who, one.why, one.law, one.data, one.look.case)
        out.writerow([format_time(one.look.at), *map(_plain, row), int(one.look.is_emergency)])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="looks.csv"'
    return response


def _plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
