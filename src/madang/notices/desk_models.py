"""Tables of the operators' desk: what asks for attention, and what people did about it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

SEVERITIES = ("critical", "serious", "notice")  # gravest first


class DeskAlert(models.Model):
    """Something that asks for an operator, from its opening to its clearing.

    `key` names the trouble: while it is open there is one alert of a key. `message` is a message id
    with `values` for its names; a value that is a map has one text for each language. `layer` and
    `thing` name what to look at on the map. `data` is its room's own.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    severity = models.CharField(max_length=10, choices=[(s, s) for s in SEVERITIES])
    message = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    origin = models.CharField(max_length=10, default="real")
    layer = models.CharField(max_length=64, blank=True)
    thing = models.CharField(max_length=64, blank=True)
    link = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    assigned_to = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("key",),
                condition=models.Q(cleared_at__isnull=True),
                name="one_open_desk_alert",
            )
        ]
        indexes = [models.Index(fields=("cleared_at", "opened_at"), name="desk_alert_open")]

    def __str__(self) -> str:
        return self.key


class DeskEntry(models.Model):
    """One line of an alert's log: who did what, when; `text` is a note, or who it was given to."""

    alert = models.ForeignKey(DeskAlert, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=16)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor}"
