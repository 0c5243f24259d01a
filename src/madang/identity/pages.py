"""Sign in, sign out, choose a password, make the first administrator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from madang.access.api import STAFF_AAL
from madang.identity import actions, ceremony, kept_forms, kiosks, links, sessions
from madang.identity.account_models import Account
from madang.identity.api import first_administrator_link
from madang.identity.authenticators import best_aal, kinds_of
from madang.identity.enrolment_pages import second_proof
from madang.identity.errors import LinkSpent, TooManyAttempts
from madang.identity.methods import PASSWORD, Method, offered
from madang.identity.passwords import PASSWORD_LENGTH
from madang.identity.rules import STAFF_SESSIONS
from madang.identity.sessions import Proof
from madang.kernel.errors import Conflict, Invalid


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the ways to sign in; staff may write name and password at once."""
    wish = ceremony.note_wish(request)
    facts = sessions.facts(request)
    if request.method != "POST" and facts is not None and request.GET:
        return ceremony.lead_on(request, wish)
    context = {
        "heading": _("Sign in"),
        "name": wish.hint,
        "methods": _others(offered((), wish.aal)),
        "cancel": wish.cancel,
    }
    if request.method != "POST":
        return render(request, "identity/sign_in.html", context)
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    context |= {"name": name}
    try:
        account = actions.sign_in(request, name, password)
    except TooManyAttempts as error:
        minutes = max(1, round(error.retry_after_s / 60))
        context["error"] = ngettext(
            "Too many wrong passwords. Try again in %(minutes)s minute.",
            "Too many wrong passwords. Try again in %(minutes)s minutes.",
            minutes,
        ) % {"minutes": minutes}
        response = render(request, "identity/sign_in.html", context, status=429)
        response["Retry-After"] = str(round(error.retry_after_s))
        return response
    if account is None:
        context["error"] = _("Name or password is wrong. Check both and try again.")
        return render(request, "identity/sign_in.html", context, status=422)
    return ceremony.complete(request, account, [Proof("pwd")])


@never_cache
def more(request: HttpRequest) -> HttpResponse:
    """Ask for a further factor: what was shown so far does not reach what is wanted."""
    facts, wish = sessions.facts(request), ceremony.wish_of(request)
    if facts is None:
        return redirect("sign-in")
    if ceremony.is_met(facts, wish):
        return ceremony.lead_on(request, wish)
    if facts.idle in STAFF_SESSIONS and best_aal(facts.account) < min(wish.aal, STAFF_AAL):
        return second_proof(request, facts, wish)
    fresh = not facts.level.meets(wish.level)
    context = {
        "heading": _("Show once more that it is you"),
        "methods": offered(facts.amr if fresh else (), wish.aal, kinds_of(facts.account)),
        "wants_proofing": facts.level.ial < wish.ial,
        "cancel": wish.cancel,
    }
    return render(request, "identity/more.html", context)


@never_cache
def kept_form(request: HttpRequest) -> HttpResponse:
    """Hand back the form that was sent after its session had ended."""
    facts = sessions.facts(request)
    kept = kept_forms.take(request, facts.account) if facts else None
    if kept is None:
        return redirect("home")
    path, fields = kept
    context = {"heading": _("Your answers are kept"), "path": path, "fields": fields}
    return render(request, "identity/kept_form.html", context)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser drops what it kept of it, at a kiosk everything."""
    facts = sessions.facts(request)
    sessions.end(request)
    if facts is not None and facts.kiosk:
        return kiosks.wiped(request, redirect("kiosk"))
    response = redirect("home")
    # language, text size and push subscriptions are the reader's own and stay
    response["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@sensitive_post_parameters("password", "again")
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Let the owner of a one-time link choose a password."""
    try:
        account = links.account_of_link(uid, token)
        context = {
            "heading": _("Choose a password, %(name)s") % {"name": account.login},
            "length": PASSWORD_LENGTH,
            "name": account.login,
        }
        if request.method == "POST":
            password = _same_twice(request)
            here = sessions.facts(request)
            chosen = actions.choose_password(uid, token, password, but=here.id if here else "")
            return _signed_in(request, chosen)
    except LinkSpent:
        return _spent(request)
    except Invalid as error:
        context["errors"] = error.fields
        return render(request, "identity/set_password.html", context, status=422)
    return render(request, "identity/set_password.html", context)


@never_cache
@sensitive_post_parameters("password", "again")
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever started the installation make its first administrator."""
    name = request.POST.get("name", "")
    context = {
        "heading": _("Make the first administrator"),
        "length": PASSWORD_LENGTH,
        "asks_name": True,
        "name": name,
    }
    try:
        links.check_first_administrator(token)
        if first_administrator_link("") is None:
            return _spent(request)
        if request.method == "POST":
            password = _same_twice(request)
            return _signed_in(request, actions.make_first_administrator(token, name, password))
    except LinkSpent:
        return _spent(request)
    except Invalid as error:
        context["errors"] = error.fields
        return render(request, "identity/set_password.html", context, status=422)
    except Conflict:
        context["errors"] = {"name": _("This name is taken. Choose another one.")}
        return render(request, "identity/set_password.html", context, status=409)
    return render(request, "identity/set_password.html", context)


def _signed_in(request: HttpRequest, account: Account) -> HttpResponse:
    return ceremony.complete(request, account, [Proof("pwd")])


def _others(methods: list[Method]) -> list[Method]:
    return [method for method in methods if method is not PASSWORD]


def _same_twice(request: HttpRequest) -> str:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        reason = _("The two passwords differ. Type the same one twice.")
        raise Invalid(reason, {"again": reason})
    return password


def _spent(request: HttpRequest) -> HttpResponse:
    context = {"heading": _("This link does not work any more")}
    return render(request, "identity/link_spent.html", context, status=410)
