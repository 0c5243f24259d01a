"""A reader's own choices, kept in cookies: language, display, colours, district. No JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from madang.kernel.errors import NotFound
from madang.web.choices import (
    DISPLAY_COOKIE,
    DISPLAYS,
    DISTRICT_COOKIE,
    THEME_COOKIE,
    THEMES,
    is_district,
)

YEAR_S = 365 * 86400


def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language and go back to the page."""
    if code not in dict(settings.LANGUAGES):
        raise NotFound(_("There are no pages in %(code)s.") % {"code": code})
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, code)


def display(request: HttpRequest, name: str) -> HttpResponse:
    """Remember how pages are shown and go back to the page."""
    if name not in DISPLAYS:
        raise NotFound(_("There is no display %(name)s.") % {"name": name})
    return _remember(request, DISPLAY_COOKIE, name)


def theme(request: HttpRequest, name: str) -> HttpResponse:
    """Remember the colours and go back to the page."""
    if name not in THEMES:
        raise NotFound(_("There are no colours %(name)s.") % {"name": name})
    return _remember(request, THEME_COOKIE, name)


def district(request: HttpRequest) -> HttpResponse:
    """Remember the reader's district and go back to the page; an empty code forgets it."""
    code = request.GET.get("code", "")
    if not code:
        response = _back(request)
        response.delete_cookie(DISTRICT_COOKIE, samesite="Lax")
        return response
    if not is_district(code):
        raise NotFound(_("There is no district %(code)s.") % {"code": code})
    return _remember(request, DISTRICT_COOKIE, code)


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Return the page to go to after this one; never another site."""
    target = str(request.POST.get("next") or request.GET.get("next") or fallback)
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if allowed else fallback


def _back(request: HttpRequest) -> HttpResponse:
    response = redirect(safe_next(request))
    response["Cache-Control"] = "no-store"
    return response


def _remember(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    response = _back(request)
    response.set_cookie(
        cookie,
        value,
        max_age=YEAR_S,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
