"""The pages on which somebody approves what an application asked for elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import assisted, assisted_approval, ceremony, sessions
from madang.identity.assistance_pages import shown
from madang.identity.ceremony import Wish
from madang.identity.page_parts import own_trail
from madang.identity.provider import backchannel
from madang.identity.provider.consent_pages import told_in_words
from madang.identity.provider_request_models import BackchannelRequest
from madang.identity.sessions import SessionFacts
from madang.kernel.errors import Forbidden, NotFound


@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader's approval."""
    rows = backchannel.waiting_for(_facts(request).account)
    heading = _("Nothing waits for your approval") if not rows else _("Waiting for your approval")
    return render(
        request,
        "identity/approvals.html",
        {"heading": heading, "crumbs": own_trail(), "rows": rows},
    )


@never_cache
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one request with its numbers; the right one approves, anything else refuses."""
    facts = _facts(request)
    row = _own(facts, public_id)
    wish = Wish(next=reverse("approve", args=[public_id]), ial=row.ial, aal=row.aal)
    if not ceremony.is_met(facts, wish):
        return ceremony.lead_on(request, wish)
    if request.method == "POST":
        decide = backchannel.decide if row.client else assisted_approval.decide
        yes = decide(row, facts, request.POST.get("number", ""))
        heading = _("Approved") if yes else _("Not approved")
        context = {"heading": heading, "crumbs": own_trail(), "yes": yes,
                   "is_assisted": row.client is None}  # fmt: skip
        return render(request, "identity/decided.html", context)
    if row.client is None:
        session = shown(assisted.session_with(row.assisted))
        context = {"heading": _("Did you ask staff to help you?"), "crumbs": own_trail(),
                   "row": row, "session": session}  # fmt: skip
        return render(request, "identity/approve.html", context)
    context = {
        "heading": _("Did you begin this at %(name)s?") % {"name": row.client.name},
        "crumbs": own_trail((_("Waiting for your approval"), reverse("approvals"))),
        "row": row,
        "told": told_in_words(row.scope.split(), []),
    }
    return render(request, "identity/approve.html", context)


def _facts(request: HttpRequest) -> SessionFacts:
    """Return who is signed in; nobody approves for somebody else."""
    facts = sessions.facts(request)
    assert facts is not None  # the route lets in whoever is signed in
    if facts.assisted or facts.mandate:
        raise Forbidden(_("Only the person themselves approves this."))
    return facts


def _own(facts: SessionFacts, public_id: str) -> BackchannelRequest:
    for row in backchannel.waiting_for(facts.account):
        if row.public_id == public_id:
            return row
    raise NotFound(_("This request was decided or took too long."))
