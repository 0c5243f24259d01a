"""Published alerts as pages of an Atom feed (RFC 4287, paged by RFC 5005), linked to their CAP."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel.times import EPOCH, format_time
from madang.notices.cap_read import ReadAlert, Said, read, words_of
from madang.notices.models import PublishedAlert
from madang.notices.texts import origin_url

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
CAP_TYPE = "application/cap+xml"
PAGE = 50


@dataclass(frozen=True)
class AlertPage:
    """One page of alerts, newest first; `older` and `newer` are cursors, 0 where there is none."""

    alerts: Sequence[ReadAlert]
    older: int
    newer: int


def alert_page(before: int = 0, size: int = PAGE) -> AlertPage:
    """Return the newest alerts, or those before the one with that number."""
    rows = PublishedAlert.objects.order_by("-id")
    found = list((rows.filter(pk__lt=before) if before else rows)[: size + 1])
    shown = found[:size]
    newer = 0
    if before:
        after = rows.filter(pk__gte=before).order_by("id").values_list("pk", flat=True)
        ahead = list(after[: size + 1])
        newer = ahead[size] if len(ahead) > size else -1
    older = shown[-1].pk if len(found) > size else 0
    return AlertPage([read(row) for row in shown], older, newer)


def cap_path(identifier: str) -> str:
    """Return the path of an alert's CAP document."""
    return f"/api/v1/notices/alerts/{identifier}.xml"


def feed(page: AlertPage, before: int, language: str) -> bytes:
    """Return one page of the feed in a language (RFC 4287)."""
    home = origin_url(reverse("alert-feed"))
    newest = max((alert.sent for alert in page.alerts), default=EPOCH)
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _add(root, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, home)}")
    _add(root, "title", _("Alerts of %(city)s") % {"city": profile().name(language)})
    _add(root, "updated", _stamp(newest))
    author = ET.SubElement(root, "author")
    _add(author, "name", profile().name(language))
    _link(root, "self", home + (f"?before={before}" if before else ""), "application/atom+xml")
    _link(root, "alternate", origin_url(reverse("alerts")), "text/html")
    _link(root, "first", home, "application/atom+xml")
    if page.older:
        _link(root, "next", f"{home}?before={page.older}", "application/atom+xml")
    if page.newer:
        newer = home if page.newer < 0 else f"{home}?before={page.newer}"
        _link(root, "previous", newer, "application/atom+xml")
    words = words_of(page.alerts, language)
    for alert in page.alerts:
        _add_entry(root, alert, words[alert.identifier])
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def title_of(alert: ReadAlert, said: Said | None) -> str:
    """Return an alert's headline, marked where it is a test, an update or ends an earlier one."""
    title = said.headline or said.event if said else alert.note or alert.identifier
    marks = {"Update": _("Update"), "Cancel": _("Over")}
    parts = [marks[alert.message_type]] if alert.message_type in marks else []
    parts += [_("Test")] if alert.status != "Actual" else []
    return f"[{' · '.join(parts)}] {title}" if parts else title


def _add_entry(root: ET.Element, alert: ReadAlert, said: Said | None) -> None:
    entry = ET.SubElement(root, "entry")
    if said is not None:
        entry.set("xml:lang", said.language)
    _add(entry, "id", f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, alert.identifier)}")
    _add(entry, "title", title_of(alert, said))
    _add(entry, "updated", _stamp(alert.sent))
    _add(entry, "published", _stamp(alert.sent))
    author = ET.SubElement(entry, "author")
    _add(author, "name", alert.sender)
    _link(entry, "alternate", origin_url(reverse("alert", args=[alert.identifier])), "text/html")
    _link(entry, "related", origin_url(cap_path(alert.identifier)), CAP_TYPE)
    for term in (alert.status, alert.message_type, said.severity if said else ""):
        if term:
            ET.SubElement(entry, "category", {"term": term})
    text = " ".join(t for t in (said.description, said.instruction) if t) if said else alert.note
    _add(entry, "summary", text or title_of(alert, said))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _link(parent: ET.Element, relation: str, address: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "href": address, "type": kind})


def _stamp(moment: datetime) -> str:
    return format_time(moment.astimezone(UTC))
