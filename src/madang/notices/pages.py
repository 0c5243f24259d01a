"""Pages of alerts: those in force and past ones, one alert, the feed."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.kernel.errors import Invalid
from madang.kernel.times import now
from madang.notices import feed as feeds
from madang.notices.cap_read import ReadAlert, Said, read, words_of
from madang.notices.errors import UnknownAlert
from madang.notices.models import PublishedAlert


@dataclass(frozen=True)
class ShownAlert:
    """One message in the reader's language."""

    alert: ReadAlert
    title: str
    said: Said | None
    is_over: bool
    is_test: bool

    @property
    def language(self) -> str:
        """The language that its text is in."""
        return self.said.language if self.said else ""


@require_safe
@cache_control(public=True, max_age=5)
def alerts(request: HttpRequest) -> HttpResponse:
    """Show the alerts in force, then the history, a page at a time."""
    before = _cursor(request)
    page = feeds.alert_page(before)
    shown = show_all(page.alerts)
    in_force = [item for item in shown if not item.is_over] if not before else []
    context = {
        "heading": _alerts_heading(in_force) if not before else _("Earlier alerts"),
        "crumbs": [(_("Home"), "/")] + ([(_("Alerts"), "/alerts/")] if before else []),
        "in_force": in_force,
        "past": shown if before else [item for item in shown if item.is_over],
        "page": page,
    }
    return render(request, "notices/alerts.html", context)


@require_safe
@cache_control(public=True, max_age=5)
def alert(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show one alert, what followed it, and where its CAP document is."""
    row = PublishedAlert.objects.filter(identifier=identifier).first()
    if row is None:
        raise UnknownAlert(_("There is no alert %(name)s.") % {"name": identifier[:200]})
    family = [read(other) for other in PublishedAlert.objects.filter(subject=row.subject)]
    others = show_all(family)
    shown = next(one for one in others if one.alert.identifier == identifier)
    context = {
        "heading": shown.title,
        "crumbs": [(_("Home"), "/"), (_("Alerts"), "/alerts/")],
        "item": shown,
        "others": [other for other in others if other is not shown],
        "cap": feeds.cap_path(identifier),
    }
    return render(request, "notices/alert.html", context)


@require_safe
@cache_control(public=True, max_age=5)
def feed(request: HttpRequest) -> HttpResponse:
    """Return a page of the Atom feed in the reader's language."""
    before = _cursor(request)
    data = feeds.feed(feeds.alert_page(before), before, get_language() or "en")
    return HttpResponse(data, content_type=feeds.ATOM_TYPE)


def show_all(family: Sequence[ReadAlert]) -> list[ShownAlert]:
    """Return alerts in the reader's language; one of them may have ended another."""
    words = words_of(family, get_language() or "")
    cancelled = {n for one in family if one.message_type == "Cancel" for n in one.refers_to}
    return [_shown(alert, words[alert.identifier], cancelled) for alert in family]


def _shown(alert: ReadAlert, said: Said | None, cancelled: Set[str]) -> ShownAlert:
    expired = bool(said and said.expires and said.expires <= now())
    return ShownAlert(
        alert=alert,
        title=said.headline or said.event if said else alert.note or alert.identifier,
        said=said,
        is_over=alert.identifier in cancelled or expired or alert.message_type == "Cancel",
        is_test=alert.status != "Actual",
    )


def _alerts_heading(in_force: Sequence[ShownAlert]) -> str:
    if not in_force:
        return _("No alert is in force")
    if len(in_force) == 1:
        return _("In force: %(title)s") % {"title": in_force[0].title}
    count = len(in_force)
    return ngettext("%(n)s alert is in force", "%(n)s alerts are in force", count) % {"n": count}


def _cursor(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    if text and not (text.isdigit() and len(text) < 19):
        raise Invalid(_("The page of the history is a number."), {"before": "no number"})
    return int(text or 0)
