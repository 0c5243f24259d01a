"""Telling people of their appointments: once for each occasion, by message or by letter."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import override

from madang.access.api import purpose
from madang.cases.appointment_rules import APPOINTMENTS, DAY_BEFORE, OFFERED, REMIND, SOON
from madang.cases.appointment_words import words_of
from madang.cases.events import AppointmentTold
from madang.cases.models import Appointment, AppointmentMessage
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.events import announce
from madang.notices.api import ToPerson, Words, tell_person

_BEFORE = {DAY_BEFORE: timedelta(days=1), SOON: timedelta(hours=2)}
_AT_ONCE = 500
# what comes within hours reaches nobody by letter
_NOT_BY_LETTER = frozenset({OFFERED, DAY_BEFORE, SOON})


def tell(row: Appointment, kind: str) -> bool:
    """Have somebody told, once for each kind and revision; in the caller's transaction.

    Return whether it was not done before.
    """
    if not row.channel or (row.channel == "letter" and kind in _NOT_BY_LETTER):
        return False
    _message, is_new = AppointmentMessage.objects.get_or_create(
        appointment=row, kind=kind, revision=row.revision, defaults={"channel": row.channel}
    )
    if is_new and row.channel == "account" and row.person:
        _tell_person(row, kind)
    elif is_new and row.channel != "letter":
        announce(AppointmentTold(appointment=row.pk, kind=kind, revision=row.revision))
    return is_new


def _tell_person(row: Appointment, kind: str) -> None:
    """Leave the message in the person's inbox; the notices room brings it out as they wish."""
    said = {}
    for language in profile().languages[:2]:
        with override(language.code):
            said[language.code] = Words(*words_of(row, kind))
    tell_person(
        ToPerson(
            key=f"appointment:{row.pk}:{kind}:{row.revision}",
            person=row.person,
            matter=f"appointment:{row.pk}",
            topic="cases",
            words=said,
            path=f"/appointments/one/{row.pk}/",
        )
    )


def remind() -> int:
    """Remind whoever comes within a day, and within two hours; return how many (schedule).

    Who booked within that time was told then, and is not reminded of it.
    """
    now, told = times.now(), 0
    for kind, before in _BEFORE.items():
        with purpose(APPOINTMENTS, REMIND), transaction.atomic():
            same = AppointmentMessage.objects.filter(
                appointment=OuterRef("pk"), revision=OuterRef("revision"), kind=kind
            )
            rows = Appointment.objects.filter(
                state=Appointment.State.BOOKED, start__gt=now, start__lte=now + before,
                state_at__lt=F("start") - before,
            ).exclude(channel__in=("", "letter"))  # fmt: skip
            told += sum(tell(row, kind) for row in rows.exclude(Exists(same))[:_AT_ONCE])
    return told
