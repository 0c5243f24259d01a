"""Tables of appointments: who comes when, and the queue of an office.

A place at a counter is a row of `Seat`, one for each slot of time: that no two people get the same
place is a constraint of the database. Seats, tickets and closures know nobody; who holds a place is
in `Appointment`, behind the guard.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id


def new_key() -> str:
    """Return a key that nobody can guess (122 random bits)."""
    return uuid4().hex


class Seat(models.Model):
    """One place at one kind of counter for one slot; `holder` is the id of an appointment.

    `until` is when a place that is only held is free again; None: it is booked.
    """

    office = models.CharField(max_length=32)
    counter = models.CharField(max_length=32)
    start = models.DateTimeField()
    number = models.SmallIntegerField()
    holder = models.CharField(max_length=36, db_index=True)
    until = models.DateTimeField(null=True, db_index=True)
    by = models.CharField(max_length=64, blank=True, help_text="Keyed hash of who holds it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "counter", "start", "number"], name="cases_one_holder_per_seat"
            )
        ]

    def __str__(self) -> str:
        return f"seat {self.number} of {self.counter} in {self.office}"


class Appointment(PersonalModel):
    """Somebody comes to an office at a time; or waits for a time (no `start` then).

    `person` is the one it is for, `account` whose list it is on; both are empty for a guest, whose
    right to change it is `key`. A wish for a time is for a day from `wish_from` to `wish_to`.
    `revision` grows with each change of time or state.
    """

    class State(models.TextChoices):
        BOOKED = "booked"
        WAITING = "waiting"  # on the waiting list
        OFFERED = "offered"  # a place is held until `offered_until`
        ARRIVED = "arrived"
        SERVED = "served"
        NO_SHOW = "no-show"
        CANCELLED = "cancelled"
        LAPSED = "lapsed"  # nobody was offered a place in time

    class Personal:
        dataset = "cases.appointment"
        subject = "person"
        district = "district"
        columns = {
            "name": {"name"}, "contact": {"address", "guest"}, "need": {"needs"}, "secret": {"key"},
        }  # fmt: skip

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    office = models.CharField(max_length=32)
    district = models.CharField(max_length=16, blank=True)
    counter = models.CharField(max_length=32)
    matter = models.CharField(max_length=64)
    start = models.DateTimeField(null=True)
    minutes = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    state_at = models.DateTimeField(default=times.now)
    person = models.CharField(max_length=36, blank=True)
    account = models.CharField(max_length=36, blank=True)
    booked_by = models.CharField(max_length=64, blank=True, help_text="Id of the actor.")
    through = models.CharField(max_length=64, blank=True)
    mandate = models.CharField(max_length=48, blank=True)
    via = models.CharField(max_length=10, help_text="web, counter, phone, kiosk, api.")
    name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=16)
    needs = models.JSONField(default=list)
    channel = models.CharField(max_length=8, blank=True, help_text="account, email, sms, letter.")
    address = models.BinaryField(default=bytes)
    guest = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the address.")
    wish_from = models.DateField(null=True)
    wish_to = models.DateField(null=True)
    offered_until = models.DateTimeField(null=True)
    revision = models.SmallIntegerField(default=0)
    booked_at = models.DateTimeField(default=times.now)

    class Meta:
        indexes = [
            models.Index(fields=["office", "start"], name="cases_appointment_day"),
            models.Index(fields=["state", "start"], name="cases_appointment_due"),
            models.Index(fields=["account", "state"], name="cases_appointment_account"),
            models.Index(fields=["person", "state"], name="cases_appointment_person"),
            models.Index(fields=["guest", "state"], name="cases_appointment_guest"),
            models.Index(
                fields=["office", "counter", "booked_at"],
                name="cases_appointment_waiting",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.number}"


class AppointmentMessage(PersonalModel):
    """One thing that somebody was told of an appointment, once per revision.

    A letter waits in the list of its office until it is printed.
    """

    class Personal:
        dataset = "cases.appointment-message"
        subject = "appointment__person"
        columns: dict[str, set[str]] = {}

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=16)
    revision = models.SmallIntegerField()
    channel = models.CharField(max_length=8)
    asked = models.DateTimeField(default=times.now)
    printed = models.DateTimeField(null=True)
    printed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "kind", "revision"], name="cases_told_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["asked"],
                name="cases_letters_to_print",
                condition=models.Q(channel="letter", printed__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.appointment_id}"


class Ticket(models.Model):
    """A number in the queue of an office on a day: of who walked in, or who came to a time.

    `due` is the booked time; None for who walked in.
    """

    class Outcome(models.TextChoices):
        SERVED = "served"
        GONE = "gone"  # called, and nobody came

    office = models.CharField(max_length=32)
    day = models.DateField()
    number = models.SmallIntegerField()
    counter = models.CharField(max_length=32)
    matter = models.CharField(max_length=64)
    appointment = models.CharField(max_length=36, blank=True)
    due = models.DateTimeField(null=True)
    issued = models.DateTimeField(default=times.now)
    called = models.DateTimeField(null=True)
    desk = models.SmallIntegerField(null=True)
    closed = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "day", "number"], name="cases_one_ticket_number"
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                name="cases_one_ticket_per_appointment",
                condition=~models.Q(appointment=""),
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.number} of {self.office} on {self.day}"


class OfficeClosure(models.Model):
    """Days on which an office is shut beside weekends and holidays; `why` residents read."""

    office = models.CharField(max_length=32)
    first_day = models.DateField()
    last_day = models.DateField()
    why = models.CharField(max_length=200)
    by = models.CharField(max_length=64)
    at = models.DateTimeField(default=times.now)
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "last_day"], name="cases_closure_of_office")]

    def __str__(self) -> str:
        return f"{self.office} closed {self.first_day} to {self.last_day}"
