"""What surrounds every request of somebody who acts for another, or stands at a kiosk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from madang.access.api import Actor
from madang.identity import acts, sessions
from madang.identity.api import current_actor
from madang.identity.rules import IDLE_S

_SAFE = ("GET", "HEAD", "OPTIONS")
# what is no act for the other: ending it, switching, and choices of the reader's own
_NO_ACTS = frozenset({"act-for", "act-for-oneself", "sign-out", "assist-refuse"})


class ActingMiddleware:
    """Stop who acts by a right that has ended; write every act for another down; wipe kiosks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer; note what was done, and for whom."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        with acts.acts_noted() as noted:
            response = self.get_response(request)
        actor: Actor | None = getattr(request, "_madang_acted_as", None)
        if actor is not None and response.status_code < 400 and not noted:
            match = request.resolver_match
            acts.note_act(actor, (match.view_name if match else "") or request.path[:100])
        return _for_kiosk(request, response)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Turn back who acts by a right that is over, before anything is done in a wrong name."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        facts = sessions.facts(request)
        if facts is None or not (facts.mandate or facts.assisted):
            return None
        actor = current_actor(request)
        if not actor.on_behalf_of:
            sessions.turn(request)
            return redirect("acting-over")
        match = request.resolver_match
        name = match.view_name if match else ""
        if request.method not in _SAFE and name not in _NO_ACTS:
            request._madang_acted_as = actor  # type: ignore[attr-defined]
        return None


def _for_kiosk(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let a kiosk's page go by itself, without JavaScript, when its session was idle too long."""
    facts = sessions.facts(request)
    if facts is not None and facts.kiosk:
        response["Refresh"] = f"{IDLE_S['kiosk']}; url=/kiosk/over/"
        response["Cache-Control"] = "no-store"
    return response
