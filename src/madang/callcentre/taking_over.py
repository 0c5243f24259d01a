"""The desk that the assistant hands conversations to (`kernel.hand_over`)."""

from __future__ import annotations

from django.db import transaction

from madang.access.api import purpose
from madang.assistant import api as assistant
from madang.callcentre import contacts
from madang.callcentre.contact_models import Contact, State
from madang.callcentre.errors import UnknownContact
from madang.callcentre.places import Place
from madang.callcentre.purposes import CENTRE, KEEP
from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.kernel.hand_over import HandOverRequest, HandOverTicket

SIDES = {"resident": "resident", "operator": "operator"}
_ENDED = (State.WRAPUP, State.DONE)


def receive(request: HandOverRequest) -> HandOverTicket | None:
    """Put a conversation into the queue; None where nobody takes it now (closed, or too many).

    The same conversation handed over twice keeps its place.
    """
    with purpose(CENTRE, KEEP):
        known = Contact.objects.filter(conversation=request.conversation).exclude(state__in=_ENDED)
        before = known.values_list("pk", flat=True).first()
    contact = before or contacts.open_contact(
        "phone" if request.channel == "phone" else "chat",
        request.language,
        conversation=request.conversation,
        district=request.district,
        asked=request.topic,
        facts=[{"label": one.label, "value": one.value} for one in request.facts],
    )
    place = contacts.hand_over(contact, request.reason)
    if place.state in ("closed", "full"):
        contacts.end(contact, "failed")
        return None
    follow(contact)
    return _ticket(contact, place)


def position(ticket: str) -> HandOverTicket | None:
    """Return where a conversation stands now; None for no such ticket."""
    try:
        return _ticket(ticket, contacts.place_of(ticket))
    except UnknownContact:
        return None


def said(conversation: str, number: int) -> None:
    """Take over what a resident wrote since; `number` is that of the newest turn."""
    del number
    with purpose(CENTRE, KEEP):
        rows = Contact.objects.filter(conversation=conversation).order_by("-opened")
        contact = rows.values_list("pk", flat=True).first()
    if contact:
        follow(contact)


def follow(contact: str) -> None:
    """Write down the turns of a contact's conversation that are not among its lines yet."""
    with purpose(CENTRE, KEEP):
        row = Contact.objects.get(pk=contact)
    try:
        talk = assistant.transcript(row.conversation, after=row.turns)
    except NotFound:
        return
    told = []
    for one in talk.said:
        at = round((one.at - row.opened).total_seconds() * 1000)
        if one.text:  # a button that was pressed says nothing
            told.append((one.number, SIDES.get(one.side, "machine"), one.text, at))
        answer = str(one.answer.get("text", "")) if one.side == "resident" else ""
        if answer and one.status != "with_person":
            told.append((one.number, "machine", answer, at))
    for number, side, text, at in told:
        if side != "operator":
            contacts.line(contact, side, text, at, at)
        with purpose(CENTRE, KEEP):
            Contact.objects.filter(pk=contact, turns__lt=number).update(turns=number)


def answer_in(contact: Contact, text: str, operator: str) -> None:
    """Write an operator's words into the resident's conversation, and among the lines."""
    now = _since_opened(contact)
    with transaction.atomic():
        if contact.conversation:
            assistant.operator_says(contact.conversation, text, operator)
        contacts.line(contact.pk, "operator", text, now, now)


def give_back(contact: Contact) -> None:
    """Let the machine answer again in a conversation that the operator is done with."""
    if not contact.conversation:
        return
    try:
        assistant.taken_over(contact.conversation, "")
    except NotFound:
        return


def _since_opened(contact: Contact) -> int:
    return round((times.now() - contact.opened).total_seconds() * 1000)


def _ticket(contact: str, place: Place) -> HandOverTicket:
    if place.state == State.ACTIVE:
        return HandOverTicket(contact, None, None, "with-person")
    if place.state == State.OFFERED:
        return HandOverTicket(contact, 0, 0.0)
    if place.state == State.WAITING:
        return HandOverTicket(contact, place.number - 1, place.wait_s)
    return HandOverTicket(contact, None, None, "ended")
