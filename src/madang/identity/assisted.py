"""Use cases of assisted sessions: staff act for a resident who is with them, and agreed to it.

An assisted session covers one service and at most thirty minutes. While it runs, the member of
staff has none of their own roles; what is done is done on behalf of the resident, through them.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.identity import sessions
from madang.identity.acts import ACT, MANDATES, tell
from madang.identity.assisted_models import AssistedSession
from madang.identity.errors import NoMandate, ProofFailed, UnknownPerson
from madang.identity.events import AssistanceEnded
from madang.identity.people import register_hash
from madang.identity.person_models import Person, PersonName
from madang.identity.scopes import services
from madang.identity.told import ASSISTANCE_ASKED, ASSISTANCE_BEGUN, ASSISTANCE_ENDED
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce, new_id

ASSIST = "assist-resident"
MOST_MINUTES = 30
ASKED_LASTS = timedelta(minutes=10)
CHANNELS = {
    "counter": gettext_noop("At a counter"),
    "visit": gettext_noop("On a visit at home"),
    "phone": gettext_noop("By phone"),
    "kiosk": gettext_noop("At a kiosk"),
}
CONSENTS = {
    "own-device": gettext_noop("Yes on the own device"),
    "signature": gettext_noop("Signature on the pad"),
    "phrase": gettext_noop("Recorded sentence"),
}
_FILE_HASH = re.compile(r"[0-9a-f]{64}")
_PHRASE = re.compile(r"[A-Za-z0-9-]{6,40}")
_PHONE_CONSENTS = ("own-device", "phrase")  # nobody signs a pad by phone


@dataclass(frozen=True)
class Request:
    """What a member of staff asks for. `reference` is the pad's file hash or the phrase's id."""

    person: str
    service: str
    minutes: int
    channel: str
    consent: str
    reference: str = ""


@dataclass(frozen=True)
class Found:
    """A resident found at a counter; enough to be sure, no more."""

    person: str
    name: str
    born: date | None
    district: str


def resident_with(
    by: Actor, *, number: str = "", name: str = "", born: date | None = None
) -> Found:
    """Return the one resident with this register number, or this name and birthday.

    Raises
    ------
    UnknownPerson
        If there is none, or more than one.
    """
    with purpose(by, ASSIST):
        living = Person.objects.filter(state=Person.State.LIVING)
        if number:
            rows = list(living.filter(register=register_hash(number))[:2])
        elif name and born:
            wanted = " ".join(name.split())
            rows = list(living.filter(born=born, names__full=wanted).distinct()[:2])
        else:
            rows = []
        if len(rows) != 1:
            raise UnknownPerson(_("Nobody is found, or more than one. Ask for the number."))
        first = PersonName.objects.filter(person_id=rows[0].pk).order_by("-form").first()
        return Found(rows[0].pk, first.full if first else "", rows[0].born, rows[0].district)


def ask(by: Actor, wish: Request, *, session_id: str = "") -> AssistedSession:
    """Ask for an assisted session; with a signature or a phrase, the consent is there at once.

    Raises
    ------
    Invalid
        Field by field.
    Forbidden
        For oneself.
    """
    _check(wish)
    if wish.person == by.person:
        raise Forbidden(_("Nobody assists themselves."))
    now = times.now()
    with purpose(MANDATES, ACT), transaction.atomic():
        person = Person.objects.filter(pk=wish.person, state=Person.State.LIVING).first()
        if person is None:
            raise UnknownPerson(_("There is no such person, or they died or moved abroad."))
        row, made = AssistedSession.objects.get_or_create(
            pk=session_id or new_id(),
            defaults={
                "person_id": person.pk,
                "staff_id": by.id.removeprefix("account:"),
                "service": wish.service,
                "minutes": wish.minutes,
                "channel": wish.channel,
                "consent": wish.consent,
                "reference": wish.reference,
                "number": f"{secrets.randbelow(90) + 10}",
                "asked": now,
            },
        )
        if made:
            audit.record(by.id, "identity.ask_assistance", f"assisted:{row.pk}", purpose=ASSIST,
                         detail={"service": wish.service, "minutes": wish.minutes,
                                 "channel": wish.channel, "consent": wish.consent})  # fmt: skip
            if wish.consent == "own-device":
                tell(person.pk, ASSISTANCE_ASKED, {})
            else:
                _consent(row, now)
    return row


def agree(actor: Actor, session_id: str, number: str) -> None:
    """Say yes on one's own device, by picking the number that the member of staff reads out.

    Raises
    ------
    NoMandate
        If nothing waits.
    ProofFailed
        With another number: the request is void then.
    """
    row = _asked_of(actor, session_id)
    if number != row.number:
        _close(row, actor.id, "refused")
        raise ProofFailed(_("That is not the number. The request is void; ask for a new one."))
    with purpose(MANDATES, ACT), transaction.atomic():
        locked = AssistedSession.objects.select_for_update().get(pk=row.pk)
        if locked.consented is None and locked.ended is None:
            _consent(locked, times.now())
            audit.record(actor.id, "identity.agree_assistance", f"assisted:{row.pk}")


def refuse(actor: Actor, session_id: str) -> None:
    """Say no, or end what runs: the resident may at any time."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is None or not actor.person or row.person_id != actor.person:
        raise NoMandate(_("Nothing waits for your yes."))
    _close(row, actor.id, "refused" if row.consented is None else "resident")


def begin(request: HttpRequest, by: Actor, session_id: str) -> None:
    """Turn the staff member's session into the assisted one."""
    row = of_staff(by, session_id)
    if state_of(row) != "running":
        raise Conflict(_("The resident has not agreed, or the time is over."))
    sessions.turn(request, assisted=row.pk)


def of_staff(by: Actor, session_id: str) -> AssistedSession:
    """Return an assisted session of this member of staff; raises `NoMandate`."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is None or f"account:{row.staff_id}" != by.id:
        raise NoMandate(_("There is no such session."))
    return row


def end(session_id: str, by: str, why: str = "done") -> None:
    """End an assisted session; ending it twice changes nothing."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is not None:
        _close(row, by, why)


def end_for(person_id: str, by: str) -> None:
    """End what runs for a person who died or left."""
    with purpose(MANDATES, ACT):
        rows = list(AssistedSession.objects.filter(person_id=person_id, ended__isnull=True))
    for row in rows:
        _close(row, by, "person")


def end_over() -> None:
    """Close the sessions whose time is over; run by a schedule."""
    now = times.now()
    with purpose(MANDATES, ACT):
        rows = list(AssistedSession.objects.filter(ended__isnull=True))
    for row in rows:
        if state_of(row, now) == "over":
            _close(row, MANDATES.id, "time")


def running(session_id: str, staff: str) -> AssistedSession | None:
    """Return the assisted session that this account may act in now, else None."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id, staff_id=staff).first()
    return row if row is not None and state_of(row) == "running" else None


def of_person(person: str) -> list[AssistedSession]:
    """Return the assisted sessions for a person, newest first."""
    with purpose(MANDATES, ACT):
        rows = AssistedSession.objects.filter(person_id=person).order_by("-asked", "-id")
        return list(rows[:200])


def choices_of(row: AssistedSession) -> list[str]:
    """Return three numbers, in order, of which the resident picks the one that was read out."""
    others: list[str] = []
    for byte in sha256(row.pk.encode()).digest():
        other = f"{10 + byte % 90}"
        if other not in (row.number, *others):
            others.append(other)
    return sorted([row.number, *others[:2]])


def state_of(row: AssistedSession, now: datetime | None = None) -> str:
    """Return ``asked``, ``running``, ``over`` (nobody closed it yet) or ``ended``."""
    at = now or times.now()
    if row.ended is not None:
        return "ended"
    if row.until is None:
        return "asked" if at - row.asked < ASKED_LASTS else "over"
    return "running" if at < row.until else "over"


def _asked_of(actor: Actor, session_id: str) -> AssistedSession:
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    mine = row is not None and actor.person and row.person_id == actor.person
    if row is None or not mine or state_of(row) != "asked":
        raise NoMandate(_("Nothing waits for your yes."))
    return row


def _consent(row: AssistedSession, now: datetime) -> None:
    row.consented, row.until = now, now + timedelta(minutes=row.minutes)
    row.save(update_fields=["consented", "until"])
    tell(row.person_id, ASSISTANCE_BEGUN, {"minutes": str(row.minutes)})


def _close(row: AssistedSession, by: str, why: str) -> None:
    with purpose(MANDATES, ACT), transaction.atomic():
        locked = AssistedSession.objects.select_for_update().get(pk=row.pk)
        if locked.ended is not None:
            return
        locked.ended, locked.ended_why = times.now(), why
        locked.save(update_fields=["ended", "ended_why"])
        audit.record(by, "identity.end_assistance", f"assisted:{row.pk}", detail={"why": why})
        announce(AssistanceEnded(session=row.pk, why=why))
        if locked.consented is not None:
            tell(locked.person_id, ASSISTANCE_ENDED, {})


def _check(wish: Request) -> None:
    wrong = {}
    if wish.service not in services():
        wrong["service"] = _("Choose one service.")
    if not 1 <= wish.minutes <= MOST_MINUTES:
        wrong["minutes"] = _("1 to 30 minutes.")
    if wish.channel not in CHANNELS:
        wrong["channel"] = _("Choose where you are.")
    if wish.consent not in CONSENTS or (
        wish.channel == "phone" and wish.consent not in _PHONE_CONSENTS
    ):
        wrong["consent"] = _("Choose how they agreed.")
    forms = {"signature": _FILE_HASH, "phrase": _PHRASE}
    form = forms.get(wish.consent)
    if form and not form.fullmatch(wish.reference):
        wrong["reference"] = _("The file's SHA-256 in 64 hexadecimal digits, or the sentence's id.")
    if wrong:
        raise Invalid(_("Look at your answers."), wrong)
