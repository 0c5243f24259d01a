"""Tables of notices: what was published, who wants what, and what became of each message.

An address is kept encrypted (`addresses`), beside a keyed hash by which it is found again. What
was published or sent is kept as it was. Tables about people open for a purpose only (`purposes`);
none of them knows a person of the register.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from madang.access.api import PersonalModel


def new_key() -> str:
    """Return a key that nobody can guess (122 random bits)."""
    return uuid.uuid4().hex


class PublishedAlert(models.Model):
    """One CAP 1.2 document; `subject` is what it is about, ``kind:id`` (``measure:17``)."""

    identifier = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=200)
    subject = models.CharField(max_length=100, db_index=True)
    status = models.CharField(max_length=10)
    message_type = models.CharField(max_length=10)
    sent = models.DateTimeField()
    document = models.TextField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.identifier


class Subscriber(PersonalModel):
    """Somebody who wants notices: no name, no account; `key` is the right to change and to stop.

    Quiet hours are minutes after midnight of the city's clock; they may span midnight.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    language = models.CharField(max_length=16)
    quiet_from = models.SmallIntegerField(null=True)
    quiet_to = models.SmallIntegerField(null=True)
    critical_passes = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now)

    class Personal:
        dataset = "notices.subscriber"
        columns = {"secret": {"key"}}

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Contact(PersonalModel):
    """A confirmed address of a subscriber; rank 0 is tried first, the next where it fails."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=8)
    rank = models.SmallIntegerField(default=0)
    address = models.BinaryField()
    mac = models.CharField(max_length=64)
    refusals = models.SmallIntegerField(default=0)
    confirmed = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("rank", "id")
        constraints = [models.UniqueConstraint("channel", "mac", name="notices_contact_once")]
        indexes = [models.Index("rank", "id", name="notices_contact_rank")]

    class Personal:
        dataset = "notices.contact"
        columns = {"contact": {"address", "mac"}}

    def __str__(self) -> str:
        return f"{self.channel} contact {self.pk}"


class Wish(PersonalModel):
    """What a subscriber wants to hear of: an alert kind and its subject, in a place, from a level.

    `place` is a unit's code, empty for the whole city; `level` the place of the level in the kind.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="wishes")
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=32)
    place = models.CharField(max_length=32, blank=True)
    level = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ("place", "kind", "subject")
        constraints = [
            models.UniqueConstraint(
                fields=("subscriber", "kind", "subject", "place"), name="notices_wish_once"
            )
        ]
        indexes = [
            models.Index(fields=("kind", "subject", "place", "level"), name="notices_wish_match")
        ]

    class Personal:
        dataset = "notices.subscriber"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} in {self.place or 'the city'}"


class SignUp(PersonalModel):
    """A wish for notices that its address has not confirmed; forgotten after two days."""

    key = models.CharField(max_length=32, unique=True, default=new_key)
    channel = models.CharField(max_length=8)
    address = models.BinaryField()
    mac = models.CharField(max_length=64, db_index=True)
    language = models.CharField(max_length=16)
    quiet_from = models.SmallIntegerField(null=True)
    quiet_to = models.SmallIntegerField(null=True)
    critical_passes = models.BooleanField(default=True)
    wishes = models.JSONField(default=list)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, null=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Personal:
        dataset = "notices.sign-up"
        columns = {"contact": {"address", "mac"}, "secret": {"key"}}

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class Attempt(models.Model):
    """One sign-up or call-back request, for the limits; `mac` hides the address it came from."""

    scope = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=("scope", "mac", "at"), name="notices_attempt_recent")]


class Notice(models.Model):
    """Something to tell people. `key` makes it one notice however often it is asked for.

    `cursor` is the last contact that has its delivery; `spread_at` is set once all have.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=32)
    place = models.CharField(max_length=32, blank=True)
    reach = models.SmallIntegerField(default=0)
    critical = models.BooleanField(default=False)
    priority = models.SmallIntegerField()
    thread = models.CharField(max_length=100, db_index=True)
    origin = models.CharField(max_length=10)
    template = models.CharField(max_length=100)
    values = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    spread_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index("id", name="notices_to_spread", condition=models.Q(spread_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.key


class NoticeText(models.Model):
    """A notice as it is worded in one language, and the version of the template that words it."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=16)
    version = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    short = models.TextField()
    text = models.TextField()
    html = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("notice", "language"), name="notices_text_once")
        ]


class Delivery(PersonalModel):
    """One message to one address: the unique pair is what makes it one.

    `due` is when it may go out next; `claim` names the slice that has it in hand.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        HELD = "held"  # quiet hours
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"  # refused for good
        GAVE_UP = "gave-up"  # too many attempts
        REPLACED = "replaced"  # a newer notice of the thread came first
        EXPIRED = "expired"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True)
    sign_up = models.ForeignKey(SignUp, models.SET_NULL, null=True)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    channel = models.CharField(max_length=8)
    language = models.CharField(max_length=16)
    priority = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    due = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    is_fallback = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("notice", "contact"), name="notices_contact_told_once"),
            models.UniqueConstraint(fields=("notice", "sign_up"), name="notices_asked_once"),
        ]
        indexes = [
            models.Index(
                fields=("channel", "priority", "id"),
                name="notices_delivery_open",
                condition=models.Q(state__in=("queued", "held", "sending")),
            ),
            models.Index(fields=("notice", "state"), name="notices_delivery_state"),
        ]

    class Personal:
        dataset = "notices.delivery"
        columns = {"contact": {"receipt", "error"}}

    def __str__(self) -> str:
        return f"{self.channel} delivery {self.pk}: {self.state}"


class Lane(models.Model):
    """A channel's way out: one slice at a time has it, and it lets through `tokens` messages."""

    channel = models.CharField(max_length=8, primary_key=True)
    holder = models.CharField(max_length=200, blank=True)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    free_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    tokens = models.FloatField(default=0.0)
    filled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.channel


class RecordedMessage(PersonalModel):
    """A message that this instance recorded instead of sending it (no server is set up)."""

    key = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=8)
    to = models.CharField(max_length=100)
    language = models.CharField(max_length=16)
    title = models.CharField(max_length=300)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-id",)

    class Personal:
        dataset = "notices.recorded"
        columns = {"contact": {"to", "title", "text"}}

    def __str__(self) -> str:
        return f"{self.channel} {self.title}"


class CallBack(PersonalModel):
    """Somebody wants to be called. The number is kept encrypted and forgotten when it is done."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        NOT_REACHED = "not-reached"

    channel_kind = models.CharField(max_length=16)
    phone = models.BinaryField()
    phone_end = models.CharField(max_length=4)
    topic = models.CharField(max_length=32)
    wish_day = models.DateField()
    wish_from = models.SmallIntegerField()
    wish_to = models.SmallIntegerField()
    language = models.CharField(max_length=16)
    district = models.CharField(max_length=32, blank=True)
    consent = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    tries = models.SmallIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(default=timezone.now)
    closed = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("wish_day", "wish_from", "id")
        indexes = [models.Index(fields=("state", "wish_day"), name="notices_call_back_open")]

    class Personal:
        dataset = "notices.call-back"
        columns = {"contact": {"phone"}, "hint": {"phone_end"}}

    def __str__(self) -> str:
        return f"call-back {self.pk}"


from madang.notices.desk_models import DeskAlert, DeskEntry  # noqa: E402, F401 - tables too
from madang.notices.person_models import PersonDelivery, PersonMessage, PersonWish  # noqa: E402, F401
