"""Pages of a person's messages: the inbox, one message, and how they want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madang.identity.api import current_actor
from madang.kernel.errors import Forbidden, NotFound
from madang.notices import inbox, person
from madang.notices.channels import setup
from madang.notices.errors import LinkSpent

PAGE = 20
TOPICS = {"cases": gettext_noop("Your applications and reports")}
CHANNELS = {
    "email": gettext_noop("E-mail"),
    "sms": gettext_noop("Text message"),
    "kakao": gettext_noop("KakaoTalk"),
    person.LETTER: gettext_noop("Letter"),
}
STATES = {
    "queued": gettext_noop("on its way"),
    "sent": gettext_noop("sent"),
    "failed": gettext_noop("could not be sent"),
    "posted": gettext_noop("posted"),
    "delivered": gettext_noop("delivered"),
    "returned": gettext_noop("came back"),
}


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show the inbox, a page at a time."""
    actor = current_actor(request)
    crumbs = [(_("Home"), "/")]
    try:
        number = max(1, int(request.GET.get("page", "1") or 1))
    except ValueError:
        number = 1
    try:
        found = inbox.messages_of(actor, limit=PAGE + 1, skip=(number - 1) * PAGE)
        unread = inbox.unread_of(actor)
    except Forbidden:
        return _nobodys(request)
    context = {
        "heading": _heading(unread, has_any=bool(found)),
        "crumbs": crumbs,
        "found": found[:PAGE],
        "older": number + 1 if len(found) > PAGE else None,
        "newer": number - 1 if number > 1 else None,
        "is_own": not actor.on_behalf_of,
    }
    return render(request, "notices/messages.html", context)


@require_safe
@never_cache
def one(request: HttpRequest, message: str) -> HttpResponse:
    """Show one message and the ways it took."""
    found = inbox.message_of(current_actor(request), message)
    ways = [
        (_(CHANNELS.get(way.channel, way.channel)), _(STATES.get(way.state, way.state)), way.at)
        for way in found.ways
    ]
    context = {
        "heading": found.title,
        "crumbs": [(_("Home"), "/"), (_("Messages"), "/messages/")],
        "item": found,
        "ways": ways,
    }
    return render(request, "notices/message.html", context)


@never_cache
def wishes(request: HttpRequest) -> HttpResponse:
    """Let a person choose how they are told of their matters."""
    actor = current_actor(request)
    try:
        said = inbox.wishes_of(actor)
    except Forbidden:
        return _nobodys(request)
    offered = [*(name for name in setup.offered() if name in CHANNELS), person.LETTER]
    if request.method == "POST":
        chosen = {
            (topic, channel): f"{topic}.{channel}" in request.POST
            for topic in TOPICS
            for channel in offered
        }
        inbox.keep_wishes(actor, chosen)
        messages.success(request, _("Your choice is kept."))
        return redirect("messages")
    topics = [
        (
            _(title),
            [
                (f"{topic}.{name}", _(CHANNELS[name]), said.get((topic, name), _is_default(name)))
                for name in offered
            ],
        )
        for topic, title in TOPICS.items()
    ]
    context = {
        "heading": _("How we tell you"),
        "crumbs": [(_("Home"), "/"), (_("Messages"), "/messages/")],
        "topics": topics,
    }
    return render(request, "notices/message_wishes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a topic on a channel: a page asks, one POST does it (RFC 8058)."""
    crumbs = [(_("Home"), "/")]
    if request.method != "POST":
        return render(
            request,
            "notices/message_stop.html",
            {"heading": _("Stop these messages?"), "crumbs": crumbs, "token": token},
        )
    try:
        topic = person.stop(token)
    except LinkSpent as error:
        return render(
            request,
            "notices/message_stop.html",
            {"heading": _("This link does not work"), "crumbs": crumbs, "why": error.message},
            status=404,
        )
    if topic not in TOPICS:
        raise NotFound("there are no such messages")
    done = {"heading": _("These messages have stopped"), "crumbs": crumbs, "done": True}
    return render(request, "notices/message_stop.html", done)


def _nobodys(request: HttpRequest) -> HttpResponse:
    """Say why there are no messages: the account belongs to nobody of the register."""
    context = {
        "heading": _("There are no messages here"),
        "crumbs": [(_("Home"), "/")],
        "why": True,
    }
    return render(request, "notices/messages.html", context)


def _is_default(channel: str) -> bool:
    return channel != person.LETTER


def _heading(unread: int, *, has_any: bool) -> str:
    if unread:
        return ngettext("%(n)s message is new", "%(n)s messages are new", unread) % {"n": unread}
    return _("You have read all messages") if has_any else _("You have no messages")
