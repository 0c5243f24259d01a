"""Pages of officers: deciding a case of a sample blind, settling findings, answering tasks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madang.access.api import Actor
from madang.cases.audit import blind, findings, tasks, words
from madang.cases.case_packages import worded
from madang.cases.case_shown import source_text, value_text
from madang.cases.case_words import parameter_text
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.services.api import Package, rule_tables

EITHER = ("GET", "HEAD", "POST")


@never_cache
@require_http_methods(EITHER)
def next_case(request: HttpRequest) -> HttpResponse:
    """Say how many cases wait to be decided once more, and give the next one."""
    actor = current_actor(request)
    if request.method == "POST":
        item = blind.take(actor)
        if item:
            return redirect("audit-case", item=item)
    waiting, held = blind.waiting(actor), blind.held(actor)
    context = {
        "heading": _("You have a case before you")
        if held
        else _("%(n)s cases wait to be decided once more") % {"n": waiting}
        if waiting
        else _("No case waits for you"),
        "crumbs": _trail(),
        "waiting": waiting,
        "held": held,
    }
    return render(request, "cases/audit_next.html", context)


@never_cache
@require_http_methods(EITHER)
def one(request: HttpRequest, item: str) -> HttpResponse:
    """Show a case of the sample without its outcome and take the decision; then compare."""
    actor = current_actor(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        if request.POST.get("act") == "give-back":
            blind.give_back(actor, item)
            messages.success(request, _("Given back. Somebody else decides it."))
            return redirect("audit-next")
        try:
            blind.decide(
                actor, item, request.POST.get("outcome", ""), request.POST.get("reasons", ""),
                fee=_fee(request.POST.get("fee", "")),
            )  # fmt: skip
            return redirect("audit-case", item=item)
        except Invalid as error:
            errors = dict(error.fields)
        except (Conflict, Forbidden) as error:
            errors = {"outcome": error.message}
    seen = blind.blind_case(actor, item)
    if seen.decided_at is not None:
        return _compared(request, actor, item)
    package = worded(seen.pinned)
    context = {
        "heading": _("How do you decide? %(title)s")
        % {"title": words.service_title(seen.service, seen.pinned.hash)},
        "crumbs": _trail((_("Sample"), reverse("audit-next"))),
        "seen": seen,
        "facts": _facts(seen, package),
        "papers": [(id_, _paper(package, paper), name) for id_, paper, name in seen.papers],
        "tables": rule_tables(seen.pinned.package, get_language() or ""),
        "laws": [
            words.cited(f"{law.law} {law.article}", package) for law in package.service.legal_basis
        ],
        "parameters": [
            (title, parameter_text(value, unit), words.cited(law, package))
            for title, value, unit, law in seen.parameters
        ],
        "outcomes": [(key, _(text), "") for key, text in words.OUTCOMES.items()],
        "errors": errors,
        "error_list": list(errors.items()),
        "post": request.POST,
        "chosen": [request.POST.get("outcome", "")],
        "longest": blind.LONGEST,
    }
    return render(request, "cases/audit_case.html", context, status=422 if errors else 200)


def _compared(request: HttpRequest, actor: Actor, item: str) -> HttpResponse:
    found = blind.compared(actor, item)
    if found.agrees:
        heading = _("You and the rules decided alike")
    elif found.was_planted:
        heading = _("You caught a planted error")
    else:
        heading = _("You decided otherwise than the rules: a finding is open")
    if found.was_planted and found.agrees:
        heading = _("This was a planted error: it must not be granted")
    context = {
        "heading": heading,
        "crumbs": _trail((_("Sample"), reverse("audit-next"))),
        "found": found,
        "own": _(words.OUTCOMES[found.outcome]),
        "machine": _(words.OUTCOMES[found.machine]),
    }
    return render(request, "cases/audit_compared.html", context)


@never_cache
@require_http_methods(("GET", "HEAD"))
def findings_list(request: HttpRequest) -> HttpResponse:
    """Show where officers decided otherwise than the rules."""
    actor = current_actor(request)
    open_ones = findings.findings(actor)
    context = {
        "heading": _("%(n)s findings are to be settled") % {"n": len(open_ones)}
        if open_ones
        else _("No finding is to be settled"),
        "crumbs": _trail(),
        "open": [_row(one) for one in open_ones],
        "settled": [_row(one) for one in findings.findings(actor, are_open=False)],
    }
    return render(request, "cases/audit_findings.html", context)


@never_cache
@require_http_methods(EITHER)
def finding(request: HttpRequest, finding: str) -> HttpResponse:
    """Show one finding, and take what a person makes of it."""
    actor = current_actor(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        post = request.POST
        try:
            findings.settle(
                actor, finding, post.get("verdict", ""), post.getlist("follows"),
                post.get("said", ""),
            )  # fmt: skip
            messages.success(request, _("Settled. What you chose was done."))
            return redirect("audit-finding", finding=finding)
        except Invalid as error:
            errors = dict(error.fields)
        except (Conflict, Forbidden) as error:
            errors = {"verdict": error.message}
    found = findings.finding(actor, finding)
    context = {
        "heading": _("Who was right? %(title)s")
        % {"title": words.service_title(found.service, found.package)},
        "crumbs": _trail((_("Findings"), reverse("audit-findings"))),
        **_row(found),
        "found": found,
        "verdicts": [
            (findings.WRONG, _("The rules were wrong"), ""),
            (findings.RIGHT, _("The rules were right"), ""),
        ],
        "follows": [
            (findings.CORRECT, _("Open the case again"),
             _("It is decided once more by a person; the resident is told as always.")),
            (findings.REVIEW, _("Have the rule looked at"), _("The department gets a task.")),
            (findings.STOP, _("Propose to stop automatic decisions"),
             _("The department gets a task; an officer pulls the brake, or does not.")),
        ],
        "errors": errors,
        "error_list": list(errors.items()),
        "post": request.POST,
        "verdict": [request.POST.get("verdict", "")],
        "chosen": request.POST.getlist("follows"),
        "longest": findings.LONGEST,
    }  # fmt: skip
    return render(request, "cases/audit_finding.html", context, status=422 if errors else 200)


@never_cache
@require_http_methods(("POST",))
def task(request: HttpRequest, task: int) -> HttpResponse:
    """Take what came of a task."""
    try:
        tasks.close_task(current_actor(request), task, request.POST.get("said", ""))
        messages.success(request, _("Noted."))
    except (Invalid, Conflict) as error:
        messages.error(request, error.message)
    return redirect("audits")


def _facts(seen: blind.BlindCase, package: Package) -> list[tuple[str, str, str]]:
    titles = {fact.id: fact.title for fact in package.service.facts}
    return [
        (titles.get(one.name, one.name), value_text(package, one.name, one.value),
         source_text(one.source))
        for one in seen.facts
    ]  # fmt: skip


def _paper(package: Package, paper: str) -> str:
    titles = {one.id: one.title for one in package.service.evidence}
    return titles.get(paper, paper)


def _row(found: findings.Finding) -> dict[str, Any]:
    return {
        "one": found,
        "title": words.service_title(found.service, found.package),
        "decided": _(words.OUTCOMES[found.decided]),
        "kind": _("the fee") if found.kind == "fee" else _("the outcome"),
        "verdict_text": {
            findings.WRONG: _("The rules were wrong"),
            findings.RIGHT: _("The rules were right"),
        }.get(found.verdict, ""),
    }


def _fee(text: str) -> int | None:
    """Return a fee as typed; -1, which is refused, for what is no number."""
    cleaned = text.replace(",", "").strip()
    if not cleaned:
        return None
    return int(cleaned) if cleaned.isdecimal() and len(cleaned) < 12 else -1


def _trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Home"), "/"), (_("Decisions by machine"), reverse("audits")), *more]
