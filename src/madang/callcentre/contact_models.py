"""Tables of contacts: who waits in which language, what was said, who is to be called back."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id


class Channel(models.TextChoices):
    """By which way somebody comes."""

    PHONE = "phone"
    CHAT = "chat"
    CALLBACK = "callback"


class State(models.TextChoices):
    """How far a contact is. `MACHINE` is before anybody asked for a person."""

    MACHINE = "machine"
    WAITING = "waiting"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAPUP = "wrapup"
    DONE = "done"


class Side(models.TextChoices):
    """Who says a line."""

    RESIDENT = "resident"
    OPERATOR = "operator"
    MACHINE = "machine"


class Contact(PersonalModel):
    """Somebody who wants something of the city, by telephone, in writing, or to be called back.

    language : of the resident; an operator has to speak it. skills : what else is needed.
    conversation : public id of the assistant's; turns : how many of it are among the lines.
    case : number of the case it led to.
    offered : how often it was offered; passed : operators who did not take it when it was.
    phone : the telephone number, sealed; empty where none is needed any more.
    may_record : that the resident agreed to be recorded; nothing is recorded without.
    facts : what the conversation had made out, masked. score : of the rules of quality, in percent.
    mood : lowest of the resident's lines, -1 to 1, by a list of words.
    """

    class Personal:
        dataset = "callcentre.contact"
        case = "id"
        columns = {"contact": {"phone"}, "hint": {"phone_end"}, "message": {"facts", "asked"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=16)
    skills = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=40, blank=True)
    conversation = models.CharField(max_length=64, blank=True)
    turns = models.IntegerField(default=0)
    case = models.CharField(max_length=20, blank=True)
    district = models.CharField(max_length=32, blank=True)
    asked = models.CharField(max_length=400, blank=True)
    facts = models.JSONField(default=list)
    phone = models.BinaryField(default=b"")
    phone_end = models.CharField(max_length=4, blank=True)
    may_record = models.BooleanField(default=False)
    opened = models.DateTimeField(default=times.now)
    queued = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    seen = models.DateTimeField(default=times.now)
    operator = models.CharField(max_length=64, blank=True)
    offered = models.SmallIntegerField(default=0)
    offered_at = models.DateTimeField(null=True)
    passed = models.JSONField(default=list)
    answered = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    script_step = models.SmallIntegerField(default=0)
    score = models.SmallIntegerField(null=True)
    marks = models.JSONField(default=list)
    mood = models.FloatField(default=0.0)

    class Meta:
        indexes = [
            models.Index(fields=["state", "queued"], name="callcentre_waiting"),
            models.Index(fields=["conversation"], name="callcentre_conversation"),
            models.Index(fields=["queued"], name="callcentre_queued"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class ContactLine(PersonalModel):
    """What somebody said, masked before it was kept. A line that is not final is still spoken.

    start_ms, end_ms : from the beginning of the contact.
    """

    class Personal:
        dataset = "callcentre.line"
        case = "contact"
        columns = {"message": {"text"}}

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="lines")
    number = models.IntegerField()
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField()
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    final = models.BooleanField(default=True)
    at = models.DateTimeField(default=times.now)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["contact", "number"], name="callcentre_line_once")
        ]

    def __str__(self) -> str:
        return f"line {self.number} of {self.contact_id}"


class Callback(PersonalModel):
    """That a contact is to be called in a span of time; its number stands sealed at the contact.

    consent : which wording was agreed to. attempts : how often nobody answered.
    """

    class Personal:
        dataset = "callcentre.callback"
        case = "contact"

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open"
        DONE = "done"
        NOT_REACHED = "not-reached"

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="callback")
    wanted_from = models.DateTimeField()
    wanted_to = models.DateTimeField()
    consent = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    attempts = models.SmallIntegerField(default=0)
    asked_for = models.DateTimeField(default=times.now)
    closed = models.DateTimeField(null=True)

    class Meta:
        ordering = ("wanted_from", "id")
        indexes = [models.Index(fields=["state", "wanted_from"], name="callcentre_callbacks_open")]

    def __str__(self) -> str:
        return f"callback of {self.contact_id}"
