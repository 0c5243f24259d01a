"""What the pages of an application share: whose draft, which address, what stands around."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases import application_knowing, drafts
from madang.cases.application_errors import NoDraft
from madang.cases.application_sending import Sight, is_current, sight
from madang.cases.case_versions import district_name, district_names, home_of
from madang.cases.case_words import money
from madang.cases.drafts import Open
from madang.city.api import profile
from madang.identity.api import acting_in, current_actor
from madang.kernel.errors import Invalid, NotFound, Unauthenticated
from madang.kernel.writing import moment_text
from madang.services import api as services
from madang.services.api import Form

COOKIE = "madang_application"
SENIOR = "senior"
DISTRICT_COOKIE = "madang_district"  # the district chosen on the home page
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
        return application_knowing.looked(actor, draft)
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
        "paper_form": paper_url(form),
        "district": district_name(form.package.district, get_language() or ""),
        **more,
    }


def paper_url(form: Form) -> str:
    """Return where the form of this version is on paper, filled in as far as it is answered."""
    url = reverse("apply-form", args=(form.package.id,))
    return f"{url}?district={form.package.district}" if form.package.district else url


def district_wanted(request: HttpRequest) -> str:
    """Return the district that a reader named for their matter, now or before; empty for none."""
    named = request.POST.get("district", request.GET.get("district"))
    if named is not None:
        return named[:20]
    own = home_of(drafts.subject_of(current_actor(request)))
    return own or request.COOKIES.get(DISTRICT_COOKIE, "")[:20]


def district_asked(
    request: HttpRequest, service: str, error: Invalid | None = None
) -> HttpResponse:
    """Ask in which district it is, where districts have versions of their own of a service.

    The answer goes where the reader came from: by POST where they sent something.
    """
    language = get_language() or ""
    title = services.form_in(services.current(service).hash, language).package.service.title
    is_sent = request.method == "POST"
    fields = error.fields if error and (is_sent or request.GET.get("district")) else {}
    context = {
        "heading": _("In which district is it?"),
        "crumbs": [(_("Home"), "/"), (title, reverse("apply", args=(service,)))],
        "title": title,
        "districts": [("", _("Choose")), *district_names(language)],
        "fault": fields.get("district", ""),
        "errors": list(fields.items()),
        "is_sent": is_sent,
        "kept": [(k, v) for k, v in (request.POST if is_sent else request.GET).items()
                 if k not in ("district", "csrfmiddlewaretoken")],
    }  # fmt: skip
    return render(request, "cases/apply_district.html", context, status=422 if fields else 200)


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
    return money(minor)


def _is_in(form: Form, language: str) -> bool:
    package = form.package
    return package.service.language == language or language in package.translations
