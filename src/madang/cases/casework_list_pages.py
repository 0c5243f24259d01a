"""The page of the work that waits: lists, filters that officers keep, acts on many cases."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.cases import case_targets, kept_filters, queues
from madang.cases.case_acting import Asked
from madang.cases.case_errors import ManyTargets
from madang.cases.case_targets import Target
from madang.identity.api import current_actor
from madang.kernel.errors import Invalid


@dataclass(frozen=True)
class Done:
    """What became of an act on many cases; `fault` where nothing was tried.

    targets: whom the name that was written can mean, where these are several.
    """

    results: tuple[queues.BulkResult, ...] = ()
    fault: str = ""
    targets: tuple[Target, ...] = ()

    @property
    def good(self) -> int:
        """Return how many went well."""
        return sum(not one.problem for one in self.results)

    @property
    def bad(self) -> int:
        """Return how many did not."""
        return len(self.results) - self.good


@never_cache
def work(request: HttpRequest) -> HttpResponse:
    """Show a work list; do one thing to many cases; keep a filter."""
    actor = current_actor(request)
    done = Done()
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do in ("keep", "drop"):
            done = _filter(request, actor, do)
            if not done.fault:
                return redirect(request.get_full_path())
        else:
            done = _many(request, actor)
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
    post = request.POST if done.fault or done.bad else {}
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
        "services": [("", _("All services")), *queues.services_in(actor)],
        "kept": kept_filters.kept_by(actor),
        "acts": [
            ("assign", _("Take on, or assign to the account below")),
            ("ask", _("Ask for what is missing")),
            ("forward", _("Forward")),
            ("complete", _("Complete")),
            ("close", _("Close the case")),
        ],
        "act": post.get("act", "assign"),
        "reasons": post.get("reasons", ""),
        "target": post.get("target", ""),
        "targets": case_targets.targets(),
        "target_choices": done.targets,
        "chosen": request.POST.getlist("case") if done.fault else _left(done),
        "done": done,
        "next": start + queues.PAGE if len(found) == queues.PAGE else 0,
    }
    return render(request, "cases/work.html", context, status=422 if done.fault else 200)


def _left(done: Done) -> list[str]:
    """Return the cases that stay chosen: those for which it could not be done."""
    return [one.number for one in done.results if one.problem]


def _filter(request: HttpRequest, actor: Actor, do: str) -> Done:
    try:
        if do == "drop":
            kept_filters.drop(actor, request.POST.get("filter", ""))
        else:
            query = request.GET.urlencode()
            kept_filters.keep(actor, request.POST.get("title", ""), query)
    except Invalid as error:
        return Done(fault=error.message)
    return Done()


def _many(request: HttpRequest, actor: Actor) -> Done:
    post = request.POST
    numbers, kind = post.getlist("case"), post.get("act", "assign")
    if not numbers:
        return Done(fault=_("Choose at least one case."))
    versions = {n: int(post[f"version-{n}"]) for n in numbers
                if post.get(f"version-{n}", "").isdigit()}  # fmt: skip
    try:
        named = case_targets.target_named(post.get("to") or post.get("target", ""))
        target = named or ("me" if kind == "assign" else "")
        asked = Asked(reasons=post.get("reasons", "")[:4000], target=target)
        return Done(tuple(queues.bulk(actor, numbers, kind, asked, versions=versions)))
    except ManyTargets as error:
        return Done(fault=error.message, targets=error.targets)
    except Invalid as error:
        return Done(fault=error.message)
