"""The authorization endpoint: where applications send people to sign in."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import ceremony, numbers, sessions
from madang.identity.ceremony import Wish
from madang.identity.errors import LinkSpent
from madang.identity.provider import consents, grants, hints, requests
from madang.identity.provider.answers import error_to_client, refused, to_client
from madang.identity.provider.asked import Asked
from madang.identity.provider.requests import Kept
from madang.identity.provider.steps import Agreed, Next, Step, next_step
from madang.identity.sessions import SessionFacts
from madang.kernel import audit, times


@never_cache
def authorize(request: HttpRequest) -> HttpResponse:
    """Begin: read the request, then go on as far as nothing has to be asked of the reader."""
    parameters: requests.Parameters = {}
    try:
        parameters = requests.parameters_of(request)
        asked = requests.checked(request, parameters, times.now())
        hints.check(asked)
    except OAuth2Error as error:
        return refused(request, error, requests.mode_of(parameters))
    if request.method == "POST":  # from another site, so without our cookie: come again
        handle = requests.keep(parameters, asked.client, at=asked.at)
        return redirect("oauth-continue", handle)
    facts = sessions.facts(request)
    following = _next(asked, facts)
    if following.step is Step.LET_IN:
        assert facts is not None
        return let_in(request, asked, facts)
    if following.step is Step.REFUSE:
        return error_to_client(request, asked, following.error)
    handle = requests.keep(parameters, asked.client, at=asked.at)
    response = _lead(request, asked, handle, following)
    return _speak(request, response, asked.ui_locales)


@never_cache
def go_on(request: HttpRequest, handle: str) -> HttpResponse:
    """Go on after a step; the way back to the application is a page of its own.

    Browsers follow no redirect to another site out of a form of ours (content security policy), so
    that the page says where it leads and goes there by itself.
    """
    waiting = waiting_for(request, handle)
    following = _next(waiting.asked, sessions.facts(request), waiting)
    if following.step in (Step.LET_IN, Step.REFUSE):
        context = {
            "heading": _("Going back to %(name)s") % {"name": waiting.asked.client.name},
            "target": reverse("oauth-back", args=[handle]),
        }
        return render(request, "identity/going_back.html", context)
    return _lead(request, waiting.asked, handle, following)


@never_cache
def go_back(request: HttpRequest, handle: str) -> HttpResponse:
    """Go back to the application with a code, or with the reason why not."""
    waiting = waiting_for(request, handle)
    facts = sessions.facts(request)
    following = _next(waiting.asked, facts, waiting)
    if following.step is Step.LET_IN and facts is not None:
        return let_in(request, waiting.asked, facts, waiting)
    if following.step is Step.REFUSE:
        requests.done(waiting)
        return error_to_client(request, waiting.asked, following.error)
    return _lead(request, waiting.asked, handle, following)


@never_cache
def cancel(request: HttpRequest, handle: str) -> HttpResponse:
    """Go back to the application without signing in."""
    waiting = waiting_for(request, handle)
    requests.done(waiting)
    return error_to_client(request, waiting.asked, "access_denied")


@never_cache
def choose_account(request: HttpRequest, handle: str) -> HttpResponse:
    """Ask whether to go on with the account that is signed in, or with another one."""
    waiting, facts = waiting_for(request, handle), sessions.facts(request)
    if facts is None:
        return redirect("oauth-continue", handle)
    if request.method == "POST":
        if request.POST.get("answer") == "other":
            sessions.end(request)
        else:
            waiting.row.account_chosen = times.now()
            waiting.row.save(update_fields=["account_chosen"])
        return redirect("oauth-continue", handle)
    context = {
        "heading": _("Which account for %(name)s?") % {"name": waiting.asked.client.name},
        "name": facts.name,
        "number": "" if facts.name else numbers.written(numbers.number_of(facts.account)),
    }
    return render(request, "identity/choose_account.html", context)


def waiting_for(request: HttpRequest, handle: str) -> Kept:
    """Return the request that waits under this handle; raises `LinkSpent`."""
    try:
        waiting = requests.kept(request, handle)
    except OAuth2Error:  # the application changed, or was suspended, meanwhile
        waiting = None
    if waiting is None:
        raise LinkSpent(_("This sign-in was finished or took too long. Start again there."))
    return waiting


def let_in(
    request: HttpRequest, asked: Asked, facts: SessionFacts, waiting: Kept | None = None
) -> HttpResponse:
    """Issue a code and send the reader back with it."""
    with transaction.atomic():
        if waiting is not None and not requests.done(waiting):
            raise LinkSpent(_("This sign-in was finished or took too long. Start again there."))
        wanted = grants.Wanted(asked.client, asked.scopes, asked.claims, asked.nonce)
        granted = grants.grant(wanted, facts)
        code = grants.issue_code(granted, asked.redirect_uri, asked.challenge)
        audit.record(f"account:{facts.account}", "identity.let_in", f"grant:{granted.pk}",
                     detail={"client": asked.client.client_id, "acr": granted.acr,
                             "scopes": granted.scopes})  # fmt: skip
    values = {"code": code, "state": asked.state}
    return to_client(request, asked.redirect_uri, asked.response_mode, values)


def _next(asked: Asked, facts: SessionFacts | None, waiting: Kept | None = None) -> Next:
    agreed = consents.agreed(facts.account, asked) if facts else Agreed()
    chosen = waiting.row.account_chosen if waiting else None
    following = next_step(asked, facts, agreed, chosen)
    if facts is None or hints.is_for(asked, facts.account) or following.step is Step.REFUSE:
        return following
    if "none" in asked.prompts:
        return Next(Step.REFUSE, "login_required")
    return following if chosen or following.step is Step.SIGN_IN else Next(Step.CHOOSE_ACCOUNT)


def _lead(request: HttpRequest, asked: Asked, handle: str, following: Next) -> HttpResponse:
    if following.step is Step.CHOOSE_ACCOUNT:
        return redirect("oauth-account", handle)
    if following.step is Step.CONSENT:
        return redirect("oauth-consent", handle)
    wish = Wish(
        next=reverse("oauth-continue", args=[handle]),
        ial=asked.wanted.ial,
        aal=asked.wanted.aal,
        since=asked.not_before.timestamp() if asked.not_before else 0.0,
        hint=asked.login_hint,
        cancel=reverse("oauth-cancel", args=[handle]),
    )
    return ceremony.lead_on(request, wish)


def _speak(request: HttpRequest, response: HttpResponse, wanted: tuple[str, ...]) -> HttpResponse:
    """Speak the first wanted language that we have, unless the reader chose one (`ui_locales`)."""
    offered = {code.lower() for code, _name in settings.LANGUAGES}
    language = next((tag.lower() for tag in wanted if tag.lower() in offered), "")
    if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response
