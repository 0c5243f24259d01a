"""Keys that the city gave to users of its open data. A key itself is never kept."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class ApiKey(models.Model):
    """A key by its hash; `shown` is its beginning, by which lists and people name it."""

    owner = models.CharField(max_length=200)
    key_hash = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=12, db_index=True)
    is_enabled = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.shown}... of {self.owner}"
