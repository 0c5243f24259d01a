"""The page on which an officer works on one case: its decision beside its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.cases import (
    case_duplicates,
    case_hand_refunds,
    case_shown,
    case_targets,
    queues,
    transfers,
)
from madang.cases.case_acting import Asked, act
from madang.cases.case_collecting import collect, paid_fees, to_collect
from madang.cases.case_errors import ManyTargets, UnknownCase
from madang.cases.case_explaining import proposed
from madang.cases.case_looking import (
    case_for,
    decided_before,
    files_for,
    name_of_subject,
    seen_by,
)
from madang.cases.case_questions import askable, wanted
from madang.cases.case_told import told_for
from madang.cases.case_words import WHY_PERSON, money
from madang.cases.rules import SETTLES, Officer
from madang.identity.api import current_actor
from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid

DECIDES = ("grant", "complete", "refuse", "ask")


@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case to an officer, and do what they say."""
    actor = current_actor(request)
    who, _row = seen_by(actor, number)
    if not isinstance(who, Officer):
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    fault, choices = "", ()
    if request.method == "POST":
        try:
            if request.POST.get("collect"):
                post = request.POST
                collect(actor, number, post.get("receipt", ""), post.get("how", ""))
                messages.success(request, _("Noted: the fee is paid."))
                return redirect("casework-case", number=number)
            if request.POST.get("not_same"):
                reasons = request.POST.get("reasons", "")
                case_duplicates.dismiss(actor, number, request.POST["not_same"], reasons)
                messages.success(request, _("Noted: they are not the same."))
                return redirect("casework-case", number=number)
            acted = act(number, _verb(request, actor, number), actor, _asked(request))
            messages.success(
                request,
                _("Noted. Another officer has to confirm it.")
                if acted.awaits_second
                else _("Done."),
            )
            return redirect("casework-case", number=number)
        except ManyTargets as error:
            fault, choices = error.message, error.targets
        except (Conflict, Invalid) as error:
            fault = error.message
    return render(
        request, "cases/work_case.html",
        _case_context(request, actor, number, fault) | {"target_choices": choices},
        status=422 if fault else 200,
    )  # fmt: skip


def _case_context(request: HttpRequest, actor: Actor, number: str, fault: str) -> dict[str, Any]:
    case = case_for(actor, number)
    said = proposed(actor, number)
    is_barred = case.is_open and decided_before(actor, number)
    closed = ("submit", "pay", "answer", "appeal", *(SETTLES if is_barred else ()))
    buttons = case_shown.buttons(case, "officer", but=closed)
    moved = transfers.of_case(actor, number)
    everybody = case_targets.targets()
    payments = paid_fees(actor, number)
    return {
        "transfer": moved,
        "transfer_to": case_targets.label_of(moved.target, everybody) if moved else "",
        "targets": everybody,
        "target": request.POST.get("target", ""),
        "heading": f"{case.title}: {case.state_title}",
        "crumbs": [(_("Home"), "/"), (_("Cases"), "/casework/")],
        "case": case,
        "fee": money(case.fee),
        "to_collect": to_collect(actor, number),
        "payments": payments,
        "refunds_waiting": case_hand_refunds.count_waiting(actor, number) if payments else 0,
        "applicant": case_shown.typed(name_of_subject(actor, number)),
        "lateness": queues.lateness(case.due, times.now()),
        "lines": case_shown.lines(actor, number),
        "facts": case_shown.known(actor, case),
        "files": files_for(actor, number),
        "told": told_for(actor, number),
        "said": said,
        "why_person": [_(WHY_PERSON[word]) for word in said.why_person] if said else [],
        "decides": [one for one in buttons if one.kind in DECIDES],
        "others": [one for one in buttons if one.kind not in DECIDES],
        "askable": askable(case, get_language() or "")
        if any(b.kind == "ask" for b in buttons)
        else [],
        "asked": (asked := wanted(actor, number) if case.state_kind == "waiting" else None),
        "asked_reasons": case_shown.typed(asked.reasons) if asked else "",
        "missing": request.POST.getlist("missing"),
        "alike": case_shown.alike_lines(actor, number),
        "duplicate": next((b for b in buttons if b.kind == "duplicate"), None),
        "is_barred": is_barred,
        "reasons": request.POST.get("reasons", ""),
        "fault": fault,
        "opened_at": request.POST.get("opened_at", str(int(times.now().timestamp()))),
        "mine": case.assignee == actor.id,
    }


def _verb(request: HttpRequest, actor: Actor, number: str) -> str:
    """Return the verb that a button says; the one for duplicates has its own button."""
    if not request.POST.get("same"):
        return request.POST.get("verb", "")
    buttons = case_shown.buttons(case_for(actor, number), "officer")
    return next((one.verb for one in buttons if one.kind == "duplicate"), "duplicate")


def _asked(request: HttpRequest) -> Asked:
    post = request.POST
    version, opened = post.get("version", ""), post.get("opened_at", "")
    looked = int(times.now().timestamp()) - int(opened) if opened.isdigit() else None
    links = tuple((post.get("same") or post.get("links", "")).split())
    return Asked(
        expects_version=int(version) if version.isdigit() else None,
        reasons=post.get("reasons", ""),
        departs=post.get("departs", ""),
        links=links,
        missing=tuple(post.getlist("missing")),
        target=case_targets.target_named(post.get("to") or post.get("target", ""))
        or ("me" if post.get("verb") == "assign" else ""),
        looked_s=max(0, min(looked, 86_400)) if looked is not None else None,
    )
