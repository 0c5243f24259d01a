"""The door of notices: alerts as CAP 1.2 documents, and what is told to those who asked for it.

from madang.notices import api as notices
notices.publish(alert, "measure:17")                      # CAP, feed and page
notices.tell(notices.Notice(key=..., kind="air.class", ...))   # mail, push, phone
notices.open_alert(notices.Trouble(key="silence:3", ...))      # the operators' desk
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from madang.notices.addresses import checked as checked_address
from madang.notices.addresses import mac as address_hash
from madang.notices.addresses import seal as sealed_address
from madang.notices.addresses import unseal as unsealed_address
from madang.notices.cap import Alert, Area, Info, cap_document
from madang.notices.desk import (
    Entry,
    OnDesk,
    Trouble,
    acknowledge,
    assign,
    clear_alert,
    note,
    on_desk,
    open_alert,
    open_data,
)
from madang.notices.errors import AlertExists, UnknownAlert
from madang.notices.inbox import message_of, messages_of, unread_of
from madang.notices.letters import Letter, letter, letters, note_letters, take_letters
from madang.notices.notice import Notice
from madang.notices.person import ToPerson, Words, tell_person
from madang.notices.values import Value, message, moment, names, number, unit
from madang.notices.wordings import Wording, wording_of

__all__ = [
    "Alert",
    "Area",
    "Entry",
    "Info",
    "Letter",
    "Notice",
    "OnDesk",
    "Published",
    "ToPerson",
    "Trouble",
    "Value",
    "Wording",
    "Words",
    "acknowledge",
    "address_hash",
    "alerts",
    "assign",
    "cap_document",
    "checked_address",
    "clear_alert",
    "document",
    "letter",
    "letters",
    "message",
    "message_of",
    "messages_of",
    "moment",
    "names",
    "note",
    "note_letters",
    "number",
    "on_desk",
    "open_alert",
    "open_data",
    "publish",
    "published",
    "sealed_address",
    "take_letters",
    "tell",
    "tell_person",
    "unit",
    "unread_of",
    "unsealed_address",
    "wording_of",
]


@dataclass(frozen=True)
class Published:
    """An alert that was sent: its head; `subject` is ``kind:id`` of what it is about."""

    identifier: str
    sender: str
    subject: str
    status: str
    message_type: str
    sent: datetime


def publish(alert: Alert, subject: str) -> None:
    """Keep the alert's document in the caller's transaction.

    Raises
    ------
    InvalidAlert
        If CAP 1.2 does not allow it.
    AlertExists
        If its identifier is taken.
    """
    from madang.notices.models import PublishedAlert

    text = cap_document(alert).decode()
    try:
        with transaction.atomic():
            PublishedAlert.objects.create(
                identifier=alert.identifier,
                sender=alert.sender,
                subject=subject,
                status=alert.status,
                message_type=alert.message_type,
                sent=alert.sent,
                document=text,
            )
    except IntegrityError:
        raise AlertExists(f"alert {alert.identifier!r} is published already") from None


def alerts(subject: str | None = None, *, limit: int = 100) -> list[Published]:
    """Return the newest published alerts, newest first."""
    from madang.notices.models import PublishedAlert

    rows = PublishedAlert.objects.all()
    rows = rows if subject is None else rows.filter(subject=subject)
    fields = ("identifier", "sender", "subject", "status", "message_type", "sent")
    return [Published(*row) for row in rows.values_list(*fields)[:limit]]


def published(identifier: str) -> Published:
    """Return the head of one published alert; raises `UnknownAlert`."""
    from madang.notices.models import PublishedAlert

    fields = ("identifier", "sender", "subject", "status", "message_type", "sent")
    row = PublishedAlert.objects.filter(identifier=identifier).values_list(*fields).first()
    if row is None:
        raise UnknownAlert(f"there is no alert {identifier!r}")
    return Published(*row)


def document(identifier: str) -> bytes:
    """Return the CAP 1.2 document of a published alert as it was sent; raises `UnknownAlert`."""
    from madang.notices.models import PublishedAlert

    text = PublishedAlert.objects.filter(identifier=identifier).values_list("document", flat=True)
    found = text.first()
    if found is None:
        raise UnknownAlert(f"there is no alert {identifier!r}")
    return found.encode()


def tell(notice: Notice) -> bool:
    """Tell a notice to everybody who asked for its kind, subject and place.

    It is kept in the caller's transaction; a job brings it to people. What has expired is not
    told, nor in production what is not real. Returns whether it is told, and new.

    Raises
    ------
    UnknownKind, Invalid
        If the kind, its subject or level, or the template does not exist.
    """
    from madang.notices.tell import tell as work

    return work(notice)
