"""What the pages of signing in share: the trail of links, and how they say that it did not work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madang.access.api import Actor
from madang.identity.errors import TooManyAttempts
from madang.identity.sessions import SessionFacts, facts
from madang.kernel.errors import Unauthenticated


def trail(*further: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the links above a page on the way in."""
    return [(_("Home"), "/"), (_("Sign in"), reverse("sign-in")), *further]


def own_trail(*further: tuple[str, str], actor: Actor | None = None) -> list[tuple[str, str]]:
    """Return the links above a page of one's own account; while acting for others, without it."""
    own = [] if actor and actor.on_behalf_of else [(_("Your account"), reverse("account"))]
    return [(_("Home"), "/"), *own, *further]


def counter_trail(actor: Actor) -> list[tuple[str, str]]:
    """Return the links above a page of a counter; only clerks have one to help residents at."""
    desk = [(_("Help a resident"), reverse("assist"))] if "clerk" in actor.roles else []
    return [(_("Home"), "/"), *desk]


def signed_in(request: HttpRequest) -> SessionFacts:
    """Return who is signed in; raises `Unauthenticated` where the session ended just now."""
    found = facts(request)
    if found is None:
        raise Unauthenticated("sign in to see this")
    return found


def refused(
    request: HttpRequest, template: str, context: dict[str, Any], text: str, field: str = ""
) -> HttpResponse:
    """Return the page once more, saying what was wrong, at the field where there is one."""
    said: dict[str, Any] = {"errors": {field: text}} if field else {"error": text}
    return render(request, template, context | said, status=422)


def too_many(
    request: HttpRequest, template: str, context: dict[str, Any], error: TooManyAttempts
) -> HttpResponse:
    """Return the page once more, saying how long to wait and that nothing is lost."""
    minutes = max(1, round(error.retry_after_s / 60))
    text = ngettext(
        "Too many tries. Try again in %(minutes)s minute, or sign in another way.",
        "Too many tries. Try again in %(minutes)s minutes, or sign in another way.",
        minutes,
    ) % {"minutes": minutes}
    response = render(request, template, context | {"error": text}, status=429)
    response["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return response
