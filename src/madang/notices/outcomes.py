"""What became of messages, and what follows: tried again, given to the next address, removed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from madang.kernel.times import now
from madang.notices import lanes
from madang.notices.channels.port import Gone, Refused, TryLater
from madang.notices.models import Contact, Delivery, Subscriber
from madang.notices.rules import retry_after

State = Delivery.State
REFUSALS_TO_REMOVE = 3


@dataclass(frozen=True)
class Outcome:
    """What became of one try; `kind` is sent, untried, later, refused or gone."""

    kind: str
    note: str = ""
    after: timedelta | None = None


def sent(receipt: str) -> Outcome:
    """Return: handed over."""
    return Outcome("sent", receipt)


def untried() -> Outcome:
    """Return: the channel is away; it counts as no try."""
    return Outcome("untried")


def of(error: TryLater | Refused | Gone) -> Outcome:
    """Return what a channel's answer means."""
    if isinstance(error, TryLater):
        return later(error.message, error.after)
    return Outcome("gone" if isinstance(error, Gone) else "refused", error.message)


def later(reason: str, after: timedelta | None = None) -> Outcome:
    """Return: not now."""
    return Outcome("later", reason, after)


@transaction.atomic(savepoint=False)
def settle(found: Sequence[tuple[Delivery, Outcome]]) -> Mapping[str, int]:
    """Note all outcomes in one transaction; return how many deliveries came to each state."""
    by_kind: dict[str, list[tuple[Delivery, Outcome]]] = defaultdict(list)
    for row, outcome in found:
        by_kind[outcome.kind].append((row, outcome))
    counts: Counter[str] = Counter()
    _settle_sent(by_kind["sent"], counts)
    untried_keys = [row.pk for row, _ in by_kind["untried"]]
    Delivery.objects.filter(pk__in=untried_keys).update(state=State.QUEUED, claim="")
    for row, outcome in by_kind["later"]:
        _later(row, outcome, counts)
    for row, outcome in [*by_kind["refused"], *by_kind["gone"]]:
        _never(row, outcome, counts)
    return counts


def _settle_sent(rows: Sequence[tuple[Delivery, Outcome]], counts: Counter[str]) -> None:
    if not rows:
        return
    moment = now()
    by_receipt: dict[str, list[Delivery]] = defaultdict(list)
    for row, outcome in rows:
        by_receipt[outcome.note].append(row)
    for receipt, same in by_receipt.items():
        Delivery.objects.filter(pk__in=[row.pk for row in same]).update(
            state=State.SENT, sent_at=moment, claim="", attempts=F("attempts") + 1,
            receipt=receipt[:200], error="",
        )  # fmt: skip
    contacts = [row.contact_id for row, _ in rows if row.contact_id]
    Contact.objects.filter(pk__in=contacts, refusals__gt=0).update(refusals=0)
    counts[State.SENT] += len(rows)


def _later(row: Delivery, outcome: Outcome, counts: Counter[str]) -> None:
    row.attempts += 1
    wait = retry_after(row.attempts, outcome.after)
    row.error, row.claim = outcome.note[:300], ""
    if wait is None:
        row.state = State.GAVE_UP
        _next_address(row)
    else:
        row.state, row.due = State.QUEUED, now() + wait
    row.save(update_fields=["attempts", "error", "claim", "state", "due"])
    counts[row.state] += 1


def _never(row: Delivery, outcome: Outcome, counts: Counter[str]) -> None:
    row.attempts += 1
    row.state, row.error, row.claim = State.FAILED, outcome.note[:300], ""
    row.save(update_fields=["attempts", "error", "claim", "state"])
    counts[State.FAILED] += 1
    _next_address(row)
    if row.contact is None:
        return
    row.contact.refusals += 1
    if outcome.kind == "gone" or row.contact.refusals >= REFUSALS_TO_REMOVE:
        remove_contact(row.contact)
    else:
        row.contact.save(update_fields=["refusals"])


def _next_address(row: Delivery) -> None:
    """Give the notice to the person's next address, where there is one."""
    contact = row.contact
    if contact is None:
        return
    later_ones = Contact.objects.filter(subscriber=contact.subscriber_id, rank__gt=contact.rank)
    following = later_ones.order_by("rank").first()
    if following is None:
        return
    Delivery.objects.get_or_create(
        notice_id=row.notice_id,
        contact=following,
        defaults={
            "channel": following.channel, "language": row.language, "priority": row.priority,
            "due": now(), "is_fallback": True,
        },
    )  # fmt: skip
    lanes.ask(following.channel)


def remove_contact(contact: Contact) -> None:
    """Forget an address; with the last one its subscriber is forgotten, too."""
    subscriber = contact.subscriber_id
    contact.delete()
    rest = list(Contact.objects.filter(subscriber=subscriber).order_by("rank", "id"))
    if not rest:
        Subscriber.objects.filter(pk=subscriber).delete()
    for rank, other in enumerate(rest):
        if other.rank != rank:
            other.rank = rank
            other.save(update_fields=["rank"])
