"""From one notice to its deliveries: a slice of subscribers after the other, each once.

A slice, its cursor and its deliveries are one transaction: killed in between, the job goes on at
the cursor; the unique pair (notice, contact) makes a second start harmless.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, tzinfo

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from madang.city.api import profile
from madang.kernel.times import now
from madang.notices import lanes
from madang.notices.kinds import places_above
from madang.notices.models import Contact, Delivery, Notice, NoticeText, Wish
from madang.notices.purposes import DELIVER, opened
from madang.notices.rules import Quiet, quiet_until
from madang.notices.texts import origin_url, page_language, wording

SLICE = 1000
LONGEST_S = 2.0  # then other jobs have their turn
OPEN = (Delivery.State.QUEUED, Delivery.State.HELD)


@opened(DELIVER)
def spread(notice_id: int) -> bool:
    """Make deliveries for about two seconds; return whether there is more to do."""
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        if not spread_slice(notice_id):
            return False
    return True


@opened(DELIVER)
@transaction.atomic
def spread_slice(notice_id: int, size: int = SLICE) -> bool:
    """Make the deliveries of the next `size` contacts; return whether there are more."""
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or notice.spread_at is not None:
        return False
    contacts = list(_wanting(notice)[:size])
    if contacts:
        _replace_older(notice, contacts)
        made = _deliveries(notice, contacts)
        Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
        word(notice, {delivery.language for delivery in made})
        notice.cursor = contacts[-1].pk
        notice.total = F("total") + len(made)
        for channel in sorted({delivery.channel for delivery in made}):
            lanes.ask(channel)
    is_last = len(contacts) < size
    if is_last:
        notice.spread_at = now()
    notice.save(update_fields=["cursor", "total", "spread_at"])
    return not is_last


def _wanting(notice: Notice) -> QuerySet[Contact]:
    """Return the first contacts, after the cursor, of those who want this notice."""
    wishes = Wish.objects.filter(
        subscriber=OuterRef("subscriber"),
        kind=notice.kind,
        subject=notice.subject,
        place__in=places_above(notice.place),
        level__lte=notice.reach,
    )
    contacts = Contact.objects.filter(rank=0, pk__gt=notice.cursor).filter(Exists(wishes))
    return contacts.select_related("subscriber").defer("address").order_by("pk")


def _replace_older(notice: Notice, contacts: Sequence[Contact]) -> None:
    """What has not gone out yet of the same thread is out of date: the newer one says it."""
    older = Delivery.objects.filter(
        contact__in=[contact.pk for contact in contacts],
        state__in=OPEN,
        notice__thread=notice.thread,
        notice__lt=notice.pk,
    )
    older.update(state=Delivery.State.REPLACED)


def _deliveries(notice: Notice, contacts: Sequence[Contact]) -> list[Delivery]:
    moment, zone = now(), profile().timezone
    found = []
    for contact in contacts:
        wake = hold_until(notice, contact, moment, zone)
        found.append(
            Delivery(
                notice=notice,
                contact=contact,
                channel=contact.channel,
                language=page_language(contact.subscriber.language),
                priority=notice.priority,
                state=Delivery.State.HELD if wake else Delivery.State.QUEUED,
                due=wake or moment,
            )
        )
    return found


def hold_until(notice: Notice, contact: Contact, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return when the contact's quiet hours end, None where the message may go now."""
    who = contact.subscriber
    if who.quiet_from is None or who.quiet_to is None:
        return None
    if notice.critical and who.critical_passes:
        return None
    return quiet_until(Quiet(who.quiet_from, who.quiet_to), moment, zone)


def word(notice: Notice, languages: set[str]) -> None:
    """Word the notice in each language that it is not worded in yet."""
    have = set(notice.texts.values_list("language", flat=True))
    known = dict(django_settings.LANGUAGES)
    for language in sorted((languages & known.keys()) - have):
        said = wording(
            notice.template, notice.values, language,
            origin=notice.origin, url=origin_url(notice.path),
        )  # fmt: skip
        NoticeText.objects.get_or_create(
            notice=notice,
            language=language,
            defaults={
                "version": said.version, "title": said.title, "short": said.short,
                "text": said.text, "html": said.html,
            },
        )  # fmt: skip
