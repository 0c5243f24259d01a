"""Pages of the print room: what waits, a batch to print and post, letters that came back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.cases import print_room
from madang.cases.case_shown import source_text
from madang.cases.case_told import WHY_BACK
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Invalid, NotFound


@never_cache
def room(request: HttpRequest) -> HttpResponse:
    """Show what waits, take letters on, and note one that came back."""
    actor, fault, status = current_actor(request), "", 200
    typed = request.POST.get("reference", "")
    if request.method == "POST":
        try:
            return _done(request)
        except (Conflict, Invalid, NotFound) as error:
            fault, status = error.message, 422
    waiting = print_room.waiting(actor)
    good = [one for one in waiting if not one.address.problem]
    stuck = [one for one in waiting if one.address.problem]
    context = {
        "heading": ngettext("%(n)s letter to print", "%(n)s letters to print", len(good))
        % {"n": len(good)},
        "crumbs": [(_("Home"), "/")],
        "good": [(one, _about(one.matter), source_text(one.address.source)) for one in good[:50]],
        "good_count": len(good),
        "stuck": [(one, _about(one.matter)) for one in stuck],
        "batches": print_room.batches(actor),
        "posted": print_room.batches(actor, closed=True, limit=5),
        "back": [
            (one, _(WHY_BACK[one.why]), _about(one.matter))
            for one in print_room.returned_letters(actor, 20)
        ],
        "reasons": [("", _("Choose")), *((key, _(text)) for key, text in WHY_BACK.items())],
        "most": print_room.MOST_AT_ONCE,
        "typed": typed,
        "why": request.POST.get("why", ""),
        "fault": fault,
    }
    return render(request, "cases/print_room.html", context, status=status)


def _about(matter: str) -> str:
    """Return what a letter is about, as people name it: the number of the case."""
    return matter.partition(":")[2] or matter


def _done(request: HttpRequest) -> HttpResponse:
    actor, what = current_actor(request), request.POST.get("do", "")
    if what == "take":
        batch = print_room.take_batch(actor)
        return redirect("print-batch", number=batch.number)
    if what == "again":
        print_room.send_again(actor, request.POST.get("reference", ""))
        messages.success(request, _("The letter waits again."))
        return redirect("print-room")
    row = print_room.came_back(
        actor, request.POST.get("reference", ""), request.POST.get("why", ""),
        request.POST.get("note", ""),
    )  # fmt: skip
    messages.success(
        request, _("Noted: letter %(code)s came back. The case says so.") % {"code": row.reference}
    )
    return redirect("print-room")


@never_cache
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """Show a batch; note that it is posted."""
    actor, fault = current_actor(request), ""
    if request.method == "POST":
        try:
            count = print_room.confirm_posted(actor, number, request.POST.getlist("out"))
            said = ngettext("%(n)s letter is posted.", "%(n)s letters are posted.", count)
            messages.success(request, said % {"n": count})
            return redirect("print-room")
        except (Conflict, Invalid) as error:
            fault = error.message
    letters = print_room.batch_letters(actor, number)
    found = print_room.batch_of(actor, number)
    context = {
        "heading": _("Batch %(n)s") % {"n": number},
        "crumbs": [(_("Home"), "/"), (_("Letters"), "/letters/")],
        "batch": found,
        "letters": [(one, source_text(one.source)) for one in letters],
        "fault": fault,
    }
    return render(request, "cases/print_batch.html", context, status=409 if fault else 200)


@never_cache
@require_POST
def batch_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """Print a batch: the file of all its letters."""
    found = print_room.print_batch(current_actor(request), number)
    return _attachment(found, "application/pdf", f"letters-{number}.pdf")


@never_cache
@require_safe
def batch_csv(request: HttpRequest, number: int) -> HttpResponse:
    """Hand out the list of a batch, for a print provider."""
    text = print_room.manifest(current_actor(request), number)
    return _attachment(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"letters-{number}.csv")


def _attachment(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
