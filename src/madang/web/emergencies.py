"""Pages of the privacy officer: looks at personal data in an emergency, and their review."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access import api as access
from madang.identity.api import current_actor, dataset_title, who_is
from madang.kernel.errors import Conflict, Invalid


@dataclass(frozen=True)
class _Shown:
    """A look in the reader's words: as what somebody looked, by which account, at what."""

    item: access.Emergency

    @property
    def who(self) -> str:
        return f"{who_is(self.item.actor, '', self.item.opened_at)} ({self.item.actor})"

    @property
    def reviewer(self) -> str:
        assert self.item.reviewed_at is not None
        by, at = self.item.reviewed_by, self.item.reviewed_at
        return f"{who_is(by, '', at)} ({by})"

    @property
    def data(self) -> str:
        return dataset_title(self.item.dataset)


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show the looks that wait for a review, the most urgent first."""
    actor = current_actor(request)
    waiting = access.emergencies(actor)
    count = len(waiting)
    context = {
        "heading": ngettext("%(n)s look to review", "%(n)s looks to review", count) % {"n": count}
        if waiting
        else _("No look to review"),
        "crumbs": [(_("Home"), "/")],
        "waiting": [_Shown(item) for item in waiting],
        "done": [_Shown(item) for item in access.emergencies(actor, is_open=False, limit=20)],
    }
    return render(request, "web/emergencies.html", context)


@never_cache
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one look, with its reason; note what the review found."""
    actor = current_actor(request)
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        finding, note = request.POST.get("finding", ""), request.POST.get("note", "")
        try:
            access.review(actor, number, finding, note)
        except Invalid as error:
            errors, status = error.fields, 422
        except Conflict as error:
            errors, status = {"finding": error.message}, 409
        else:
            messages.success(request, _("It is noted."))
            return redirect("emergencies")
    item = access.emergency(actor, number)
    context = {
        "heading": _("Emergency look: review"),
        "crumbs": [(_("Home"), "/"), (_("Emergency looks"), "/privacy/emergencies/")],
        "item": item,
        "shown": _Shown(item),
        "findings": [("justified", _("Justified"), ""), ("not-justified", _("Not justified"), "")],
        "finding": request.POST.get("finding", ""),
        "note": request.POST.get("note", ""),
        "errors": errors,
        "error_list": list(errors.items()),
    }
    return render(request, "web/emergency.html", context, status=status)
