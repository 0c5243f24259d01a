"""Letters about appointments, for whoever has no telephone and no e-mail: printed and posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import override

from madang.access.api import Actor, purpose, require
from madang.cases.appointment_desk import require_place
from madang.cases.appointment_rules import APPOINTMENTS, PRINT, REMIND
from madang.cases.appointment_words import is_still_true, words_of
from madang.cases.models import AppointmentMessage
from madang.cases.offices import Office
from madang.kernel import audit, times
from madang.notices.api import unsealed_address

CLERK = "role:clerk"


@dataclass(frozen=True)
class Letter:
    """A letter to print: name and address as they stand on the envelope, and its words."""

    id: int
    name: str
    address: str
    language: str
    title: str
    text: str


def count(office: Office) -> int:
    """Return how many letters of an office wait."""
    with purpose(APPOINTMENTS, REMIND):
        return _waiting(office).count()


def to_print(actor: Actor, office: Office) -> list[Letter]:
    """Return the letters of an office that are not printed yet, oldest first; the look is noted.

    What is no longer true, such as a time that was moved since, is not printed.
    """
    require(actor, CLERK)
    require_place(actor, office)
    with purpose(actor, PRINT):
        rows = list(_waiting(office).select_related("appointment").order_by("asked", "pk"))
        return [
            _letter(row)
            for row in rows
            if row.revision == row.appointment.revision and is_still_true(row.appointment, row.kind)
        ]


def note_printed(actor: Actor, office: Office, ids: Sequence[str]) -> int:
    """Note that letters were printed and posted; return how many."""
    require(actor, CLERK)
    require_place(actor, office)
    numbers = [int(one) for one in ids if one.isdecimal()]
    with purpose(actor, PRINT), transaction.atomic():
        rows = list(_waiting(office).filter(pk__in=numbers).values_list("pk", flat=True))
        for pk in rows:
            audit.record(actor.id, "cases.post_letter", f"letter:{pk}", purpose=PRINT)
        mine = AppointmentMessage.objects.filter(pk__in=rows)
        return mine.update(printed=times.now(), printed_by=actor.id)


def _waiting(office: Office) -> QuerySet[AppointmentMessage]:
    return AppointmentMessage.objects.filter(
        channel="letter", printed__isnull=True, appointment__office=office.id
    )


def _letter(row: AppointmentMessage) -> Letter:
    to = row.appointment
    with override(to.language or None):
        title, text = words_of(to, row.kind)
    return Letter(row.pk, to.name, unsealed_address("letter", to.address), to.language, title, text)
