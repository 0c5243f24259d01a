"""A resident's own case: where it stands, what comes next by when, and what they can do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from madang.cases import case_shown
from madang.cases.case_acting import Asked, act
from madang.cases.case_explaining import explanation
from madang.cases.case_looking import ShownCase, case_for, cases_of, documents_for, files_for
from madang.identity.api import current_actor, note_act
from madang.kernel.errors import Conflict, Invalid

OWN = ("answer", "withdraw", "appeal", "reopen")


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """List the cases of whoever is signed in, or of whom they act for."""
    actor = current_actor(request)
    found = cases_of(actor.on_behalf_of or actor.person)
    is_open = sum(case.is_open for case in found)
    context = {
        "heading": ngettext("%(n)s case is open", "%(n)s cases are open", is_open) % {"n": is_open}
        if found
        else _("You have no case with the city"),
        "crumbs": [(_("Home"), "/")],
        "found": found,
    }
    return render(request, "cases/mine.html", context)


@never_cache
def own(request: HttpRequest, number: str) -> HttpResponse:
    """Show one's own case, and do what its owner says."""
    actor = current_actor(request)
    case, fault = case_for(actor, number), ""
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        try:
            asked = Asked(
                reasons=request.POST.get("reasons", ""), expects_version=_version(request)
            )
            act(number, verb, actor, asked)
            note_act(actor, "cases.verb", case=case.number)
            messages.success(request, _("We have it."))
            return redirect("case", number=case.number)
        except (Conflict, Invalid) as error:
            fault = error.message
    shown = [one for one in case_shown.buttons(case, "applicant") if one.kind in OWN]
    context = {
        "heading": f"{case.title}: {case.state_title}",
        "crumbs": [(_("Home"), "/"), (_("My cases"), "/cases/")],
        "case": case,
        "next": what_next(case),
        "lines": case_shown.lines(actor, number),
        "facts": case_shown.known(actor, case),
        "files": files_for(actor, number),
        "documents": documents_for(actor, number),
        "decision": explanation(actor, number),
        "buttons": shown,
        "reasons": request.POST.get("reasons", ""),
        "fault": fault,
    }
    return render(request, "cases/own.html", context, status=422 if fault else 200)


def what_next(case: ShownCase) -> str:
    """Return what happens next and whose turn it is, in a sentence."""
    if case.pay_url:
        return _("Pay the fee; then we go on.")
    if case.state_kind == "waiting":
        return _("We wait for your answer. Until then our deadline stands still.")
    if case.merged_into:
        return _("It goes on in the case %(number)s.") % {"number": case.merged_into}
    if case.state_kind == "final":
        return _("It is finished.")
    return _("The office works on it. You need to do nothing.")


def _version(request: HttpRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdigit() else None
