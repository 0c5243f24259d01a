"""Sign in, sign out, choose a password, make the first administrator."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from madang.identity import actions, links
from madang.identity.api import first_administrator_link
from madang.identity.errors import LinkSpent, TooManyAttempts
from madang.kernel.errors import Conflict, Invalid

SESSION_S = 12 * 3600  # NIST SP 800-63B section 4.2.3: sign in again at least every 12 hours
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; a wrong pair is not told apart."""
    context = {"heading": _("Sign in"), "next": request.GET.get("next", ""), "name": ""}
    if request.method != "POST":
        return render(request, "identity/sign_in.html", context)
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    context |= {"next": request.POST.get("next", ""), "name": name}
    try:
        user = actions.sign_in(request, name, password)
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
    if user is None:
        context["error"] = _("Name or password is wrong. Check both and try again.")
        return render(request, "identity/sign_in.html", context, status=422)
    _open_session(request, user)
    return redirect(_safe(request, str(context["next"])))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("home")


@never_cache
@sensitive_post_parameters("password", "again")
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Let the owner of a one-time link choose a password."""
    try:
        user = links.user_of_link(uid, token)
        context = {
            "heading": _("Choose a password, %(name)s") % {"name": user.get_username()},
            "length": actions.PASSWORD_LENGTH,
            "name": user.get_username(),
        }
        if request.method == "POST":
            password = _same_twice(request)
            _open_session(request, actions.choose_password(uid, token, password))
            return redirect("home")
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
        "length": actions.PASSWORD_LENGTH,
        "asks_name": True,
        "name": name,
    }
    try:
        links.check_first_administrator(token)
        if first_administrator_link("") is None:
            return _spent(request)
        if request.method == "POST":
            password = _same_twice(request)
            _open_session(request, actions.make_first_administrator(token, name, password))
            return redirect("home")
    except LinkSpent:
        return _spent(request)
    except Invalid as error:
        context["errors"] = error.fields
        return render(request, "identity/set_password.html", context, status=422)
    except Conflict:
        context["errors"] = {"name": _("This name is taken. Choose another one.")}
        return render(request, "identity/set_password.html", context, status=409)
    return render(request, "identity/set_password.html", context)


def _open_session(request: HttpRequest, user: object) -> None:
    login(request, user, backend=_BACKEND)  # type: ignore[arg-type]
    request.session.set_expiry(SESSION_S)


def _same_twice(request: HttpRequest) -> str:
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        reason = _("The two passwords differ. Type the same one twice.")
        raise Invalid(reason, {"again": reason})
    return password


def _spent(request: HttpRequest) -> HttpResponse:
    context = {"heading": _("This link does not work any more")}
    return render(request, "identity/link_spent.html", context, status=410)


def _safe(request: HttpRequest, target: str) -> str:
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if target and allowed else "/"
