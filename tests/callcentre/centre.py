"""A call centre for tests: operators who are there, contacts that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from madang.access.api import Actor, purpose
from madang.callcentre import contacts, operators
from madang.callcentre.contact_models import Contact, ContactLine
from madang.callcentre.purposes import CENTRE, KEEP

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # a Tuesday, noon in Seoul


def operator(name: str, *languages: str, **said: Any) -> Actor:
    """Return an operator who is there and takes contacts."""
    actor = Actor(f"account:{name}", name, frozenset({"clerk"}), aal=2)
    operators.be(actor, "available", languages=languages or ("ko",), **said)
    return actor


def waiting(language: str = "ko", *, channel: str = "chat", **said: Any) -> str:
    """Return a contact that asked for a person."""
    contact = contacts.open_contact(channel, language, **said)
    contacts.hand_over(contact, "asked")
    return contact


def row(contact: str) -> Contact:
    """Return a contact as it is kept."""
    with purpose(CENTRE, KEEP):
        return Contact.objects.get(pk=contact)


def lines(contact: str) -> list[tuple[str, str, bool]]:
    """Return what was said."""
    with purpose(CENTRE, KEEP):
        return list(
            ContactLine.objects.filter(contact=contact).values_list("side", "text", "final")
        )


def later(seconds: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(seconds=seconds)
