"""A resident's own case: where it stands, what comes next by when, and what they can do."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.cases import case_shown
from madang.cases.case_acting import Asked, act
from madang.cases.case_collecting import collect, paid_fees, to_collect
from madang.cases.case_explaining import explanation
from madang.cases.case_looking import (
    ShownCase,
    case_for,
    cases_of,
    documents_for,
    files_for,
    may_only_see,
)
from madang.cases.case_questions import wanted
from madang.cases.case_refunds_told import ToldRefund, refunds_told
from madang.cases.case_shown import Button
from madang.cases.case_told import told_for
from madang.cases.case_words import money
from madang.identity.api import current_actor, extent_of, note_act
from madang.kernel.errors import Conflict, Invalid

OWN = ("withdraw", "appeal", "reopen")


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """List the cases of whoever is signed in, or of whom they act for."""
    actor = current_actor(request)
    reach = extent_of(actor)
    found = [
        case
        for case in cases_of(actor.on_behalf_of or actor.person)
        if reach.covers("view", case.service) or reach.covers("apply", case.service)
    ]
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
            if request.POST.get("collect"):
                post = request.POST
                collect(actor, number, post.get("receipt", ""), post.get("how", ""))
                messages.success(request, _("Noted: the fee is paid."))
                return redirect("case", number=case.number)
            given = Asked(
                reasons=request.POST.get("reasons", ""), expects_version=_version(request)
            )
            act(number, verb, actor, given)
            note_act(actor, "cases.verb", case=case.number)
            messages.success(request, _("We have it."))
            return redirect("case", number=case.number)
        except (Conflict, Invalid) as error:
            fault = error.message
    sees = may_only_see(actor, number)
    asked = wanted(actor, number) if case.state_kind == "waiting" and not sees else None
    shown = [one for one in case_shown.buttons(case, "applicant") if one.kind in OWN and not sees]
    context = {
        "heading": f"{case.title}: {case.state_title}",
        "crumbs": [(_("Home"), "/"), (_("My cases"), "/cases/")],
        "case": case,
        "next": what_next(case),
        "lines": case_shown.lines(actor, number),
        "facts": case_shown.known(actor, case),
        "files": files_for(actor, number),
        "documents": documents_for(actor, number),
        "told": told_for(actor, number),
        "decision": (decision := explanation(actor, number)),
        "decision_reasons": case_shown.typed(decision.reasons) if decision else "",
        "buttons": [one for one in shown if one.kind != "withdraw"],
        "withdraws": withdrawals(actor, number, shown),
        "only_seen": sees,
        "owed": money(case.fee - case.paid) if case.pay_url else "",
        "to_collect": to_collect(actor, number),
        "payments": paid_fees(actor, number),
        "asked": asked if asked and asked.verb else None,
        "asked_reasons": case_shown.typed(asked.reasons) if asked else "",
        "reasons": request.POST.get("reasons", ""),
        "fault": fault,
    }
    return render(request, "cases/own.html", context, status=422 if fault else 200)


def withdrawals(actor: Actor, number: str, shown: Sequence[Button]) -> list[tuple[Button, str]]:
    """Return the buttons that withdraw a case, each with what comes back of what was paid."""
    told = {one.verb: one for one in refunds_told(actor, number)}
    return [(one, refund_text(told.get(one.verb))) for one in shown if one.kind == "withdraw"]


def refund_text(told: ToldRefund | None) -> str:
    """Return what comes back, why and by which law, in sentences; empty where nothing was paid."""
    if told is None:
        return ""
    amounts = {"amount": money(told.amount), "paid": money(told.paid)}
    if told.amount == 0:
        said = _("Of the %(paid)s that you paid, nothing comes back.") % amounts
    elif told.amount == told.paid:
        said = _("The %(paid)s that you paid come back.") % amounts
    else:
        said = _("Of the %(paid)s that you paid, %(amount)s come back.") % amounts
    why = f"{told.because} ({told.law})" if told.because and told.law else told.because
    return f"{said} {why}".strip()


def what_next(case: ShownCase) -> str:
    """Return what happens next and whose turn it is, in a sentence."""
    if case.pay_url:
        return _("Pay the fee; then we go on.") if case.is_open else _("Pay the fee.")
    if case.merged_into:
        return _("It goes on in the case %(number)s.") % {"number": case.merged_into}
    if not case.is_open:
        return (
            _("If you do not agree, object below: another officer decides again.")
            if case.outcome == "refused"
            else _("It is finished.")
        )
    if case.state_kind == "waiting":
        return _("We wait for your answer. Until then our deadline stands still.")
    if case.state == "appealed":
        return _("We have your objection. An officer who did not decide before looks at it.")
    return _("The office works on it. You need to do nothing.")


def _version(request: HttpRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdigit() else None
