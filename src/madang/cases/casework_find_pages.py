"""The page on which officers find a case: by post, so that no name stands in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.cases import case_search
from madang.identity.api import current_actor
from madang.kernel.errors import Invalid


@never_cache
@sensitive_post_parameters()
def find(request: HttpRequest) -> HttpResponse:
    """Ask by what and why, and show what was found."""
    text, why = request.POST.get("text", ""), request.POST.get("why", "")
    found, faults = None, {}
    if request.method == "POST":
        try:
            found = case_search.find(current_actor(request), text, why)
        except Invalid as error:
            faults = dict(error.fields)
    context = {
        "heading": _("Find a case"),
        "crumbs": [(_("Home"), "/"), (_("Cases"), "/casework/")],
        "text": text,
        "why": why,
        "whys": [("", "–"), *((word, _(title)) for word, title in case_search.WHY.items())],
        "found": found,
        "faults": faults,
        "errors": list(faults.items()),
    }
    return render(request, "cases/find.html", context, status=422 if faults else 200)
