"""Which challenges were answered: each counts once."""

from __future__ import annotations

from django.db import models


class SpentChallenge(models.Model):
    """A challenge that was answered, rightly or not; kept until it would have ended by itself."""

    mark = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the nonce.")
    ends = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"challenge until {self.ends:%Y-%m-%d %H:%M:%S}"
