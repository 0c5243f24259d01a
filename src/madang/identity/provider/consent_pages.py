"""Ask whether an application may be told; show and withdraw what was agreed to."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.identity import guardians, sessions
from madang.identity.page_parts import own_trail
from madang.identity.provider import consents, guardian_consents, requests
from madang.identity.provider.answers import allow_form, error_to_client
from madang.identity.provider.authorize_pages import go_back, waiting_for
from madang.identity.provider.requests import Kept
from madang.identity.provider.scopes import CLAIMS, SCOPES
from madang.identity.sessions import SessionFacts


@never_cache
def consent(request: HttpRequest, handle: str) -> HttpResponse:
    """Say who asks for what and why; take yes or no."""
    waiting, facts = waiting_for(request, handle), sessions.facts(request)
    assert facts is not None  # the route lets in whoever is signed in
    asked = waiting.asked
    if not guardians.consents_alone(facts.person):
        return _of_child(request, waiting, facts)
    if request.method == "POST":
        if request.POST.get("answer") != "yes":
            requests.done(waiting)
            return error_to_client(request, asked, "access_denied")
        consents.agree(facts.account, asked)
        return go_back(request, handle)
    context = {
        "heading": _("May %(name)s know this?") % {"name": asked.client.name},
        "client": asked.client,
        "told": told_in_words(asked.scopes, asked.names_claims),
        "handle": handle,
    }
    return allow_form(render(request, "identity/consent.html", context), asked.redirect_uri)


def _of_child(request: HttpRequest, waiting: Kept, facts: SessionFacts) -> HttpResponse:
    """Say that a guardian has to agree; ask them, or go back without."""
    asked, said = waiting.asked, ""
    answer = request.POST.get("answer") if request.method == "POST" else ""
    if answer == "no":
        requests.done(waiting)
        return error_to_client(request, asked, "access_denied")
    if not guardians.guardians_of(facts.person):
        said = guardians.no_guardian()
    elif answer == "ask":
        guardian_consents.ask(facts.account, facts.person, asked)
    context = {
        "heading": _("A parent or guardian agrees to this first"),
        "client": asked.client,
        "told": told_in_words(asked.scopes, asked.names_claims),
        "said": said,
        "is_asked": guardian_consents.is_asked(facts.account, asked.client),
    }
    status = 403 if answer and not context["is_asked"] else 200
    page = render(request, "identity/consent_of_child.html", context, status=status)
    return allow_form(page, asked.redirect_uri)


@never_cache
def agreed(request: HttpRequest) -> HttpResponse:
    """List what the reader agreed to."""
    facts = sessions.facts(request)
    assert facts is not None
    rows = [
        (row, told_in_words(row.scopes, row.claims)) for row in consents.consents_of(facts.account)
    ]
    heading = _("You agreed to nothing") if not rows else _("Who may know something about you")
    return render(
        request, "identity/agreed.html", {"heading": heading, "crumbs": own_trail(), "rows": rows}
    )


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw a consent."""
    facts = sessions.facts(request)
    assert facts is not None
    if consents.withdraw(facts.account, number):
        messages.success(request, _("Withdrawn. The service is told nothing more."))
    return redirect("agreed")


def told_in_words(scopes: Iterable[str], claims: list[str]) -> list[str]:
    """Return what an application is told, in the reader's words."""
    wanted = {*scopes, *(CLAIMS[claim] for claim in claims if claim in CLAIMS)}
    return [_(scope.says) for name, scope in SCOPES.items() if name in wanted]
