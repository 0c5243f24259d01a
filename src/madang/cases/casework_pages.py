"""Pages of officers: the work that waits, and one case with its decision beside its facts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.cases import case_shown, queues
from madang.cases.case_acting import Asked, act
from madang.cases.case_errors import UnknownCase
from madang.cases.case_explaining import proposed
from madang.cases.case_looking import case_for, files_for, seen_by
from madang.cases.case_words import WHY_PERSON
from madang.cases.rules import Officer
from madang.identity.api import current_actor
from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid

DECIDES = ("grant", "complete", "refuse", "ask")


@never_cache
def work(request: HttpRequest) -> HttpResponse:
    """Show a work list; assign many at once."""
    actor = current_actor(request)
    failed: list[str] = []
    if request.method == "POST":
        failed = _bulk(request, actor)
        if not failed:
            return redirect(request.get_full_path())
    which = request.GET.get("list", "all")
    which = which if which in queues.LISTS else "all"
    start = int(request.GET.get("start", "0")) if request.GET.get("start", "0").isdigit() else 0
    number, service = request.GET.get("number", "").strip(), request.GET.get("service", "")
    found = queues.queue(actor, which, service=service, number=number, start=start)
    count = queues.counts(actor)
    titles = {
        "all": _("All"), "mine": _("Mine"), "unassigned": _("Nobody's yet"),
        "overdue": _("Past its day"), "waiting": _("Waiting for an answer"),
    }  # fmt: skip
    context = {
        "heading": ngettext("%(n)s case is late", "%(n)s cases are late", count["overdue"])
        % {"n": count["overdue"]}
        if count["overdue"]
        else _("No case is late"),
        "crumbs": [(_("Home"), "/")],
        "lists": [(name, titles[name], count[name]) for name in titles],
        "which": which,
        "found": found,
        "number": number,
        "service": service,
        "services": [("", _("All services")), *((one, one) for one in queues.services_in(actor))],
        "failed": failed,
        "next": start + queues.PAGE if len(found) == queues.PAGE else 0,
    }
    return render(request, "cases/work.html", context)


@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case to an officer, and do what they say."""
    actor = current_actor(request)
    who, _row = seen_by(actor, number)
    if not isinstance(who, Officer):
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    fault = ""
    if request.method == "POST":
        try:
            acted = act(number, request.POST.get("verb", ""), actor, _asked(request))
            messages.success(
                request,
                _("Noted. Another officer has to confirm it.")
                if acted.awaits_second
                else _("Done."),
            )
            return redirect("casework-case", number=number)
        except (Conflict, Invalid) as error:
            fault = error.message
    return render(
        request, "cases/work_case.html", _case_context(request, actor, number, fault),
        status=422 if fault else 200,
    )  # fmt: skip


def _case_context(request: HttpRequest, actor: Actor, number: str, fault: str) -> dict[str, Any]:
    case = case_for(actor, number)
    said = proposed(actor, number)
    buttons = case_shown.buttons(case, "officer", but=("submit", "pay", "answer", "appeal"))
    return {
        "heading": f"{case.title}: {case.state_title}",
        "crumbs": [(_("Home"), "/"), (_("Cases"), "/casework/")],
        "case": case,
        "lateness": queues.lateness(case.due, times.now()),
        "lines": case_shown.lines(actor, number),
        "facts": case_shown.known(actor, case),
        "files": files_for(actor, number),
        "said": said,
        "why_person": [_(WHY_PERSON[word]) for word in said.why_person] if said else [],
        "decides": [one for one in buttons if one.kind in DECIDES],
        "others": [one for one in buttons if one.kind not in DECIDES],
        "reasons": request.POST.get("reasons", ""),
        "fault": fault,
        "opened_at": request.POST.get("opened_at", str(int(times.now().timestamp()))),
        "mine": case.assignee == actor.id,
    }


def _asked(request: HttpRequest) -> Asked:
    post = request.POST
    version, opened = post.get("version", ""), post.get("opened_at", "")
    looked = int(times.now().timestamp()) - int(opened) if opened.isdigit() else None
    links = tuple(post.get("links", "").split())
    return Asked(
        expects_version=int(version) if version.isdigit() else None,
        reasons=post.get("reasons", ""),
        departs=post.get("departs", ""),
        links=links,
        target=post.get("target", "") or ("me" if post.get("verb") == "assign" else ""),
        looked_s=max(0, min(looked, 86_400)) if looked is not None else None,
    )


def _bulk(request: HttpRequest, actor: Actor) -> list[str]:
    numbers = request.POST.getlist("case")
    done = queues.bulk(actor, numbers, "assign", Asked(target="me"))
    good = sum(not one.problem for one in done)
    messages.success(
        request, ngettext("%(n)s case is yours", "%(n)s cases are yours", good) % {"n": good}
    )
    return [f"{one.number}: {one.problem}" for one in done if one.problem]
