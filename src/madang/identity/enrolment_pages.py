"""The page that leads staff with a password alone to their second proof, and on from there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madang.identity import ceremony
from madang.identity.ceremony import Wish
from madang.identity.sessions import SessionFacts


def second_proof(request: HttpRequest, facts: SessionFacts, wish: Wish) -> HttpResponse:
    """Offer what can be added; `ceremony.enrolled` goes on to what was wanted."""
    ceremony.lead_to_enrolment(request, wish)
    context = {
        "heading": _("Add a second proof to go on"),
        "name": facts.name,
        "cancel": wish.cancel,
    }
    return render(request, "identity/second_proof.html", context)
