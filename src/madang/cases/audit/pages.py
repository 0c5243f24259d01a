"""Pages of the watch: the dashboard of those who answer for it, groups, and what everybody sees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.cases.audit import blind, shown, tasks, words
from madang.cases.audit.aims import aims
from madang.cases.audit.findings import findings as findings_of
from madang.cases.audit.kept import newest, public_share, sample_results
from madang.cases.rules import is_officer
from madang.identity.api import current_actor

MOST_CHARTS = 6
EMPTY_SHARE: dict[str, Any] = {
    "total": {"cases": 0, "automated": 0, "share": None}, "services": [], "months": [],
    "services_months": [], "why_person": [], "classes": ["R0", "R1"],
}  # fmt: skip


@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the automated share, why cases went to people, samples, drift and tasks."""
    actor = current_actor(request)
    share_kept, drift_kept = newest("share"), newest("drift")
    share = share_kept.content if share_kept else {"target": aims().automated_share, **EMPTY_SHARE}
    drift = drift_kept.content if drift_kept else {"charts": [], "facts": []}
    results = sample_results()
    rows = shown.drift_rows(drift)
    service = request.GET.get("service", "")
    wanted = [r for r in rows if (r["service"] == service if service else r["state"] == "drifting")]
    figures = [
        shown.chart_figure(drift["charts"][row["place"]], row["place"])
        for row in wanted[:MOST_CHARTS]
    ]
    context = {
        "heading": shown.share_finding(share),
        "crumbs": [(_("Home"), "/")],
        "counted": share_kept.at if share_kept else None,
        "figure": shown.share_figure(share),
        "share_percent": shown.percent(share["total"]["share"]),
        "target": shown.percent(share["target"]),
        "services": shown.share_rows(share),
        "service_months": shown.month_rows(share),
        "why": shown.why_rows(share),
        **_results(results),
        "catch_state": words.state_text(results["catch"]["state"]),
        "catch_tag": words.TAGS.get(results["catch"]["state"], ""),
        "strata": shown.stratum_rows(results),
        "drift": rows,
        "drift_report": drift,
        "figures": figures,
        "facts": shown.fact_rows(drift),
        "chosen": words.service_title(service) if service else "",
        "tasks": [
            {"id": one.id, "text": words.task_text(one.kind, one.values), "at": one.opened_at,
             "title": words.service_title(one.service) if one.service else ""}
            for one in tasks.tasks(actor)
        ],
        "is_officer": is_officer(actor),
        "waiting": blind.waiting(actor),
        "held": blind.held(actor) if is_officer(actor) else "",
        "open_findings": len(findings_of(actor)),
    }  # fmt: skip
    return render(request, "cases/audit_dashboard.html", context)


@never_cache
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """Show how groups of people differ, over all services or for one."""
    kept = newest("groups")
    empty: dict[str, Any] = {"tables": [], "allowed": aims().gap, "confidence": 0.95}
    report: dict[str, Any] = kept.content if kept else empty
    known = sorted({table["service"] for table in report["tables"]} - {""})
    service = request.GET.get("service", "")
    service = service if service in known else ""
    tables = shown.group_tables(report, service)
    out = sum(row["state"] == "breached" for table in tables for row in table["rows"])
    context = {
        "heading": _("Some groups differ by more than is allowed")
        if out
        else _("No group is shown to differ by more than is allowed"),
        "crumbs": [(_("Home"), "/"), (_("Decisions by machine"), reverse("audits"))],
        "counted": kept.at if kept else None,
        "since": words.midnight(kept.since.isoformat()) if kept else None,
        "allowed": shown.percent(report["allowed"]),
        "tables": tables,
        "service": service,
        "services": [("", _("All services")), *((one, words.service_title(one)) for one in known)],
    }
    return render(request, "cases/audit_groups.html", context)


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Show everybody how many decisions rules take, and how they are watched."""
    kept = newest("share")
    share = kept.content if kept else {"target": aims().automated_share, **EMPTY_SHARE}
    told = public_share(share)
    results = sample_results()
    context = {
        "heading": shown.share_finding(told),
        "crumbs": [(_("Home"), "/")],
        "counted": kept.at if kept else None,
        "figure": shown.share_figure(told),
        "services": shown.share_rows(told),
        "why": shown.why_rows(told),
        "share_percent": shown.percent(told["total"]["share"]),
        "target": shown.percent(told["target"]),
        **_results(results),
    }
    return render(request, "cases/automated.html", context)


def _results(results: dict[str, Any]) -> dict[str, Any]:
    return {
        "results": results,
        "results_finding": shown.results_finding(results),
        "results_tag": words.TAGS.get(results["state"], ""),
        "results_state": words.state_text(results["state"]),
        "error_percent": shown.percent(results["error_rate"]),
        "low_percent": shown.percent(results["low"]),
        "high_percent": shown.percent(results["high"]),
        "bound_percent": shown.percent(results["upper_bound"]),
    }
