"""Pages of alerts: those in force and past ones, one alert, the feed."""

from __future__ import annotations

from collections.abc import Sequence
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
from madang.notices.cap_read import ReadAlert, Said, read
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
    shown = [show(alert, page.alerts) for alert in page.alerts]
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
    here = next(one for one in family if one.identifier == identifier)
    shown = show(here, family)
    context = {
        "heading": shown.title,
        "crumbs": [(_("Home"), "/"), (_("Alerts"), "/alerts/")],
        "item": shown,
        "others": [show(other, family) for other in family if other.identifier != identifier],
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


def show(alert: ReadAlert, family: Sequence[ReadAlert]) -> ShownAlert:
    """Return an alert in the reader's language; `family` are messages that may have ended it."""
    language = get_language() or ""
    ended = any(
        other.message_type == "Cancel" and alert.identifier in other.refers_to for other in family
    )
    said = alert.in_language(language) or _said_earlier(alert, family, language)
    expired = bool(said and said.expires and said.expires <= now())
    return ShownAlert(
        alert=alert,
        title=said.headline or said.event if said else alert.note or alert.identifier,
        said=said,
        is_over=ended or expired or alert.message_type == "Cancel",
        is_test=alert.status != "Actual",
    )


def _said_earlier(alert: ReadAlert, family: Sequence[ReadAlert], language: str) -> Said | None:
    """Return what the alert said that this one ends: a cancellation has no words of its own."""
    for other in family:
        if other.identifier in alert.refers_to:
            return other.in_language(language)
    row = PublishedAlert.objects.filter(identifier__in=alert.refers_to).first()
    return read(row).in_language(language) if row is not None else None


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
