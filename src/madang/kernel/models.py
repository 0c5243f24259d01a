"""The kernel's tables: outbox, deliveries, positions, runs of schedules, audit log, heartbeats.

Private to the kernel; other rooms use `events`, `jobs`, `audit` and `idempotency`.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import connection, models
from django.db.models import Q

from madang.kernel.errors import Conflict


class OutboxEntry(models.Model):
    """An event announced in a transaction and, later, published on the bus."""

    event_id = models.CharField(max_length=36, unique=True)
    name = models.CharField(max_length=100)
    payload = models.TextField()
    announced_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("id", name="kernel_outbox_due", condition=Q(published_at__isnull=True)),
            models.Index("published_at", name="kernel_outbox_published"),
        ]


class Delivery(models.Model):
    """What became of one event at one subscriber; a `done` row is the subscriber's inbox entry."""

    class State(models.TextChoices):
        DONE = "done"
        WAITING = "waiting"
        PARKED = "parked"

    subscriber = models.CharField(max_length=100)
    event_id = models.CharField(max_length=36)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State.choices)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    payload = models.TextField(default="")
    error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("subscriber", "event_id", name="kernel_delivery_once")
        ]
        indexes = [
            models.Index("due_at", name="kernel_delivery_due", condition=Q(state="waiting")),
            models.Index("state", "changed_at", name="kernel_delivery_state"),
        ]


class StreamPosition(models.Model):
    """How far a consumer has come in a stream; moved in the transaction that did the work.

    `incarnation` names the stream's creation: a bus that lost its store counts from 1 again.
    """

    consumer = models.CharField(max_length=100, primary_key=True)
    incarnation = models.CharField(max_length=64)
    seq = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField()


class ParkedMessage(models.Model):
    """A bus message that a consumer could not digest, kept for the operator."""

    consumer = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    seq = models.BigIntegerField()
    headers = models.JSONField(default=dict)
    data = models.BinaryField()
    attempts = models.IntegerField()
    error = models.TextField()
    parked_at = models.DateTimeField()


class ScheduledRun(models.Model):
    """One due time of a schedule; unique, so that each runs once whatever the number of workers."""

    class State(models.TextChoices):
        FIRST_SEEN = "first-seen"
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    schedule = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    coalesced = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices)
    attempts = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("schedule", "due_at", name="kernel_scheduled_run_once")
        ]


class AuditSeal(models.Model):
    """A batch of the audit log: Merkle root of its entries, chained to the seal before it.

    `leaves` holds 48 bytes per entry: its id (16) and its leaf hash (32), in sealed order.
    """

    number = models.BigIntegerField(primary_key=True)
    size = models.IntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    leaves = models.BinaryField()
    sealed_at = models.DateTimeField()


class AppendOnly(models.QuerySet["AuditEntry"]):
    """Entries are written once."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse."""
        raise Conflict("audit entries are never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise Conflict("audit entries are never removed")

    def put_under_seal(self, entries: list[AuditEntry], seal: AuditSeal, first: int) -> None:
        """Give the entries, in their order, positions from `first` under `seal`."""
        rows = [(seal.pk, position, entry.pk) for position, entry in enumerate(entries, first)]
        with connection.cursor() as cursor:  # 17 times as fast as bulk_update
            cursor.executemany(
                "UPDATE kernel_auditentry SET seal_id = %s, position = %s WHERE id = %s", rows
            )

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Conflict("audit entries are never changed")


class AuditEntry(models.Model):
    """Who did what to which thing, and for which purpose. `detail` is canonical JSON text."""

    id = models.CharField(max_length=36, primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=100)
    object = models.CharField(max_length=300)
    purpose = models.CharField(max_length=200, default="")
    detail = models.TextField(default="{}")
    leaf = models.CharField(max_length=64)
    seal = models.ForeignKey(AuditSeal, models.PROTECT, null=True, related_name="entries")
    position = models.BigIntegerField(null=True)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index("at", name="kernel_audit_unsealed", condition=Q(seal__isnull=True)),
            models.Index("object", name="kernel_audit_object"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; an entry that exists is never written again."""
        if not self._state.adding:
            raise Conflict("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Conflict("audit entries are never removed")


class IdempotentAnswer(models.Model):
    """The answer given to a write request, kept so that a repeat of the request gets the same."""

    key = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    route = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    status = models.IntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("key", "actor", "route", name="kernel_idempotent_once")
        ]


class Heartbeat(models.Model):
    """A sign of life of one process."""

    process = models.CharField(max_length=100, primary_key=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    detail = models.JSONField(default=dict)
