"""The supervisor's wall, and the editors' list of answers to mend."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import purpose
from madang.callcentre.desk_pages import language_title
from madang.callcentre.operator_models import KnowledgeNote
from madang.callcentre.purposes import EDIT
from madang.callcentre.wall import on_wall
from madang.identity.api import current_actor
from madang.kernel import audit, times

SHOWN = 200


@require_safe
@never_cache
def wall(request: HttpRequest) -> HttpResponse:
    """Show how long people wait, who is there, and where a supervisor may look."""
    found = on_wall(current_actor(request))
    level = found.served.level
    words = {"percent": round(level), "within": round(found.within_s)} if level is not None else {}
    context = {
        "heading": _("%(percent)s %% answered within %(within)s seconds today") % words
        if words else _("Nobody has asked for a person today"),
        "crumbs": [(_("Home"), "/"), (_("Operations"), "/operations/")],
        "wall": found,
        "is_late": level is not None and level < found.target,
        "lines": [(language_title(one.language), one) for one in found.lines],
        "alerts": [(language_title(one.language), one) for one in found.alerts],
        "states": [(_state_title(name), count) for name, count in found.states.items()],
        "failed_rules": [(_rule_title(name), count) for name, count in found.failed],
    }  # fmt: skip
    return render(request, "callcentre/wall.html", context)


@never_cache
def notes(request: HttpRequest) -> HttpResponse:
    """List what operators said is wrong or missing; close what is mended."""
    actor = current_actor(request)
    if request.method == "POST":
        number = request.POST.get("note", "")
        with purpose(actor, EDIT):
            rows = KnowledgeNote.objects.filter(
                pk=int(number) if number.isdigit() and len(number) < 15 else 0, closed=None
            )
            if rows.update(closed=times.now(), closed_by=actor.id):
                audit.record(actor.id, "callcentre.mended", f"knowledge-note:{number}")
                messages.success(request, _("It is noted."))
        return redirect("knowledge-notes")
    with purpose(actor, EDIT):
        found = list(KnowledgeNote.objects.filter(closed=None)[:SHOWN])
    count = len(found)
    context = {
        "heading": ngettext("%(n)s answer to mend", "%(n)s answers to mend", count) % {"n": count}
        if found else _("No answer to mend"),
        "crumbs": [(_("Home"), "/")],
        "notes": [(language_title(one.language), one) for one in found],
    }  # fmt: skip
    return render(request, "callcentre/notes.html", context)


def _state_title(name: str) -> str:
    return {"available": _("ready"), "busy": _("busy"), "break": _("on a break"),
            "away": _("away")}[name]  # fmt: skip


def _rule_title(name: str) -> str:
    return {
        "greeting": _("No greeting"), "forbidden": _("Forbidden words"),
        "verification": _("Nobody made sure who it was"),
        "disclosure": _("Not said that a machine helped"),
        "silence": _("Silence of more than 20 seconds"), "overtalk": _("Both spoke at once"),
    }.get(name, name)  # fmt: skip
