"""Sessions on the server, so that each can be seen and ended from elsewhere."""

from __future__ import annotations

from django.db import models

from madang.kernel import times


class Session(models.Model):
    """One browser's session. `key` is a hash: whoever reads the table cannot take a session over.

    It names the account by its id and no person by name; `data` is signed, as Django keeps it.
    `device` is what the browser calls itself, shortened to family and system.
    """

    key = models.CharField(primary_key=True, max_length=64)
    public_id = models.CharField(max_length=36, unique=True)
    account = models.CharField(max_length=36, blank=True, db_index=True)
    data = models.TextField(blank=True)
    device = models.CharField(max_length=80, blank=True)
    created = models.DateTimeField(default=times.now)
    seen = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"session {self.public_id}"
