"""Pages of "call me back": the resident's form, the officer's list, one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.city.api import profile
from madang.identity.api import client_address, current_actor
from madang.kernel.errors import Invalid, LimitReached, NotFound
from madang.kernel.times import now
from madang.notices import calls, forms


@dataclass(frozen=True)
class ShownCall:
    """A call in the officer's language."""

    call: calls.Call
    topic: str
    day: str
    language: str
    district: str


@never_cache
@sensitive_post_parameters("phone")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a number and when to call; show what happens next."""
    if request.method != "POST":
        return _form(request, request.GET, {})
    try:
        wish = _wish(request.POST)
        calls.ask(wish, source=client_address(request))
    except LimitReached as error:
        response = _form(request, request.POST, {}, trouble=error.message, status=429)
        response["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return response
    except Invalid as error:
        return _form(request, request.POST, error.fields, status=422)
    first, last = calls.WINDOWS[wish.window]
    context = {
        "heading": _("We call you on %(day)s between %(from)s and %(to)s")
        % {"day": _day(wish.day), "from": _hour(first), "to": _hour(last)},
        "crumbs": [(_("Home"), "/")],
        "topic": topic_title(wish.topic),
    }
    return render(request, "notices/call_asked.html", context)


def _wish(post: QueryDict) -> calls.Wish:
    window = post.get("window", "")
    return calls.Wish(
        phone=post.get("phone", ""),
        topic=post.get("topic", ""),
        day=_read_day(post.get("day", "")),
        window=int(window) if window.isdigit() and len(window) < 3 else -1,
        language=post.get("language", ""),
        district=post.get("district", ""),
        consents=bool(post.get("consent")),
    )


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min  # no day that can be chosen


def _form(
    request: HttpRequest,
    given: QueryDict,
    errors: dict[str, str],
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    codes = [code for code, _name in django_settings.LANGUAGES]
    numbers = profile().city.phones
    context = {
        "heading": _("We call you back"),
        "crumbs": [(_("Home"), "/")],
        "failed": [trouble] if trouble else [],
        "errors": errors,
        "error_list": list(errors.items()),
        "given": given,
        "topics": [(name, topic_title(name)) for name in calls.TOPICS],
        "days": [(day.isoformat(), _day(day)) for day in calls.days()],
        "windows": [(str(n), f"{_hour(a)}–{_hour(b)}") for n, (a, b) in enumerate(calls.WINDOWS)],
        "message_languages": [(code, get_language_info(code)["name_local"]) for code in codes],
        "form_language": given.get("language") or get_language() or "",
        "places": [("", "–"), *forms.district_choices()],
        "window": given.get("window", _next_window()),
        "consents": [("1", consent_text(), "")],
        "consent": given.getlist("consent"),
        "example": numbers.patterns[0].example if numbers.patterns else "",
    }
    return render(request, "notices/call_back.html", context, status=status)


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show the calls to make, the next one first; no number stands here."""
    actor = current_actor(request)
    waiting = [_shown(call) for call in calls.calls(actor)]
    count = len(waiting)
    context = {
        "heading": ngettext("%(n)s call to make", "%(n)s calls to make", count) % {"n": count}
        if waiting
        else _("No call to make"),
        "crumbs": [(_("Home"), "/")],
        "waiting": waiting,
        "done": [_shown(call) for call in calls.calls(actor, is_open=False, limit=20)],
    }
    return render(request, "notices/call_backs.html", context)


@never_cache
@sensitive_post_parameters("phone")
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show one call; its number only after a reason, which is kept; note how it went."""
    actor = current_actor(request)
    phone, fault = "", ""
    try:
        if request.method == "POST" and "result" in request.POST:
            calls.close(actor, number, request.POST["result"], request.POST.get("note", ""))
            messages.success(request, _("It is noted."))
            return redirect("call-backs")
        if request.method == "POST":
            phone = calls.look(actor, number, request.POST.get("reason", ""))
    except Invalid as error:
        fault = error.message
    shown = _shown(calls.call(actor, number))
    context = {
        "heading": _("Call about: %(topic)s") % {"topic": shown.topic},
        "crumbs": [(_("Home"), "/"), (_("Calls to make"), "/call-backs/")],
        "item": shown,
        "number": phone,
        "fault": fault,
    }
    return render(request, "notices/call_one.html", context, status=422 if fault else 200)


def _next_window() -> str:
    """Return the first time of day that is still to come today."""
    hour = profile().local(now()).hour
    ahead = [str(n) for n, (_first, last) in enumerate(calls.WINDOWS) if last > hour]
    return ahead[0] if ahead else "0"


def consent_text() -> str:
    """Return what is agreed to; `calls.CONSENT` names this wording."""
    return _(
        "The city may keep my number, encrypted, to call me about this. It is deleted after the "
        "call, or after 90 days at the latest."
    )


def topic_title(name: str) -> str:
    """Return a topic's name in the reader's language."""
    titles = {
        "services": _("A service or an application"),
        "air": _("The air and what to do"), "alerts": _("Signing up for alerts"),
        "website": _("Using these pages"), "other": _("Something else"),
    }  # fmt: skip
    return titles.get(name, name)


def _shown(call: calls.Call) -> ShownCall:
    return ShownCall(
        call=call,
        topic=topic_title(call.topic),
        day=f"{_day(call.day)}, {_hour(call.hours[0])}–{_hour(call.hours[1])}",
        language=_language_name(call.language),
        district=_place(call.district),
    )


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _place(code: str) -> str:
    if not code:
        return "–"
    try:
        return profile().unit(code).name(get_language() or "")
    except NotFound:
        return code


def _day(day: date) -> str:
    return profile().date_text(day, get_language() or "")


def _hour(hour: int) -> str:
    return f"{hour:02d}:00"
