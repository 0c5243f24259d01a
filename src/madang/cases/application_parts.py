"""What the pages of an application share: whose draft, which address, what stands around."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases import drafts
from madang.cases.application_errors import NoDraft
from madang.cases.application_sending import Sight, is_current, sight
from madang.cases.drafts import Open
from madang.city.api import profile
from madang.identity.api import acting_in, current_actor
from madang.kernel.errors import NotFound, Unauthenticated
from madang.kernel.writing import locale_of, moment_text
from madang.services.api import Form

COOKIE = "madang_application"
SENIOR = "senior"
RESERVED = frozenset(
    {"check", "done", "papers", "later", "key-in", "start-over", "new-version", "form.pdf"}
)
_PREFIX = "page."


def is_senior(request: HttpRequest) -> bool:
    """Return whether the reader wants large type, and so one question a page."""
    chosen = request.GET.get("display") or request.COOKIES.get("madang_display")
    return chosen == SENIOR


def step_url(service: str, key: str) -> str:
    """Return the address of a page of questions."""
    name = f"{_PREFIX}{key}" if key in RESERVED else key
    return reverse("apply-page", args=(service, name))


def step_key(name: str) -> str:
    """Return which page an address names."""
    return name.removeprefix(_PREFIX)


def opened(request: HttpRequest, service: str) -> Open:
    """Return the application this browser or account is writing.

    Raises
    ------
    Unauthenticated
        If it belongs to an account that is not signed in any more; the form just sent is kept.
    NoDraft
    """
    actor = current_actor(request)
    key = request.COOKIES.get(COOKIE, "")
    draft = drafts.find(actor, service, key)
    if draft is not None:
        return draft
    if key and actor.is_anonymous and drafts.is_of_somebody(service, key):
        raise Unauthenticated(_("Your session is over. Sign in again: your answers are kept."))
    raise NoDraft(_("No application is open in this browser. Begin, or take up a saved one."))


def seen_by(request: HttpRequest, draft: Open) -> Sight:
    """Return the questions of a draft as this reader gets them."""
    return sight(draft, get_language() or "", alone=is_senior(request))


def remember(response: HttpResponse, draft: Open) -> HttpResponse:
    """Let the browser know its application, on the pages of this service only."""
    response.set_cookie(
        COOKIE, draft.row.key, max_age=int(drafts.LASTS.total_seconds()),
        path=reverse("apply", args=(draft.row.service,)), samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True,
    )  # fmt: skip
    return response


def forget(response: HttpResponse, service: str) -> HttpResponse:
    """Let the browser forget its application."""
    response.delete_cookie(COOKIE, path=reverse("apply", args=(service,)), samesite="Lax")
    return response


def around(form: Form, **more: Any) -> dict[str, Any]:
    """Return the context that all pages of an application share."""
    service = form.package.service
    own = service.language
    return {
        "service": service,
        "text_language": "" if _is_in(form, get_language() or "") else own,
        "crumbs": [(_("Home"), "/"), (service.title, reverse("apply", args=(service.id,)))],
        "paper_form": reverse("apply-form", args=(service.id,)),
        **more,
    }


def version_state(draft: Open) -> str:
    """Return ``current``, ``changed`` (there is a newer version) or ``withdrawn``."""
    try:
        return "current" if is_current(draft) else "changed"
    except NotFound:
        return "withdrawn"


def channel_of(actor: Actor, form: Form) -> str:
    """Return by which way an application comes in: the web, or where staff assist."""
    offered = {channel.kind for channel in form.package.service.channels}
    if not actor.through:
        return "web" if "web" in offered else "app"
    acting = acting_in(actor)
    wanted = acting.channel if acting else ""
    ways = (wanted, "counter", "phone", "visit", "kiosk", "web")
    return next((way for way in ways if way in offered), "web")


def day_and_clock(moment: datetime) -> str:
    """Return a moment as the city writes day and time."""
    language = get_language() or ""
    city = profile()
    return moment_text(moment, language, city.timezone, city.today(), city.habits(language))


def money_text(minor: int) -> str:
    """Return an amount in the city's money; 0 is free."""
    if not minor:
        return _("free of charge")
    money = profile().currency
    if money.code == "KRW":  # as people here write it, not as the sign
        return _("%(amount)s won") % {"amount": profile().number_text(minor)}
    amount = Decimal(minor).scaleb(-money.minor_digits)
    return format_currency(amount, money.code, locale=locale_of(get_language() or ""))


def _is_in(form: Form, language: str) -> bool:
    package = form.package
    return package.service.language == language or language in package.translations
