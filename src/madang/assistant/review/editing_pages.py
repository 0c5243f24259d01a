"""Pages of editors and of those who run experiments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from madang.assistant.review import editing, experiments, words
from madang.assistant.review.declared import Experiment, declared
from madang.assistant.review.models import ExperimentRun
from madang.assistant.review.pages import PERCENT, crumbs
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel.errors import Invalid, NotFound

EITHER = ("GET", "HEAD", "POST")
_DIGITS = 12


@never_cache
@require_http_methods(EITHER)
def editing_list(request: HttpRequest) -> HttpResponse:
    """Show what editors are to look at; take a row on, or say that it is done."""
    actor = current_actor(request)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    if request.method == "POST":
        number = request.POST.get("task", "")
        try:
            task = int(number) if number.isdecimal() and len(number) < _DIGITS else 0
            editing.change(actor, task, request.POST.get("state", ""), request.POST.get("said", ""))
            messages.success(request, _("Noted."))
        except (Invalid, NotFound) as error:
            messages.error(request, error.message)
        return redirect(request.get_full_path())
    found = editing.listed(kind, state)
    open_ones = sum(one.state == editing.OPEN for one in found)
    context = {
        "heading": _("%(n)s things wait for an editor") % {"n": open_ones}
        if open_ones
        else _("Nothing waits for an editor"),
        "crumbs": crumbs((_("Editors"), "")),
        "here": "editing",
        "rows": [
            {"one": one, "kind": words.told(words.TASKS, one.kind),
             "state": words.told(words.STATES, one.state)}
            for one in found
        ],
        "kinds": [("", _("All")), *((key, str(words.TASKS[key])) for key in editing.KINDS)],
        "states": [("", _("Not done")), *((key, str(words.STATES[key])) for key in editing.STATES)],
        "kind": kind,
        "state": state,
        "longest": editing.LONGEST,
    }  # fmt: skip
    return render(request, "assistant/review_editing.html", context)


@never_cache
@require_http_methods(EITHER)
def experiment_list(request: HttpRequest) -> HttpResponse:
    """Show the declared experiments with their guardrails; stop one by hand."""
    if request.method == "POST":
        try:
            experiments.stop(current_actor(request).id, request.POST.get("name", ""))
            messages.success(request, _("Stopped. From now on all get what stands now."))
        except Invalid:
            messages.error(request, _("It was stopped already."))
        except NotFound as error:
            messages.error(request, error.message)
        return redirect("review-experiments")
    running = experiments.running()
    shown = [_experiment(one, running) for one in reversed(declared().experiments)]
    context = {
        "heading": _("An experiment runs: %(name)s") % {"name": running.name}
        if running
        else _("No experiment runs"),
        "crumbs": crumbs((_("Experiments"), "")),
        "here": "experiments",
        "experiments": shown,
    }
    return render(request, "assistant/review_experiments.html", context)


def _experiment(one: Experiment, running: Experiment | None) -> dict[str, Any]:
    found = experiments.look(one)
    run = ExperimentRun.objects.filter(name=one.name).first()
    weights = sum(one.arms.values())
    conversations = sum(arm.conversations for arm in found.arms)
    return {
        "experiment": one,
        "is_running": running is not None and running.name == one.name,
        "is_to_come": one.since > profile().today(),
        "run": run,
        "why": words.told(words.GUARDRAILS, run.why) if run else "",
        "rails": one.guardrails,
        "arms": [
            {
                "arm": arm,
                "is_control": arm.name == one.control,
                "share": arm.conversations / conversations * PERCENT if conversations else None,
                "wanted": arm.weight / weights * PERCENT,
                "answer_at": one.changes[arm.name].answer_at if arm.name in one.changes else None,
            }
            for arm in found.arms
        ],
        "guarded": [
            {
                "arm": row.arm,
                "name": words.told(words.GUARDRAILS, row.guardrail),
                "difference": row.seen.difference * PERCENT,
                "low": row.seen.low * PERCENT,
                "high": row.seen.high * PERCENT,
                "borne": row.borne * PERCENT,
                "p": row.p_value,
                "is_broken": row.is_broken,
            }
            for row in found.guarded
        ],
        "shares": found.shares,
        "is_mismatch": found.shares.always_valid < experiments.MISMATCH,
    }
