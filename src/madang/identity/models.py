"""Tables of this room: accounts are Django's; here is what slows guessing down."""

from __future__ import annotations

from django.db import models


class SignInFailure(models.Model):
    """One wrong password, kept for as long as it counts against the account and the address."""

    account = models.CharField(max_length=64, help_text="SHA-256 of the name that was typed.")
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="identity_failure_account"),
            models.Index(fields=["address", "at"], name="identity_failure_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} at {self.at:%Y-%m-%d %H:%M:%S}"
