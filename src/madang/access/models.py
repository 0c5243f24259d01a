"""Who looked at whom, and emergencies that wait for their review.

These tables hold ids, never names; people read them by `looks` and the pages of this room.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Look(models.Model):
    """One opening of a data set for one purpose: `decision` is its entry in the audit log.

    Whom it concerned stands in `LookSubject`; `of_everybody` where a job of ours went through so
    many rows that it concerns all who were in the data set then.
    """

    decision = models.CharField(max_length=36, db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    through = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=100)
    legal_basis = models.CharField(max_length=300, blank=True)
    case = models.CharField(max_length=100, blank=True)
    dataset = models.CharField(max_length=100)
    columns = models.CharField(max_length=300)
    is_emergency = models.BooleanField(default=False)
    of_everybody = models.BooleanField(default=False)
    subjects = models.IntegerField(default=0)

    class Meta:
        ordering = ("-at", "-id")
        indexes = [models.Index("at", name="access_look_everybody", condition=Q(of_everybody=True))]

    def __str__(self) -> str:
        return f"{self.actor} at {self.dataset} for {self.purpose}"


class LookSubject(models.Model):
    """A person whose rows a look gave back."""

    look = models.ForeignKey(Look, models.CASCADE, related_name="people")
    subject = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("subject", "look"), name="access_look_subject_once")
        ]


class Emergency(models.Model):
    """Personal data was opened in an emergency; a privacy officer reviews it by `due_at`."""

    class Finding(models.TextChoices):
        JUSTIFIED = "justified"
        NOT_JUSTIFIED = "not-justified"

    decision = models.CharField(max_length=36, unique=True)
    opened_at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    dataset = models.CharField(max_length=100)
    case = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000)
    due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    finding = models.CharField(max_length=16, blank=True, choices=Finding.choices)
    note = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ("due_at", "id")
        indexes = [
            models.Index("due_at", name="access_emergency_open", condition=Q(reviewed_at=None))
        ]

    def __str__(self) -> str:
        return f"emergency of {self.actor} at {self.opened_at:%Y-%m-%d %H:%M}"
