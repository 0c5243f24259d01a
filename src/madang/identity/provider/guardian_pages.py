"""The page on which a parent or guardian says yes or no for a child."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity.acts import ACT, MANDATES
from madang.identity.api import current_actor
from madang.identity.errors import NoMandate
from madang.identity.names import names_of
from madang.identity.provider import guardian_consents
from madang.identity.provider.consent_pages import told_in_words


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show what the children ask, and what was agreed to for them; take an answer."""
    actor = current_actor(request)
    if request.method == "POST":
        return _answered(request)
    waiting, given = guardian_consents.waiting_for(actor), guardian_consents.given_by(actor)
    children = {child for _row, child in (*waiting, *given)}
    names = names_of(children, by=MANDATES, why=ACT)
    shown = {
        name: [(row, names.get(child, ""), told_in_words(row.scopes, row.claims))
               for row, child in rows]
        for name, rows in (("waiting", waiting), ("given", given))
    }  # fmt: skip
    context = {
        "heading": _("A child asks for your yes") if waiting else _("No child asks for your yes"),
        "crumbs": [(_("Home"), "/"), (_("Your account"), reverse("account"))],
    }
    return render(request, "identity/guardian_consents.html", context | shown)


def _answered(request: HttpRequest) -> HttpResponse:
    actor, text = current_actor(request), request.POST.get("number", "")
    number = int(text) if text.isdecimal() and len(text) <= 15 else 0
    answer = request.POST.get("answer")
    if answer == "withdraw":
        if guardian_consents.withdraw(actor, number):
            messages.success(request, _("Withdrawn. The service is told nothing more."))
        return redirect("guardian-consents")
    try:
        guardian_consents.decide(actor, number, yes=answer == "yes")
    except NoMandate as error:
        messages.error(request, error.message)
        return redirect("guardian-consents")
    said = _("You agreed. The child can go on there.") if answer == "yes" else _("You refused.")
    messages.success(request, said)
    return redirect("guardian-consents")
