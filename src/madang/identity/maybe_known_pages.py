"""The page of a counter on which a clerk decides whether two records are one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.city.api import profile
from madang.identity import maybe_known
from madang.identity.api import current_actor
from madang.identity.counter import EVIDENCE
from madang.identity.errors import AlreadyLinked, UnknownPerson
from madang.identity.maybe_known import Side
from madang.kernel.errors import Forbidden, Invalid, NotFound

PAGE = "identity/maybe_known.html"


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show who may be entered twice; take what a clerk decided."""
    if request.method != "POST":
        return _page(request)
    by, hint = current_actor(request), _number(request.POST.get("hint", ""))
    try:
        if request.POST.get("answer") == "same":
            maybe_known.join(by, hint, request.POST.get("evidence", ""))
            messages.success(request, _("The two records are one now. Its accounts sign in anew."))
        else:
            maybe_known.keep_apart(by, hint)
            messages.success(request, _("They stay two people."))
    except (Invalid, AlreadyLinked, UnknownPerson, Forbidden) as error:
        return _page(request, error=error.message, wrong=hint)
    return redirect("maybe-known")


def _page(request: HttpRequest, error: str = "", wrong: int = 0) -> HttpResponse:
    rows = maybe_known.open_hints(current_actor(request))
    context: dict[str, Any] = {
        "heading": _("Who may be known already") if rows else _("Nobody seems to be known twice"),
        "crumbs": [(_("Home"), "/"), (_("Help a resident"), "/counter/assist/")],
        "rows": [(row, [(_("Came by a sign-in"), row.young, _place(row.young)),
                        (_("Was there before"), row.old, _place(row.old))]) for row in rows],
        "evidence": [("", _("Choose")), *((key, _(title)) for key, title in EVIDENCE)],
        "error": error,
        "wrong": wrong,
    }  # fmt: skip
    return render(request, PAGE, context, status=422 if error else 200)


def _place(side: Side) -> str:
    try:
        return profile().unit(side.district).name() if side.district else ""
    except NotFound:
        return side.district


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 15 else 0
