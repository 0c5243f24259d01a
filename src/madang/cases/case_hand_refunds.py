"""A fee given back by hand: an officer asks, another person says the second yes or no.

Where a rule of the service says what comes back (`case_refunds`), nobody asks. This is for what no
rule foresees: a fee taken by mistake, goodwill after our own fault. Whoever asks never answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_errors import UnknownCase
from madang.cases.case_looking import look_for, seen_by
from madang.cases.case_models import Case
from madang.cases.case_purposes import LIST
from madang.cases.case_shown import typed
from madang.cases.case_words import money
from madang.cases.queues import where_works
from madang.cases.rules import Officer, is_officer
from madang.city.api import profile
from madang.identity.api import who_is
from madang.kernel.errors import Invalid, NotFound
from madang.records import api as records

STATES = {
    "waiting": gettext_noop("waits for a second person"),
    "to-send": gettext_noop("on its way"),
    "done": gettext_noop("given back"),
    "refused": gettext_noop("not given back"),
}


@dataclass(frozen=True)
class Returnable:
    """A payment of which something can still be given back; `left` in minor units."""

    intent: str
    title: str
    at: datetime
    paid: str
    left: int
    left_text: str


@dataclass(frozen=True)
class HandRefund:
    """A refund of a case as the desk sees it.

    may_confirm, may_turn_down : what its reader may say to it; whoever asked takes it back only.
    """

    id: str
    case: str
    amount: str
    reason: str
    state: str
    state_text: str
    asked_by: str
    asked_at: datetime
    is_own: bool
    may_confirm: bool
    may_turn_down: bool


def returnable(actor: Actor, number: str) -> list[Returnable]:
    """Return the payments of a case that can still be given back, oldest first.

    Empty for who may not ask. Raises `UnknownCase` for who does not work on it.
    """
    case = _worked_on(actor, number)
    if not records.may_ask_refund(actor):
        return []
    found, language = [], get_language() or ""
    for one in records.intents_of(case.number):
        left = records.refundable(one.id) if one.captured_at else 0
        if left > 0 and one.captured_at is not None:
            title = profile().text(one.title, language)
            found.append(
                Returnable(one.id, title, one.captured_at, money(one.amount), left, money(left))
            )
    return found


def of_case(actor: Actor, number: str) -> list[HandRefund]:
    """Return the refunds of a case, newest first; raises `UnknownCase`."""
    case = _worked_on(actor, number)
    return [_shown(actor, one) for one in records.refunds_of(case.number)]


def count_waiting(actor: Actor, number: str) -> int:
    """Return how many refunds of a case wait for a second person."""
    return sum(one.state == "waiting" for one in of_case(actor, number))


def waiting(actor: Actor) -> list[HandRefund]:
    """Return the refunds that wait, of the cases where the actor works, oldest first."""
    found = records.refunds_waiting()
    if not found or not is_officer(actor):
        return []
    with purpose(actor, LIST):
        rows = Case.objects.filter(where_works(actor), number__in={one.case for one in found})
        if actor.person:  # nobody answers in a matter of their own
            rows = rows.exclude(subject=actor.person)
        numbers = set(rows.values_list("number", flat=True))
    return [_shown(actor, one) for one in found if one.case in numbers]


def ask(actor: Actor, number: str, *, intent: str, amount: str, reason: str, key: str) -> None:
    """Ask for a refund by hand; it waits for a second person. The same key asks once.

    Parameters
    ----------
    amount : as written, in whole units of the city's money.

    Raises
    ------
    UnknownCase
        If there is none, or the actor does not work on it.
    Invalid
        Field by field.
    Forbidden, NotRefundable, KeyUsed
        As `records.refund`.
    """
    case = _worked_on(actor, number)
    if intent not in {one.id for one in records.intents_of(case.number)}:
        said = _("Choose the payment that is given back.")
        raise Invalid(said, {"intent": said})
    wrong = {}
    minor = _minor(amount)
    if minor <= 0:
        wrong["amount"] = _("Write the amount in figures, above 0.")
    if not reason.strip():
        wrong["reason"] = _("Say why it is given back.")
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    records.refund(intent, minor, reason, by=actor, key=f"desk:{actor.id}:{key}", by_hand=True)


def answer(actor: Actor, number: str, refund: str, *, yes: bool) -> None:
    """Say the second yes to a refund of a case, or no; whoever asked may take it back.

    Raises
    ------
    UnknownCase
        If the case is none that the actor works on.
    NotFound
        If it has no such refund.
    Forbidden, SecondPersonNeeded, Conflict
        As `records.confirm_refund`.
    """
    case = _worked_on(actor, number)
    if refund not in {one.id for one in records.refunds_of(case.number)}:
        raise NotFound(_("This case has no such refund."))
    if yes:
        records.confirm_refund(refund, by=actor)
    else:
        records.turn_down_refund(refund, by=actor)


def _worked_on(actor: Actor, number: str) -> Case:
    who, case = seen_by(actor, number)
    if not isinstance(who, Officer):
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    with look_for(actor, who, case.number):  # that money was looked at is noted with the case
        return Case.objects.get(pk=case.pk)


def _minor(text: str) -> int:
    try:
        number = profile().read_number(text.strip().removesuffix("원").strip())
        return profile().currency.amount(number).minor
    except Invalid:
        return 0


def _shown(actor: Actor, one: records.RefundMade) -> HandRefund:
    is_own = one.asked_by == actor.id
    may_confirm = records.may_confirm_refund(actor, one)
    return HandRefund(
        id=one.id,
        case=one.case,
        amount=money(one.amount),
        reason=typed(one.reason),
        state=one.state,
        state_text=_(STATES[one.state]),
        asked_by=_("you") if is_own else who_is(one.asked_by, "", one.asked_at),
        asked_at=one.asked_at,
        is_own=is_own,
        may_confirm=may_confirm,
        may_turn_down=one.state == "waiting" and (may_confirm or is_own),
    )
