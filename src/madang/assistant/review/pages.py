"""Pages of the evaluation room: what was judged, how first questions end, the benches' history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.assistant.engine.review_estimate import Weighed
from madang.assistant.review import funnel, history, rating, results, words
from madang.assistant.review.declared import declared
from madang.identity.api import current_actor

PERCENT = 100.0


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Show what a month's sample says, what became of all turns, and the benches."""
    actor = current_actor(request)
    found = results.newest(request.GET.get("month", ""))
    aim = declared().sample
    turns = funnel.funnel()
    context: dict[str, Any] = {
        "heading": _heading(found),
        "crumbs": crumbs(),
        "here": "overview",
        "months": results.months(),
        "found": found,
        "aim": aim,
        "aim_percent": aim.right * PERCENT,
        "progress": rating.progress(),
        "is_reviewer": bool(actor.roles & rating.REVIEWERS),
        "funnel": turns,
        "statuses": [(words.told(words.STATUSES, one.name), _part(one)) for one in turns.statuses],
        "first": _part(turns.first),
        "helpful": _part(turns.helpful),
        "searches": _searches(),
        "benches": _benches(),
    }
    if found is not None:
        context |= {
            "measures": [
                (words.told(words.MEASURES, name), estimate(one), name == "right")
                for name, one in found.measures
            ],
            "strata": [_stratum(one) for one in found.strata],
            "kappa": found.agreement,
            "is_agreed": (found.agreement.kappa or 0.0) >= aim.kappa,
            "claim": _claim(dict(found.measures)["right"], aim.right),
        }
    return render(request, "assistant/review.html", context)


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of the evaluation room."""
    way = [(_("Home"), "/"), (_("Operations"), "/operations/")]
    return [*way, (_("Answers judged"), reverse("operations-review")), *more] if more else way


def estimate(one: Weighed) -> dict[str, Any]:
    """Return an estimate in percent."""
    return {
        "share": None if one.share is None else one.share * PERCENT,
        "low": one.low * PERCENT,
        "high": one.high * PERCENT,
        "covered": one.covered * PERCENT,
    }


def _heading(found: results.Results | None) -> str:
    if found is None:
        return _("No month of answers was drawn yet")
    right = dict(found.measures)["right"]
    if right.share is None:
        return _("The answers of %(month)s wait to be judged") % {"month": found.month}
    return _("%(share)s %% of the answers of %(month)s are right") % {
        "share": f"{right.share * PERCENT:.1f}", "month": found.month,
    }  # fmt: skip


def _claim(right: Weighed, aim: float) -> str:
    values = {"aim": f"{aim * PERCENT:g}"}
    if right.share is None:
        return ""
    if right.low >= aim:
        told = _("With 95 %% confidence at least %(aim)s %% are right: the aim is reached.")
    elif right.high < aim:
        told = _("With 95 %% confidence fewer than %(aim)s %% are right: the aim is missed.")
    else:
        told = _("Whether %(aim)s %% are right cannot be said yet.")
    return told % values


def _stratum(one: results.StratumRow) -> dict[str, Any]:
    return {
        "title": words.stratum_text(one.name),
        "population": one.population,
        "drawn": one.drawn,
        "judged": one.judged,
        "weight": one.population / one.judged if one.judged else None,
        "share": one.right / one.judged * PERCENT if one.judged else None,
        "low": one.low * PERCENT,
        "high": one.high * PERCENT,
    }


def _part(one: funnel.Part) -> dict[str, Any]:
    return {
        "count": one.count,
        "share": one.share * PERCENT,
        "low": one.low * PERCENT,
        "high": one.high * PERCENT,
    }


def _searches() -> dict[str, Any] | None:
    found = funnel.first_questions()
    if found is None:
        return None
    rows = [(words.told(words.OUTCOMES, one.name), _part(one)) for one in found.outcomes]
    return {"rows": rows, "resolved": _part(found.resolved), "total": found.total}


def _benches() -> list[dict[str, Any]]:
    return [
        {
            "bench": one.bench,
            "names": [words.told(words.FIGURES, name) for name, _v in one.versions[0].figures],
            "rows": [
                {
                    "version": version.version,
                    "at": version.at,
                    "is_same": version.is_same_data,
                    "figures": [
                        {
                            "name": words.told(words.FIGURES, name),
                            "value": value["value"] * PERCENT,
                            "low": value["low"] * PERCENT,
                            "high": value["high"] * PERCENT,
                            "change": version.changes.get(name),
                        }
                        for name, value in version.figures
                    ],
                }
                for version in one.versions
            ],
        }
        for one in history.histories()
    ]
