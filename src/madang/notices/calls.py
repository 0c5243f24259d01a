"""Use cases of "call me back": somebody leaves a number, an officer calls, the number is forgotten.

The list shows no number. Each look at one needs a reason and goes to the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, require
from madang.city.api import profile
from madang.kernel import audit
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.times import now
from madang.notices import addresses
from madang.notices.actions import PER_ADDRESS, PER_SOURCE, count_attempt
from madang.notices.errors import UnknownCallBack
from madang.notices.models import CallBack
from madang.notices.purposes import CALL_BACK, PLAN_CALLS, opened
from madang.notices.texts import page_language

OFFICER = "role:officer"
CONSENT = "call-back-2026-11"  # which consent text was shown; change it with the text
TOPICS = ("services", "air", "alerts", "website", "other")
WINDOWS = ((9, 12), (12, 15), (15, 18))  # hours of the city's clock
DAYS_AHEAD = 7
MOST_TRIES = 3


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: the number as written, topic, day, window, language, district."""

    phone: str
    topic: str
    day: date
    window: int
    language: str
    district: str
    consents: bool


@dataclass(frozen=True)
class Call:
    """A call to make, without its number; `end` are the last digits."""

    id: int
    topic: str
    day: date
    hours: tuple[int, int]
    language: str
    district: str
    end: str
    kind: str
    state: str
    tries: int
    note: str
    created: datetime
    is_overdue: bool


def days() -> list[date]:
    """Return the working days on which somebody can be called, from today."""
    city = profile()
    ahead = [city.today() + timedelta(days=n) for n in range(2 * DAYS_AHEAD)]
    return [day for day in ahead if city.calendar.is_working_day(day)][:DAYS_AHEAD]


def ask(wish: Wish, *, source: str = "") -> None:
    """Keep a wish to be called.

    Raises
    ------
    Invalid
        Field by field; nothing is kept.
    TooManySignUps
        After too many requests for a number, or from one place.
    """
    faults = _faults(wish)
    try:
        phone = addresses.phone_address(wish.phone)
    except Invalid as error:
        faults |= error.fields
    if faults:
        raise Invalid(next(iter(faults.values())), faults)
    count_attempt("phone", phone, PER_ADDRESS)
    if source:
        count_attempt("call-source", source, PER_SOURCE)
    first, last = WINDOWS[wish.window]
    kind, _number = profile().phone_number(phone)
    with opened(CALL_BACK):
        CallBack.objects.create(
            channel_kind=kind,
            phone=addresses.seal("call", phone),
            phone_end=phone[-4:],
            topic=wish.topic,
            wish_day=wish.day,
            wish_from=first,
            wish_to=last,
            language=page_language(wish.language),
            district=wish.district,
            consent=CONSENT,
            created=now(),
        )


def _faults(wish: Wish) -> dict[str, str]:
    faults = {}
    if wish.topic not in TOPICS:
        faults["topic"] = _("Choose what it is about.")
    if wish.day not in days():
        faults["day"] = _("Choose one of the days.")
    elif not 0 <= wish.window < len(WINDOWS) or _is_past(wish.day, wish.window):
        faults["window"] = _("Choose a time that is still to come.")
    if not wish.consents:
        faults["consent"] = _("We may keep your number only if you agree.")
    if wish.district:
        try:
            profile().unit(wish.district)
        except NotFound:
            faults["district"] = _("Choose a district of the list.")
    return faults


def _is_past(day: date, window: int) -> bool:
    local = profile().local(now())
    return day == local.date() and local.hour >= WINDOWS[window][1]


def calls(actor: Actor, *, is_open: bool = True, limit: int = 200) -> list[Call]:
    """Return the calls to make, the next one first; or those done of late. For officers."""
    require(actor, OFFICER)
    with purpose(actor, PLAN_CALLS):
        rows = CallBack.objects.exclude(state=CallBack.State.OPEN).order_by("-closed")
        if is_open:
            rows = CallBack.objects.filter(state=CallBack.State.OPEN)
        return [_call(row) for row in rows[:limit]]


def call(actor: Actor, number: int) -> Call:
    """Return one call without its telephone number; raises `UnknownCallBack`."""
    require(actor, OFFICER)
    with purpose(actor, PLAN_CALLS):
        return _call(_row(number))


def look(actor: Actor, number: int, reason: str) -> str:
    """Return the telephone number; who looked and why goes to the audit log.

    Raises
    ------
    Invalid
        Without a reason.
    UnknownCallBack
    """
    require(actor, OFFICER)
    if len(reason.strip()) < 3:
        text = _("Say why you look at the number.")
        raise Invalid(text, {"reason": text})
    detail = {"reason": reason.strip()[:500]}
    case = f"call-back:{number}"
    with purpose(actor, CALL_BACK, case=case, reason=detail["reason"]), transaction.atomic():
        row = _row(number)
        audit.record(actor.id, "notices.look", case, purpose=CALL_BACK, detail=detail)
        return addresses.unseal("call", row.phone)


def close(actor: Actor, number: int, result: str, note: str = "") -> None:
    """Note how the call went; a number that answered, or did not three times, is closed.

    Raises
    ------
    Invalid
        If `result` is not ``done`` or ``not-reached``.
    UnknownCallBack
    """
    require(actor, OFFICER)
    if result not in (CallBack.State.DONE, CallBack.State.NOT_REACHED):
        raise Invalid(_("Say how the call went."), {"result": result})
    case = f"call-back:{number}"
    with purpose(actor, CALL_BACK, case=case), transaction.atomic():
        row = _row(number, locked=True)
        row.tries += 1
        row.note = note.strip()[:500]
        if result == CallBack.State.DONE or row.tries >= MOST_TRIES:
            row.state, row.closed, row.closed_by = result, now(), actor.id
            row.phone, row.phone_end = b"", ""  # its purpose is over
        row.save()
        audit.record(actor.id, "notices.call", case, detail={"result": result})


def _row(number: int, *, locked: bool = False) -> CallBack:
    rows = CallBack.objects.select_for_update() if locked else CallBack.objects.all()
    row = rows.filter(pk=number, state=CallBack.State.OPEN).first()
    if row is None:
        raise UnknownCallBack(_("This call is made already, or its time of keeping is over."))
    return row


def _call(row: CallBack) -> Call:
    local = profile().local(now())
    passed = (row.wish_day, row.wish_to) <= (local.date(), local.hour)
    return Call(
        id=row.pk, topic=row.topic, day=row.wish_day, hours=(row.wish_from, row.wish_to),
        language=row.language, district=row.district, end=row.phone_end, kind=row.channel_kind,
        state=row.state, tries=row.tries, note=row.note, created=row.created,
        is_overdue=row.state == CallBack.State.OPEN and passed,
    )  # fmt: skip


__all__: Sequence[str] = ("TOPICS", "WINDOWS", "Call", "Wish", "ask", "call", "calls", "close",
                          "days", "look")  # fmt: skip
