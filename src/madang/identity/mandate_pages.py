"""Pages of acting for others: who may act for me, for whom I may, and switching between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.city.api import profile
from madang.identity import acting, mandates
from madang.identity.api import current_actor
from madang.identity.errors import NoMandate, TooManyAttempts
from madang.identity.mandate_lists import Shown, mandates_of
from madang.identity.mandate_rules import EVIDENCE, KINDS, VERBS
from madang.identity.mandates import Wish
from madang.identity.page_parts import own_trail
from madang.identity.scopes import services, title_of
from madang.kernel.errors import Invalid
from madang.kernel.events import new_id

_ENDED_WHY = {
    "majority": gettext_noop("of age now"),
    "dead": gettext_noop("a death"),
    "emigrated": gettext_noop("moved abroad"),
    "lapsed": gettext_noop("nobody took it"),
}


@dataclass(frozen=True)
class Row:
    """A mandate in the reader's words."""

    mandate: Shown
    kind: str
    verbs: list[str]
    services: list[str]
    evidence: str
    ended_why: str


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show who may act for the reader, and for whom the reader may act."""
    actor = current_actor(request)
    both = mandates_of(actor)
    given, held = [[shown(one) for one in rows] for rows in (both.given, both.held)]
    live = [row for row in given if row.mandate.state != "ended"]
    context = {
        "heading": _heading(len([row for row in live if row.mandate.state == "in-force"])),
        "crumbs": own_trail(),
        "given": live,
        "held": [row for row in held if row.mandate.state == "in-force"],
        "past": [row for row in (*given, *held) if row.mandate.state == "ended"],
        "is_known": bool(actor.person),
    }
    return render(request, "identity/mandates.html", context)


@never_cache
def offer(request: HttpRequest) -> HttpResponse:
    """Let somebody act for the reader: choose what, get a code to hand on."""
    given = request.POST
    key = given.get("key") or new_id()
    context: dict[str, Any] = {
        "heading": _("Let somebody act for you"),
        "crumbs": own_trail((_("Acting for others"), "/account/mandates/")),
        "key": key,
        "kinds": [(one.id, _(one.title), "") for one in KINDS.values() if one.by_resident],
        "kind": given.get("kind", ""),
        "verbs": [(name, _(title), "") for name, title in VERBS.items()],
        "verbs_chosen": given.getlist("verbs"),
        **services_asked(given),
        "until": given.get("until", ""),
    }
    if request.method != "POST" or given.get("do") == "find":
        return render(request, "identity/mandate_new.html", context)
    try:
        wish = wish_of(request)
        code = mandates.offer(current_actor(request), wish, mandate_id=key)
    except Invalid as error:
        context |= {"errors": error.fields, "error_list": list(error.fields.items())}
        return render(request, "identity/mandate_new.html", context, status=422)
    except NoMandate as error:
        context |= {"refused": error.message}
        return render(request, "identity/mandate_new.html", context, status=409)
    heading = _("Hand this code to whoever is to act for you")
    context |= {"heading": heading, "code": in_groups(code)}
    return render(request, "identity/mandate_code.html", context)


@never_cache
def accept(request: HttpRequest) -> HttpResponse:
    """Take a mandate on: type the code, see who gives what, say yes."""
    actor = current_actor(request)
    code = request.POST.get("code", "")
    context: dict[str, Any] = {
        "heading": _("Act for somebody who gave you a code"),
        "crumbs": own_trail((_("Acting for others"), "/account/mandates/")),
        "code": code,
    }
    if request.method != "POST":
        return render(request, "identity/mandate_accept.html", context)
    try:
        if request.POST.get("yes"):
            mandates.accept(actor, code)
            return redirect("mandates")
        context["offer"] = shown(mandates.offer_with(actor, code))
    except NoMandate as error:
        context["error"] = error.message
        return render(request, "identity/mandate_accept.html", context, status=422)
    except TooManyAttempts as error:
        context["error"] = error.message
        return render(request, "identity/mandate_accept.html", context, status=429)
    name = context["offer"].mandate.other
    context["heading"] = _("Do you want to act for %(name)s?") % {"name": name}
    return render(request, "identity/mandate_accept.html", context)


@never_cache
def end(request: HttpRequest, mandate_id: str) -> HttpResponse:
    """Ask once more, then end a mandate at once."""
    actor = current_actor(request)
    both = mandates_of(actor)
    found = next((one for one in (*both.given, *both.held) if one.id == mandate_id), None)
    if found is None:
        raise NoMandate(_("There is no such mandate."))
    if request.method == "POST":
        mandates.revoke(actor, mandate_id)
        return redirect("mandates")
    context = {
        "heading": _("End this mandate now?"),
        "crumbs": own_trail((_("Acting for others"), "/account/mandates/")),
        "row": shown(found),
    }
    return render(request, "identity/mandate_end.html", context)


@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Act by a mandate from now on; without one, for oneself again."""
    actor = current_actor(request)
    chosen = request.POST.get("mandate", "")
    if not chosen:
        acting.act_for_oneself(request, actor)
        return redirect("my")
    acting.act_for(request, actor, chosen)
    return redirect("my")


@require_safe
@never_cache
def over(request: HttpRequest) -> HttpResponse:
    """Say that the right to act for the other has ended, and that nothing was sent."""
    context = {"heading": _("You act for yourself again"), "crumbs": own_trail()}
    return render(request, "identity/acting_over.html", context)


def shown(one: Shown) -> Row:
    """Return a mandate in the reader's words."""
    return Row(
        mandate=one,
        kind=_(KINDS[one.kind].title) if one.kind in KINDS else one.kind,
        verbs=[_(VERBS[verb]) for verb in one.verbs if verb in VERBS],
        services=[title_of(service) or service for service in one.services],
        evidence=_(EVIDENCE.get(one.evidence, one.evidence)),
        ended_why=_(_ENDED_WHY[one.ended_why]) if one.ended_why in _ENDED_WHY else "",
    )


def services_asked(given: QueryDict) -> dict[str, Any]:
    """Return what a form needs to let people choose services: found by words, and those chosen."""
    words, chosen = given.get("words", "").strip()[:100], given.getlist("services")
    found = services(words, chosen=tuple(chosen))
    return {
        "services": [(key, title, "") for key, title in found.items()],
        "services_chosen": chosen,
        "words": words,
    }


def wish_of(request: HttpRequest) -> Wish:
    """Return what a form asks for; raises `Invalid` for a day that is none."""
    return Wish(
        kind=request.POST.get("kind", ""),
        verbs=tuple(request.POST.getlist("verbs")),
        services=tuple(request.POST.getlist("services")),
        until=last_moment(request.POST.get("until", "")),
    )


def last_moment(text: str) -> datetime | None:
    """Return the end of a day that was written down, None for no day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        reason = _("Write the day as 2026-12-31.")
        raise Invalid(reason, {"until": reason}) from None
    return datetime.combine(day, time(0), profile().timezone)


def in_groups(code: str) -> str:
    """Return a code as people read it to each other.

    >>> in_groups("ABCDE23456")
    'ABCDE-23456'
    """
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def _heading(count: int) -> str:
    if not count:
        return _("Nobody acts for you")
    return ngettext("%(n)s person may act for you", "%(n)s people may act for you", count) % {
        "n": count
    }
