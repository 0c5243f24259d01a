"""Tables of messages to one person: what was said, how it went out, and how they want it."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id


class PersonMessage(PersonalModel):
    """A message to a person, as it was worded; it stands in their inbox whatever else it does.

    `matter` is what it is about, ``kind:id`` (``case:2026-000123``). `topic` is what one can stop.
    A required one (law wants it delivered) cannot be stopped, and goes by letter at last.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    person = models.CharField(max_length=36, db_index=True)
    matter = models.CharField(max_length=100, db_index=True)
    topic = models.CharField(max_length=32)
    language = models.CharField(max_length=16)
    title = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=False)
    created = models.DateTimeField(default=times.now)
    read = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created", "-id")

    class Personal:
        dataset = "notices.person-message"
        subject = "person"
        columns = {"message": {"title", "text", "path"}}

    def __str__(self) -> str:
        return f"message {self.pk}"


class PersonDelivery(PersonalModel):
    """One way a message took; the unique triple is what makes it go once.

    `number` tells a person's addresses of a channel apart; a letter has one.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        PRINTED = "printed"  # a letter that somebody has taken on to print
        POSTED = "posted"  # a letter that left the house
        DELIVERED = "delivered"  # a letter that was signed for
        RETURNED = "returned"  # a letter that came back

    message = models.ForeignKey(PersonMessage, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8)
    number = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    tries = models.SmallIntegerField(default=0)
    at = models.DateTimeField(default=times.now)
    receipt = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("message", "channel", "number"), name="notices_person_told_once"
            )
        ]
        indexes = [models.Index(fields=("channel", "state", "id"), name="notices_letters")]

    class Personal:
        dataset = "notices.person-message"
        subject = "message__person"
        columns = {"contact": {"receipt", "error"}}

    def __str__(self) -> str:
        return f"{self.channel} of message {self.message_id}: {self.state}"


class PersonWish(PersonalModel):
    """How a person wants messages of a topic: by a channel or not. Nothing said is the default."""

    person = models.CharField(max_length=36)
    topic = models.CharField(max_length=32)
    channel = models.CharField(max_length=8)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "topic", "channel"), name="notices_person_wish_once"
            )
        ]

    class Personal:
        dataset = "notices.person-message"
        subject = "person"

    def __str__(self) -> str:
        return f"{self.channel} for {self.topic}: {self.wanted}"
