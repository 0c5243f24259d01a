"""Pages of cases that are sent on: what waits to be had, what one sent, and the answer to one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.cases import case_targets, transfers
from madang.cases.transfers import ShownTransfer
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Forbidden, Invalid

Row = tuple[ShownTransfer, str]


@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits to be had where one works, and what one has sent on."""
    coming, sent = transfers.waiting(current_actor(request))
    known = case_targets.targets() if coming or sent else []

    def named(rows: list[ShownTransfer]) -> list[Row]:
        return [(row, case_targets.label_of(row.target, known)) for row in rows]

    context = {
        "heading": _("Cases sent on"),
        "crumbs": [(_("Home"), "/"), (_("Cases"), "/casework/")],
        "coming": named(coming),
        "sent": named(sent),
    }
    return render(request, "cases/transfers.html", context)


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Have a case, or send it back."""
    actor, post = current_actor(request), request.POST
    version = post.get("version", "")
    reasons, expects = post.get("reasons", ""), int(version) if version.isdigit() else None
    try:
        if post.get("do") == "return":
            transfers.send_back(actor, number, reasons=reasons, expects=expects)
            messages.success(request, _("It is back where it came from."))
        else:
            transfers.acknowledge(actor, number, reasons=reasons, expects=expects)
            messages.success(request, _("Noted: the case has been taken."))
    except (Conflict, Invalid, Forbidden) as error:
        messages.error(request, error.message)
    if transfers.of_case(actor, number) is None:  # it is not where one works any more
        return redirect("transfers")
    return redirect("casework-case", number=number)
