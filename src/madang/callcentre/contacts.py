"""Contacts as a channel sees them: opened, written down line by line, handed over, ended.

A telephone endpoint or a chat needs no more than this::

    one = contacts.open_contact("phone", "ko", may_record=True)
    contacts.line(one, "resident", "이사하는데 뭘 해야 하나요", 0, 2400, final=True)
    place = contacts.hand_over(one, "asked")          # place.address: where to refer the call
    contacts.place_of(one)                            # again, until somebody has it
    contacts.end(one, "answered")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.assistant import api as assistant
from madang.callcentre import places, queue
from madang.callcentre.contact_models import Channel, Contact, ContactLine, Side, State
from madang.callcentre.engine.mood import line_mood, moved
from madang.callcentre.errors import UnknownContact
from madang.callcentre.places import Place
from madang.callcentre.purposes import CENTRE, KEEP
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.notices import api as notices
from madang.search.api import masked

MOST_LINE = 4_000  # characters of a line that are kept
MOST_LINES = 2_000
OUTCOMES = (
    "answered", "handed-over", "finished", "abandoned", "callback", "not-reached", "failed",
)  # fmt: skip


def open_contact(
    channel: str,
    language: str,
    *,
    skills: Sequence[str] = (),
    conversation: str = "",
    number: str = "",
    may_record: bool = False,
    district: str = "",
    asked: str = "",
    facts: Sequence[Mapping[str, Any]] = (),
    at: datetime | None = None,
) -> str:
    """Open a contact that the machine has first; return its id.

    Parameters
    ----------
    channel : ``phone``, ``chat`` or ``callback``.
    language : of the resident, as far as it is known by now.
    number : from which somebody calls; kept sealed, and only until the contact is done.
    may_record : whether the resident agreed to be recorded. The house keeps no sound; without the
        consent a channel must keep none either.
    facts : ``{"label", "value"}`` that a conversation has made out.

    Raises
    ------
    Invalid
        If there is no such channel.
    """
    if channel not in Channel.values:
        raise Invalid(f"there is no channel {channel!r}", {"channel": ", ".join(Channel.values)})
    now = at or times.now()
    with purpose(CENTRE, KEEP):
        made = Contact.objects.create(
            channel=channel, language=language[:16], skills=sorted(set(skills)),
            state=State.MACHINE, conversation=conversation[:64], district=district[:32],
            asked=masked(asked)[:400], facts=[_masked_fact(one) for one in facts][:50],
            phone=sealed_number(number), phone_end=_end_of(number),
            may_record=may_record, opened=now, seen=now,
        )  # fmt: skip
    return made.pk


def line(
    contact: str, side: str, text: str, start_ms: int, end_ms: int, *, final: bool = True
) -> int:
    """Write down what somebody says, masked; return the line's number.

    What is not final yet replaces what the same side was saying; nothing but the last stays.

    Raises
    ------
    UnknownContact
    Invalid
        If there is no such side, or the contact has too many lines.
    """
    if side not in Side.values:
        raise Invalid(f"there is no side {side!r}", {"side": ", ".join(Side.values)})
    said = assistant.kept_text(text, profile().today())[:MOST_LINE]
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = locked(contact)
        lines = ContactLine.objects.filter(contact=row)
        spoken = lines.filter(side=side, final=False).first()
        if spoken is None:
            last = lines.aggregate(last=Max("number"))["last"] or 0
            if last >= MOST_LINES:
                raise Invalid(f"a contact has at most {MOST_LINES} lines", {"text": "too many"})
            spoken = ContactLine(contact=row, number=last + 1, side=side)
        spoken.text, spoken.start_ms, spoken.end_ms, spoken.final = said, start_ms, end_ms, final
        spoken.at = times.now()
        spoken.save()
        changed: dict[str, Any] = {"seen": times.now()} if side == Side.RESIDENT else {}
        if final and side == Side.RESIDENT:
            changed["mood"] = moved(row.mood, line_mood(said))
            changed["asked"] = row.asked or said[:400]
        if changed:
            Contact.objects.filter(pk=row.pk).update(**changed)
    return spoken.number


def speaks(contact: str, language: str) -> None:
    """Note that a resident speaks another language than was thought; a queue is not changed."""
    with purpose(CENTRE, KEEP):
        Contact.objects.filter(pk=contact, state=State.MACHINE).update(language=language[:16])


def hand_over(contact: str, reason: str) -> Place:
    """Put a contact into the queue of people; return where it stands.

    `Place.state` says what came of it: ``offered`` or ``active`` (an operator has it, `address` is
    where a call is referred to), ``waiting``, or that it does not wait: ``closed`` outside the
    hours, ``full`` where too many wait. Then offer to call back (`callbacks.ask`).

    Raises
    ------
    UnknownContact
    """
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = locked(contact)
        if row.state == State.MACHINE:
            refusal = places.refusal(row, times.now())
            if refusal:
                row.why = refusal
            else:
                row.state, row.why, row.queued = State.WAITING, reason[:40], times.now()
                row.seen = row.queued
            row.save(update_fields=["state", "why", "queued", "seen"])
    queue.dispatch()
    return place_of(contact)


def place_of(contact: str) -> Place:
    """Return where a contact stands; whoever asks shows that the resident is still there."""
    queue.tend()
    with purpose(CENTRE, KEEP):
        row = Contact.objects.filter(pk=contact).first()
        if row is None:
            raise UnknownContact(_("There is no such contact."))
        if row.state in (State.WAITING, State.OFFERED):
            Contact.objects.filter(pk=row.pk).update(seen=times.now())
        return places.place(row, times.now())


def end(contact: str, outcome: str) -> None:
    """End a contact from the resident's side, or because the machine is done.

    What an operator has goes to its wrap-up; what waits has given up. Once more changes nothing.

    Raises
    ------
    UnknownContact
    Invalid
        If there is no such outcome.
    """
    if outcome not in OUTCOMES:
        raise Invalid(f"there is no outcome {outcome!r}", {"outcome": ", ".join(OUTCOMES)})
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = locked(contact)
        if row.state in (State.DONE, State.WRAPUP):
            return
        row.ended = now
        if row.state == State.ACTIVE:
            row.state, row.outcome = State.WRAPUP, "finished"
        else:
            waited = row.state in (State.WAITING, State.OFFERED)
            row.state, row.outcome = State.DONE, "abandoned" if waited else outcome
            row.operator = ""
            row.phone, row.phone_end = b"", ""
        row.save()


def locked(contact: str) -> Contact:
    """Return a contact that nobody else changes until the caller's transaction ends."""
    row = Contact.objects.select_for_update().filter(pk=contact).first()
    if row is None:
        raise UnknownContact(_("There is no such contact."))
    return row


def sealed_number(number: str) -> bytes:
    """Return a telephone number as it is kept."""
    return notices.sealed_address("call", number) if number else b""


def number_of(sealed: bytes) -> str:
    """Return the telephone number that was kept."""
    return notices.unsealed_address("call", bytes(sealed)) if sealed else ""


def _end_of(number: str) -> str:
    return number[-4:] if len(number) > 6 else ""


def _masked_fact(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        "label": str(given.get("label") or given.get("name") or "")[:100],
        "value": masked(str(given.get("value", "")))[:200],
    }
