"""Messages to one person about a matter of theirs: kept in the inbox, then brought out.

Ways are tried in this order: every confirmed address of the person that they did not stop; where
none takes it, a required message goes by letter. Letters are printed and posted by the office
(`letters`). What became of each way is announced (`PersonTold`), so that the matter has evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.city.api import profile
from madang.identity import api as identity
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import MadangError, Unavailable
from madang.kernel.events import announce
from madang.kernel.logs import logger
from madang.notices.channels import setup
from madang.notices.channels.port import Message, TryLater
from madang.notices.errors import LinkSpent, NoChannel
from madang.notices.events import PersonTold
from madang.notices.person_models import PersonDelivery, PersonMessage, PersonWish
from madang.notices.purposes import DELIVER, opened

LETTER = "letter"
MOST_TRIES = 12
STOP_SALT = "madang.notices.person-stop"
State = PersonDelivery.State
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
_SHORT = 300  # characters of a text message


@dataclass(frozen=True)
class Words:
    """A message in one language."""

    title: str
    text: str


@dataclass(frozen=True)
class ToPerson:
    """Something to tell one person.

    Parameters
    ----------
    key : one message however often it is asked for.
    person : id of the person in the register.
    matter : what it is about, ``kind:id``.
    topic : what a person can stop (``cases``); nothing where `required`.
    words : by language tag; the person's language, or what they read instead, is taken.
    path : page that shows the matter.
    required : whether law wants it delivered.
    """

    key: str
    person: str
    matter: str
    topic: str
    words: Mapping[str, Words]
    path: str = ""
    required: bool = False


def tell_person(said: ToPerson) -> str:
    """Keep a message in the caller's transaction and have it brought out; return its id."""
    from madang.notices.tasks import bring_to_person

    reached = identity.reached(said.person)
    language, words = _in_language(said.words, reached.language)
    with opened(DELIVER):
        message, is_new = PersonMessage.objects.get_or_create(
            key=said.key,
            defaults={
                "person": said.person,
                "matter": said.matter,
                "topic": said.topic,
                "language": language,
                "title": words.title[:300],
                "text": words.text,
                "path": said.path,
                "required": said.required,
            },
        )
    if is_new:
        bring_to_person.enqueue(message.pk)
    return str(message.pk)


def _in_language(words: Mapping[str, Words], wanted: str) -> tuple[str, Words]:
    for tag in profile().chain(wanted):
        if tag in words:
            return tag, words[tag]
    tag = next(iter(words))
    return tag, words[tag]


@opened(DELIVER)
def bring(message_id: str) -> bool:
    """Send a message on every way that is open; return whether one must be tried again."""
    message = PersonMessage.objects.filter(pk=message_id).first()
    if message is None:
        return False
    stopped = set() if message.required else _stopped(message)
    counts: dict[str, int] = {}
    again = False
    for channel, address in identity.reached(message.person).addresses:
        number = counts[channel] = counts.get(channel, -1) + 1
        if channel not in stopped:
            again |= not _settled(message, channel, number, address)
    if not again:
        _by_letter(message)
    return again


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries; it doubles, up to an hour."""
    return min(_FIRST * (1 << tries), _LONGEST)


def give_up(message_id: str) -> None:
    """Note that ways still open have failed; a required message then goes by letter."""
    with opened(DELIVER), transaction.atomic():
        message = PersonMessage.objects.get(pk=message_id)
        waiting = message.deliveries.exclude(channel=LETTER).filter(state=State.QUEUED)
        for row in waiting:
            _note(message, row, State.FAILED)
        _by_letter(message)


def _stopped(message: PersonMessage) -> set[str]:
    rows = PersonWish.objects.filter(person=message.person, topic=message.topic, wanted=False)
    return set(rows.values_list("channel", flat=True))


def _settled(message: PersonMessage, channel: str, number: int, address: str) -> bool:
    """Send on one way; return False where another try may succeed. Logs name no address."""
    row, _is_new = PersonDelivery.objects.get_or_create(
        message=message, channel=channel, number=number
    )
    if row.state != State.QUEUED:
        return True
    log = logger("notices")
    try:
        receipt = setup.channel(channel).send(_outgoing(message, channel, number, address))
    except MadangError as error:
        log.warning("a person was not told", channel=channel, error=error.code)
        if isinstance(error, TryLater | Unavailable) and not isinstance(error, NoChannel):
            PersonDelivery.objects.filter(pk=row.pk).update(tries=row.tries + 1)
            return False
        _note(message, row, State.FAILED, error=error.message)
        return True
    _note(message, row, State.SENT, receipt=receipt)
    return True


@transaction.atomic
def _note(message: PersonMessage, row: PersonDelivery, state: str, **more: str) -> None:
    """Keep what became of a way, and tell the matter, in one transaction."""
    changes = {name: text[:200] for name, text in more.items()}
    PersonDelivery.objects.filter(pk=row.pk).update(
        state=state, tries=row.tries + 1, at=times.now(), **changes
    )
    announce(
        PersonTold(
            message=message.pk,
            matter=message.matter,
            topic=message.topic,
            channel=row.channel,
            state=state,
            required=message.required,
        )
    )


def _by_letter(message: PersonMessage) -> None:
    """Queue a letter where law or the person wants one, or no other way took it."""
    wishes = PersonWish.objects.filter(
        person=message.person, topic=message.topic, channel=LETTER, wanted=True
    )
    arrived = message.deliveries.filter(state=State.SENT).exists()
    if wishes.exists() or (message.required and not arrived):
        PersonDelivery.objects.get_or_create(message=message, channel=LETTER, number=0)


def _outgoing(message: PersonMessage, channel: str, number: int, address: str) -> Message:
    url = f"{settings().public_origin}{message.path or reverse('messages')}"
    stop = "" if message.required else stop_url(message.person, message.topic, channel)
    with override(message.language):
        ends = _("Stop these messages:") if stop else ""
    lines = [message.text, url, f"{ends} {stop}" if stop else ""]
    html = "".join(f"<p>{escape(part)}</p>" for part in message.text.split("\n") if part.strip())
    html += f"<p><a href='{escape(url)}'>{escape(url)}</a></p>"
    html += f"<p><a href='{escape(stop)}'>{escape(ends)}</a></p>" if stop else ""
    return Message(
        key=f"{message.pk}:{channel}:{number}",
        channel=channel,
        address=address,
        language=message.language,
        title=message.title,
        short=f"{message.title[: _SHORT - len(url) - 1]} {url}",
        text="\n\n".join(line for line in lines if line) + "\n",
        html=html,
        url=url,
        confirm_url="",
        manage_url=f"{settings().public_origin}{reverse('message-wishes')}",
        stop_url=stop,
        topic=message.matter,
        is_urgent=False,
        ttl_s=86_400,
    )


def stop_url(person: str, topic: str, channel: str) -> str:
    """Return the whole address whose POST stops a topic on a channel (RFC 8058)."""
    token = signing.dumps([person, topic, channel], salt=STOP_SALT)
    return settings().public_origin + reverse("message-stop", args=[token])


def stop(token: str) -> str:
    """Stop what a link stops; return the topic. Raises `LinkSpent` where it was cut short."""
    try:
        person, topic, channel = signing.loads(token, salt=STOP_SALT)
    except (signing.BadSignature, ValueError):
        raise LinkSpent("this link was cut short; sign in to choose how you are told") from None
    with opened(DELIVER):
        wish(person, topic, channel, wanted=False)
    return str(topic)


def wish(person: str, topic: str, channel: str, *, wanted: bool) -> None:
    """Keep how a person wants a topic; the caller has opened the table."""
    PersonWish.objects.update_or_create(
        person=person, topic=topic, channel=channel, defaults={"wanted": wanted}
    )
