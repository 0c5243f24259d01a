"""What a published CAP document says, for pages and feeds."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from madang.city.api import profile
from madang.notices.cap import NAMESPACE
from madang.notices.models import PublishedAlert

_NS = {"c": NAMESPACE}


@dataclass(frozen=True)
class Said:
    """What an alert says in one language; a cancellation says what the alert it ends said."""

    language: str
    event: str
    headline: str
    description: str
    instruction: str
    area: str
    severity: str
    urgency: str
    certainty: str
    onset: datetime | None
    expires: datetime | None


@dataclass(frozen=True)
class ReadAlert:
    """One published message. `texts` by language; `refers_to` are identifiers of earlier ones."""

    number: int
    identifier: str
    sender: str
    subject: str
    status: str
    message_type: str
    sent: datetime
    note: str
    texts: Mapping[str, Said]
    refers_to: tuple[str, ...]

    def in_language(self, language: str) -> Said | None:
        """Return its text in that language or the nearest fallback, None where it has no text."""
        for tag in profile().chain(language):
            if tag in self.texts:
                return self.texts[tag]
        return next(iter(self.texts.values()), None)


def read(row: PublishedAlert) -> ReadAlert:
    """Return what a published alert says."""
    root = ET.fromstring(row.document)  # noqa: S314 - our own document, kept as we made it
    infos = [_said(info) for info in root.findall("c:info", _NS)]
    references = _text(root, "references").split()
    return ReadAlert(
        number=row.pk,
        identifier=row.identifier,
        sender=row.sender,
        subject=row.subject,
        status=row.status,
        message_type=row.message_type,
        sent=row.sent,
        note=_text(root, "note"),
        texts={info.language: info for info in infos},
        refers_to=tuple(parts[1] for r in references if len(parts := r.split(",")) == 3),
    )


def words_of(alerts: Sequence[ReadAlert], language: str) -> dict[str, Said | None]:
    """Return what each alert says in a language, by identifier.

    A cancellation has no words of its own: it says what the alert said that it ends.
    """
    silent = {name for alert in alerts if not alert.texts for name in alert.refers_to}
    near = {alert.identifier: alert for alert in alerts}
    far = PublishedAlert.objects.filter(identifier__in=silent - near.keys())
    known = {**near, **{row.identifier: read(row) for row in far}}
    found = {}
    for alert in alerts:
        earlier = [known[name] for name in alert.refers_to if name in known]
        said = [one.in_language(language) for one in (alert, *earlier)]
        found[alert.identifier] = next((text for text in said if text is not None), None)
    return found


def _said(info: ET.Element) -> Said:
    return Said(
        language=_text(info, "language"),
        event=_text(info, "event"),
        headline=_text(info, "headline"),
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
        area=", ".join(_text(area, "areaDesc") for area in info.findall("c:area", _NS)),
        severity=_text(info, "severity"),
        urgency=_text(info, "urgency"),
        certainty=_text(info, "certainty"),
        onset=_moment(_text(info, "onset")),
        expires=_moment(_text(info, "expires")),
    )


def _text(node: ET.Element, name: str) -> str:
    return node.findtext(f"c:{name}", "", _NS)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
