"""Alerts as CAP 1.2 documents (OASIS, Common Alerting Protocol 1.2, 1 July 2010).

The order of elements, which of them must be there and the codes are those of section 3.2 and the
schema of section 3.4.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from madang.notices.errors import InvalidAlert

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
    "CBRNE", "Other",
)  # fmt: skip
RESPONSES = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

# identifier and sender: no spaces, commas or restricted characters (3.2.1)
_NAME = re.compile(r"[^\s,<&]+")
# XML 1.0, section 2.2: characters no document may hold
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Area:
    """Where: a description, and codes as (system, code), such as ("district", "11440")."""

    description: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Info:
    """What is said, in one language (BCP 47 tag)."""

    language: str
    category: str
    event: str
    urgency: str
    severity: str
    certainty: str
    response: str
    headline: str
    description: str
    instruction: str
    sender_name: str
    effective: datetime
    areas: tuple[Area, ...]
    onset: datetime | None = None
    expires: datetime | None = None
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Alert:
    """One message. `references` names earlier ones as (sender, identifier, sent)."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    message_type: str
    infos: tuple[Info, ...] = ()
    scope: str = "Public"
    note: str = ""
    references: tuple[tuple[str, str, datetime], ...] = ()


def cap_document(alert: Alert) -> bytes:
    """Return the alert as a CAP 1.2 document (XML, UTF-8).

    Raises
    ------
    InvalidAlert
        If an element is missing or has a code that the standard does not know.
    """
    faults = dict(_faults(alert))
    if faults:
        first = next(iter(faults.items()))
        raise InvalidAlert(f"CAP 1.2 does not allow {first[0]}: {first[1]}", faults)
    root = ET.Element("alert", {"xmlns": NAMESPACE})
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", cap_time(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.message_type)
    _add(root, "scope", alert.scope)
    _add(root, "note", alert.note)
    _add(root, "references", " ".join(_reference(*r) for r in alert.references))
    for info in alert.infos:
        _add_info(root, info)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_info(root: ET.Element, info: Info) -> None:
    node = ET.SubElement(root, "info")
    _add(node, "language", info.language)
    _add(node, "category", info.category)
    _add(node, "event", info.event)
    _add(node, "responseType", info.response)
    _add(node, "urgency", info.urgency)
    _add(node, "severity", info.severity)
    _add(node, "certainty", info.certainty)
    _add(node, "effective", cap_time(info.effective))
    _add(node, "onset", cap_time(info.onset) if info.onset else "")
    _add(node, "expires", cap_time(info.expires) if info.expires else "")
    _add(node, "senderName", info.sender_name)
    _add(node, "headline", info.headline)
    _add(node, "description", info.description)
    _add(node, "instruction", info.instruction)
    for name, value in info.parameters:
        _add_pair(node, "parameter", name, value)
    for area in info.areas:
        place = ET.SubElement(node, "area")
        _add(place, "areaDesc", area.description)
        for system, code in area.codes:
            _add_pair(place, "geocode", system, code)


def _add(parent: ET.Element, name: str, text: str) -> None:
    if text:
        ET.SubElement(parent, name).text = _NOT_XML.sub("\ufffd", text)


def _add_pair(parent: ET.Element, name: str, value_name: str, value: str) -> None:
    node = ET.SubElement(parent, name)
    _add(node, "valueName", value_name)
    _add(node, "value", value)


def _reference(sender: str, identifier: str, sent: datetime) -> str:
    return f"{sender},{identifier},{cap_time(sent)}"


def cap_time(moment: datetime) -> str:
    """Return a moment as CAP writes it: whole seconds, and ``-00:00`` where other stamps say Z.

    >>> from datetime import UTC
    >>> cap_time(datetime(2026, 11, 22, 5, tzinfo=UTC))
    '2026-11-22T05:00:00-00:00'
    """
    text = moment.isoformat(timespec="seconds")
    return text[:-6] + "-00:00" if moment.utcoffset() == timedelta(0) else text


def _faults(alert: Alert) -> Iterator[tuple[str, str]]:
    """Yield (element, what is wrong)."""
    for element, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not _NAME.fullmatch(text):
            yield element, f"{text!r} is empty or has spaces, commas, '<' or '&'"
    yield from _coded("status", alert.status, STATUSES)
    yield from _coded("msgType", alert.message_type, MESSAGE_TYPES)
    yield from _coded("scope", alert.scope, SCOPES)
    yield from _aware("sent", alert.sent)
    if alert.message_type in ("Update", "Cancel") and not alert.references:
        yield "references", f"an {alert.message_type} must name what it replaces"
    if alert.message_type in ("Alert", "Update") and not alert.infos:
        yield "info", f"an {alert.message_type} must say something"
    for number, info in enumerate(alert.infos):
        for element, fault in _info_faults(info):
            yield f"info[{number}].{element}", fault


def _info_faults(info: Info) -> Iterator[tuple[str, str]]:
    yield from _coded("category", info.category, CATEGORIES)
    yield from _coded("responseType", info.response, RESPONSES)
    yield from _coded("urgency", info.urgency, URGENCIES)
    yield from _coded("severity", info.severity, SEVERITIES)
    yield from _coded("certainty", info.certainty, CERTAINTIES)
    if not info.event:
        yield "event", "is missing"
    for element in ("effective", "onset", "expires"):
        yield from _aware(element, getattr(info, element))
    if info.expires and info.expires <= (info.onset or info.effective):
        yield "expires", "is not after the onset"
    for place, area in enumerate(info.areas):
        if not area.description:
            yield f"area[{place}].areaDesc", "is missing"


def _coded(element: str, value: str, codes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if value not in codes:
        yield element, f"{value!r} is not one of {', '.join(codes)}"


def _aware(element: str, moment: datetime | None) -> Iterator[tuple[str, str]]:
    if moment is not None and moment.tzinfo is None:
        yield element, "has no offset from UTC"
