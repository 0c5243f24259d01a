"""The page that leads staff with a password alone to their second proof, and on from there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madang.identity import ceremony
from madang.identity.authenticators import kinds_of
from madang.identity.ceremony import Wish
from madang.identity.methods import offered
from madang.identity.sessions import SessionFacts


def second_proof(request: HttpRequest, facts: SessionFacts, wish: Wish) -> HttpResponse:
    """Offer what can be added, and what needs no adding; both lead on to what was wanted."""
    ceremony.lead_to_enrolment(request, wish)
    context = {
        "heading": _("Add a second proof to go on"),
        "name": facts.name,
        "methods": offered(facts.amr, wish.aal, kinds_of(facts.account)),
        "cancel": wish.cancel,
    }
    return render(request, "identity/second_proof.html", context)
