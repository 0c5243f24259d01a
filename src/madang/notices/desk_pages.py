"""The operator's pages: how far notices have come, and what was recorded instead of sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import purpose
from madang.identity.api import current_actor
from madang.notices import forms, progress
from madang.notices.purposes import WATCH


@dataclass(frozen=True)
class ShownNotice:
    """A notice's progress in the operator's language."""

    notice: progress.NoticeProgress
    states: list[tuple[str, int]]


@require_safe
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """Show the newest notices with their progress, and each channel."""
    with purpose(current_actor(request), WATCH):
        found = progress.overview(get_language() or "")
    waiting = sum(lane.waiting for lane in found.lanes)
    context = {
        "heading": ngettext(
            "%(n)s message waits to go out", "%(n)s messages wait to go out", waiting
        )
        % {"n": waiting}
        if waiting
        else _("Every message is out"),
        "crumbs": [(_("Home"), "/"), (_("Operations"), "/operations/")],
        "notices": [_shown(notice) for notice in found.notices],
        "lanes": [(forms.channel_title(lane.channel), lane) for lane in found.lanes],
        "subscribers": found.subscribers,
        "unheard": found.unheard,
        "contacts": [(forms.channel_title(name), n) for name, n in found.contacts.items()],
    }
    return render(request, "notices/desk.html", context)


@require_safe
@never_cache
def recorded(request: HttpRequest) -> HttpResponse:
    """Show the newest messages that this instance recorded and did not send."""
    with purpose(current_actor(request), WATCH):
        found = progress.recorded()
    context = {
        "heading": _("Messages recorded, not sent"),
        "crumbs": [
            (_("Home"), "/"), (_("Operations"), "/operations/"),
            (_("Notices"), "/operations/notices/"),
        ],
        "messages_recorded": [(forms.channel_title(row.channel), row) for row in found],
    }  # fmt: skip
    return render(request, "notices/recorded.html", context)


def _shown(notice: progress.NoticeProgress) -> ShownNotice:
    words = _state_words()
    states = [(words.get(name, name), n) for name, n in notice.states.items()]
    return ShownNotice(notice, states)


def _state_words() -> dict[str, str]:
    return {
        "queued": _("waiting"), "held": _("held for quiet hours"), "sending": _("being sent"),
        "sent": _("sent"), "failed": _("refused"), "gave-up": _("given up"),
        "replaced": _("replaced by a newer one"), "expired": _("out of date"),
    }  # fmt: skip
