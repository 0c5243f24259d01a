"""Pages of fees given back by hand: what waits, and the page of one case to ask and to answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import Actor
from madang.cases import case_hand_refunds as refunds
from madang.cases.appointment_models import new_key
from madang.cases.case_looking import case_for
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound


@require_safe
@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the refunds that wait for a second person where one works."""
    found = refunds.waiting(current_actor(request))
    heading = ngettext(
        "%(n)s refund waits for a second person", "%(n)s refunds wait for a second person",
        len(found),
    )  # fmt: skip
    context = {
        "heading": heading % {"n": len(found)} if found else _("No refund waits"),
        "crumbs": [(_("Home"), "/"), (_("Cases"), "/casework/")],
        "found": found,
    }
    return render(request, "cases/refunds.html", context)


@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was paid for a case and what went back; take a request, a yes or a no."""
    actor = current_actor(request)
    if request.method != "POST":
        return _page(request, actor, number)
    try:
        messages.success(request, _acted(request, actor, number))
    except Invalid as error:
        return _page(request, actor, number, fault=error.message, errors=dict(error.fields))
    except (Conflict, Forbidden, NotFound) as error:
        return _page(request, actor, number, fault=error.message)
    return redirect("casework-refund", number=number)


def _acted(request: HttpRequest, actor: Actor, number: str) -> str:
    """Do what the button says; return what is told."""
    post = request.POST
    if post.get("do") == "ask":
        refunds.ask(
            actor, number, intent=post.get("intent", ""), amount=post.get("amount", ""),
            reason=post.get("reason", ""), key=post.get("key", "")[:100],
        )  # fmt: skip
        return _("Noted. Another person has to confirm it.")
    yes = post.get("do") == "confirm"
    refunds.answer(actor, number, post.get("refund", ""), yes=yes)
    return _("Confirmed: the money goes back.") if yes else _("Noted: nothing goes back.")


def _page(
    request: HttpRequest,
    actor: Actor,
    number: str,
    *,
    fault: str = "",
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    case = case_for(actor, number)
    payments = refunds.returnable(actor, number)
    found = refunds.of_case(actor, number)
    given = request.POST
    context = {
        "heading": _("Give money back: %(number)s") % {"number": case.number},
        "crumbs": [
            (_("Home"), "/"), (_("Cases"), "/casework/"),
            (case.number, f"/casework/{case.number}/"),
        ],
        "case": case,
        "payments": payments,
        "waiting": [one for one in found if one.state == "waiting"],
        "found": [one for one in found if one.state != "waiting"],
        "fault": fault,
        "errors": errors or {},
        "intent": given.get("intent", payments[0].intent if payments else ""),
        "amount": given.get("amount", ""),
        "reason": given.get("reason", ""),
        "key": given.get("key") or new_key(),
    }  # fmt: skip
    return render(request, "cases/refund.html", context, status=422 if fault else 200)
