"""A person's own messages, and how they want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madang.access.api import Actor, purpose
from madang.identity.api import may_act
from madang.kernel import times
from madang.kernel.errors import Forbidden, NotFound
from madang.kernel.events import announce
from madang.notices.events import PersonTold
from madang.notices.person_models import PersonDelivery, PersonMessage, PersonWish

OWN = "own-data"
INBOX = "inbox"  # the channel of what was read on the city's pages


@dataclass(frozen=True)
class Way:
    """One way a message took: the channel, what became of it, and when."""

    channel: str
    state: str
    at: datetime


@dataclass(frozen=True)
class Kept:
    """A message in the inbox; `ways` only where one message is looked at."""

    id: str
    matter: str
    topic: str
    language: str
    title: str
    text: str
    path: str
    required: bool
    created: datetime
    is_read: bool
    ways: tuple[Way, ...] = ()


def whose(actor: Actor) -> str:
    """Return the person whose inbox the actor may see: their own, or whom they act for.

    Raises
    ------
    Forbidden
        For an account without a person, and a mandate that does not let one see.
    """
    if actor.on_behalf_of:
        if not may_act(actor, "view"):
            raise Forbidden("this mandate does not let you read messages")
        return actor.on_behalf_of
    if not actor.person:
        raise Forbidden("the city does not know yet whose account this is")
    return actor.person


def messages_of(actor: Actor, *, matter: str = "", limit: int = 50, skip: int = 0) -> list[Kept]:
    """Return the messages of a person, newest first."""
    person = whose(actor)
    with purpose(actor, OWN):
        rows = PersonMessage.objects.filter(person=person)
        if matter:
            rows = rows.filter(matter=matter)
        return [_kept(row) for row in rows[skip : skip + limit]]


def unread_of(actor: Actor) -> int:
    """Return how many messages of a person nobody has read."""
    person = whose(actor)
    with purpose(actor, OWN):
        return PersonMessage.objects.filter(person=person, read__isnull=True).count()


def message_of(actor: Actor, message: str) -> Kept:
    """Return one message and mark it read where its own reader reads it; raises NotFound."""
    person = whose(actor)
    with purpose(actor, OWN), transaction.atomic():
        row = PersonMessage.objects.filter(person=person, pk=message).first()
        if row is None:
            raise NotFound("there is no such message of yours")
        if row.read is None and not actor.on_behalf_of:
            PersonMessage.objects.filter(pk=row.pk).update(read=times.now())
            _tell_opened(row)
        ways = PersonDelivery.objects.filter(message=row).order_by("id")
        return _kept(row, tuple(Way(way.channel, way.state, way.at) for way in ways))


def _tell_opened(row: PersonMessage) -> None:
    announce(
        PersonTold(
            message=row.pk, matter=row.matter, topic=row.topic, channel=INBOX, state="opened",
            required=row.required,
        )
    )  # fmt: skip


def wishes_of(actor: Actor) -> dict[tuple[str, str], bool]:
    """Return what a person has said of (topic, channel)."""
    person = whose(actor)
    with purpose(actor, OWN):
        rows = PersonWish.objects.filter(person=person)
        return {(row.topic, row.channel): row.wanted for row in rows}


def keep_wishes(actor: Actor, wanted: Mapping[tuple[str, str], bool]) -> None:
    """Keep how a person wants (topic, channel)."""
    person = whose(actor)
    with purpose(actor, OWN), transaction.atomic():
        for (topic, channel), yes in wanted.items():
            PersonWish.objects.update_or_create(
                person=person, topic=topic, channel=channel, defaults={"wanted": yes}
            )


def _kept(row: PersonMessage, ways: tuple[Way, ...] = ()) -> Kept:
    return Kept(
        id=row.pk,
        matter=row.matter,
        topic=row.topic,
        language=row.language,
        title=row.title,
        text=row.text,
        path=row.path,
        required=row.required,
        created=row.created,
        is_read=row.read is not None,
        ways=ways,
    )
