"""Use cases of assisted sessions: staff act for a resident who is with them, and agreed to it.

An assisted session covers one service and at most thirty minutes. While it runs, the member of
staff has none of their own roles; what is done is done on behalf of the resident, through them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.identity import assisted_approval, assisted_passkey, guardians, sessions
from madang.identity.acts import ACT, MANDATES, tell
from madang.identity.assisted_models import AssistedSession
from madang.identity.assisted_rules import (
    APPROVED,
    BY_OWN_KEY,
    OWN_DEVICE,
    PASSKEY,
    Found,
    Request,
    asked_lasts,
    choices,
    faults,
)
from madang.identity.errors import NoMandate, ProofFailed, UnknownPerson
from madang.identity.events import AssistanceEnded
from madang.identity.people import register_hash
from madang.identity.person_models import Person, PersonName
from madang.identity.scopes import title_of
from madang.identity.sealing import seal, unseal
from madang.identity.told import ASSISTANCE_ASKED, ASSISTANCE_BEGUN, ASSISTANCE_ENDED
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce, new_id

ASSIST = "assist-resident"
_EVIDENCE = "assisted-consent"


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
    NeedsGuardian
        For a child for whom no guardian is entered.
    """
    _check(wish)
    if wish.person == by.person:
        raise Forbidden(_("Nobody assists themselves."))
    now = times.now()
    with purpose(MANDATES, ACT), transaction.atomic():
        person = Person.objects.filter(pk=wish.person, state=Person.State.LIVING).first()
        if person is None:
            raise UnknownPerson(_("There is no such person, or they died or moved abroad."))
        whose = guardians.who_consents(person.pk)
        if by.person in whose:
            raise Forbidden(_("Nobody assists themselves."))
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
            _await_consent(row, whose, now)
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
    if row.consent != OWN_DEVICE:
        raise NoMandate(_("Nothing waits for your yes."))
    if number != row.number:
        close(row.pk, actor.id, "refused")
        raise ProofFailed(_("That is not the number. The request is void; ask for a new one."))
    shown = {"account": actor.id, "aal": str(actor.aal), "number": number}
    consent(row.pk, OWN_DEVICE, by=actor.id, shown=shown)


def consent(session_id: str, way: str, *, by: str, shown: Mapping[str, str]) -> None:
    """Note the resident's yes and let the time begin.

    Parameters
    ----------
    way : of consent, which has to be the one that was asked for.
    shown : what proves it; sealed with the session, its hash stands in the audit log.

    Raises
    ------
    NoMandate
        If nothing waits: it was answered, taken back, or took too long.
    """
    proof = json.dumps(dict(shown), sort_keys=True).encode()
    with purpose(MANDATES, ACT), transaction.atomic():
        row = AssistedSession.objects.select_for_update().filter(pk=session_id).first()
        if row is None or row.consent != way or state_of(row) != "asked":
            raise NoMandate(_("Nothing waits for your yes."))
        row.evidence, row.reference = seal(_EVIDENCE, proof), sha256(proof).hexdigest()
        _consent(row, times.now())
        audit.record(by, "identity.agree_assistance", f"assisted:{row.pk}",
                     detail={"way": way, "evidence": row.reference})  # fmt: skip


def evidence_of(session_id: str) -> dict[str, str]:
    """Return what proves the consent; empty for a signature or a phrase, which are kept elsewhere.

    Raises
    ------
    NoMandate
        If there is no such session, or what is kept is not what stands in the audit log.
    """
    row = session_with(session_id)
    if not bytes(row.evidence):
        return {}
    proof = unseal(_EVIDENCE, row.evidence)
    if sha256(proof).hexdigest() != row.reference:
        raise NoMandate("the consent kept is not the one that was given")
    found: dict[str, str] = json.loads(proof)
    return found


def refuse(actor: Actor, session_id: str) -> None:
    """Say no, or end what runs: the resident may at any time."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is None or not _is_of(actor, row):
        raise NoMandate(_("Nothing waits for your yes."))
    close(row.pk, actor.id, "refused" if row.consented is None else "resident")


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
        close(row.pk, by, why)


def end_for(person_id: str, by: str) -> None:
    """End what runs for a person who died or left."""
    with purpose(MANDATES, ACT):
        rows = list(AssistedSession.objects.filter(person_id=person_id, ended__isnull=True))
    for row in rows:
        close(row.pk, by, "person")


def end_over() -> None:
    """Close the sessions whose time is over; run by a schedule."""
    now = times.now()
    with purpose(MANDATES, ACT):
        rows = list(AssistedSession.objects.filter(ended__isnull=True))
    for row in rows:
        if state_of(row, now) == "over":
            close(row.pk, MANDATES.id, "time")


def running(session_id: str, staff: str) -> AssistedSession | None:
    """Return the assisted session that this account may act in now, else None."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id, staff_id=staff).first()
    return row if row is not None and state_of(row) == "running" else None


def of_person(person: str) -> list[AssistedSession]:
    """Return the assisted sessions for a person and the children they answer for, newest first."""
    people = [person, *guardians.wards_of(person)]
    with purpose(MANDATES, ACT):
        rows = AssistedSession.objects.filter(person_id__in=people).order_by("-asked", "-id")
        return list(rows[:200])


def choices_of(row: AssistedSession) -> list[str]:
    """Return three numbers, in order, of which the resident picks the one that was read out."""
    return choices(row.pk, row.number)


def state_of(row: AssistedSession, now: datetime | None = None) -> str:
    """Return ``asked``, ``running``, ``over`` (nobody closed it yet) or ``ended``."""
    at = now or times.now()
    if row.ended is not None:
        return "ended"
    if row.until is None:
        return "asked" if at - row.asked < asked_lasts(row.consent) else "over"
    return "running" if at < row.until else "over"


def session_with(session_id: str) -> AssistedSession:
    """Return an assisted session by its id; raises `NoMandate`."""
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is None:
        raise NoMandate(_("There is no such session."))
    return row


def _asked_of(actor: Actor, session_id: str) -> AssistedSession:
    with purpose(MANDATES, ACT):
        row = AssistedSession.objects.filter(pk=session_id).first()
    if row is None or not _is_of(actor, row) or state_of(row) != "asked":
        raise NoMandate(_("Nothing waits for your yes."))
    return row


def _is_of(actor: Actor, row: AssistedSession) -> bool:
    """Return whether somebody answers for themselves, or as guardian for the child."""
    if not actor.person or actor.on_behalf_of:
        return False
    if guardians.consents_alone(row.person_id):
        return bool(actor.person == row.person_id)
    return actor.person in guardians.guardians_of(row.person_id)


def _consent(row: AssistedSession, now: datetime) -> None:
    row.consented, row.until = now, now + timedelta(minutes=row.minutes)
    row.save(update_fields=["consented", "until", "reference", "evidence"])
    tell(row.person_id, ASSISTANCE_BEGUN, {"minutes": str(row.minutes)})


def close(session_id: str, by: str, why: str) -> None:
    """End an assisted session, or void what was asked for; the second time changes nothing."""
    with purpose(MANDATES, ACT), transaction.atomic():
        locked = AssistedSession.objects.select_for_update().get(pk=session_id)
        if locked.ended is not None:
            return
        locked.ended, locked.ended_why = times.now(), why
        locked.save(update_fields=["ended", "ended_why"])
        assisted_approval.void(locked.pk)
        audit.record(by, "identity.end_assistance", f"assisted:{locked.pk}", detail={"why": why})
        announce(AssistanceEnded(session=locked.pk, why=why))
        if locked.consented is not None:
            tell(locked.person_id, ASSISTANCE_ENDED, {})


def _await_consent(row: AssistedSession, whose: list[str], now: datetime) -> None:
    if row.consent not in BY_OWN_KEY:
        _consent(row, now)
        return
    if row.consent == APPROVED:
        assisted_approval.ask(row, whose)
    if row.consent == PASSKEY:
        assisted_passkey.require_one(whose)
    for person in whose:
        tell(person, ASSISTANCE_ASKED, {})


def _check(wish: Request) -> None:
    wrong = faults(wish, is_offered=bool(title_of(wish.service)))
    if wrong:
        raise Invalid(_("Look at your answers."), {name: _(text) for name, text in wrong.items()})
