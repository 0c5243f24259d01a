"""Letters: messages that go on paper. The office prints, posts, and notes what comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madang.access.api import Actor, purpose
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, NotFound
from madang.kernel.events import announce
from madang.notices.events import PersonTold
from madang.notices.person import LETTER
from madang.notices.person_models import PersonDelivery

POST = "post-letters"
State = PersonDelivery.State
# what a letter may become next; a returned one may be posted again, to another address
_NEXT: dict[str, frozenset[str]] = {
    State.QUEUED: frozenset({State.POSTED}),
    State.PRINTED: frozenset({State.POSTED, State.QUEUED}),
    State.POSTED: frozenset({State.DELIVERED, State.RETURNED}),
    State.RETURNED: frozenset({State.POSTED, State.QUEUED}),
    State.DELIVERED: frozenset(),
}


@dataclass(frozen=True)
class Letter:
    """A letter: to whom, about what, in which words, and where it is."""

    id: int
    person: str
    matter: str
    language: str
    title: str
    text: str
    required: bool
    state: str
    since: datetime
    note: str = ""


def letters(actor: Actor, state: str = State.QUEUED, limit: int = 100) -> list[Letter]:
    """Return the letters in a state, oldest first; for staff who post them."""
    with purpose(actor, POST):
        rows = PersonDelivery.objects.filter(channel=LETTER, state=state)
        return [_letter(row) for row in rows.select_related("message").order_by("id")[:limit]]


def letter(actor: Actor, number: int) -> Letter:
    """Return one letter; raises NotFound."""
    with purpose(actor, POST):
        rows = PersonDelivery.objects.filter(pk=number, channel=LETTER)
        return _letter(_there(rows.select_related("message").first(), number))


def take_letters(actor: Actor, numbers: Iterable[int]) -> list[int]:
    """Take letters on to print them; return those that nobody else took first.

    In the caller's transaction: a letter is somebody's when that commits, and nobody else's.
    """
    taken = []
    with purpose(actor, POST), transaction.atomic():
        for number in numbers:
            mine = PersonDelivery.objects.filter(pk=number, channel=LETTER, state=State.QUEUED)
            if mine.update(state=State.PRINTED, at=times.now()):
                audit.record(actor.id, "notices.letter_printed", f"letter:{number}", purpose=POST)
                taken.append(number)
    return taken


def note_letters(
    actor: Actor, numbers: Iterable[int], state: str, note: str = "", *, why: str = ""
) -> int:
    """Note that letters were posted, delivered, came back, or wait again; return how many.

    `note` is the post's receipt; `why` a word that says why one came back, for whom it concerns.

    Raises
    ------
    NotFound, Conflict
        If one does not exist, or cannot become that from where it is; then none is changed.
    """
    done = 0
    with purpose(actor, POST), transaction.atomic():
        for number in numbers:
            row = _row(number)
            if state not in _NEXT.get(row.state, frozenset()):
                raise Conflict(f"letter {number} is {row.state}: it cannot become {state}")
            PersonDelivery.objects.filter(pk=row.pk).update(
                state=state, at=times.now(), receipt=note[:200], tries=row.tries + 1
            )
            _tell(row, state, why)
            audit.record(actor.id, f"notices.letter_{state}", f"letter:{number}", purpose=POST)
            done += 1
    return done


def _row(number: int) -> PersonDelivery:
    """Return a letter for changing it, in the caller's transaction."""
    rows = PersonDelivery.objects.select_related("message").select_for_update(of=("self",))
    return _there(rows.filter(pk=number, channel=LETTER).first(), number)


def _there(row: PersonDelivery | None, number: int) -> PersonDelivery:
    if row is None:
        raise NotFound(f"there is no letter {number}")
    return row


def _letter(row: PersonDelivery) -> Letter:
    message = row.message
    return Letter(
        id=row.pk,
        person=message.person,
        matter=message.matter,
        language=message.language,
        title=message.title,
        text=message.text,
        required=message.required,
        state=row.state,
        since=row.at,
        note=row.receipt,
    )


def _tell(row: PersonDelivery, state: str, why: str) -> None:
    if state == State.QUEUED:
        return
    announce(
        PersonTold(
            message=row.message_id,
            matter=row.message.matter,
            topic=row.message.topic,
            channel=LETTER,
            state=state,
            required=row.message.required,
            why=why,
        )
    )
