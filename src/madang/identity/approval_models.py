"""Requests for approval on somebody's phone, while they are open."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from madang.kernel.events import new_id


class ApprovalRequest(models.Model):
    """One request to a provider, for one visitor's session; deleted when it has ended.

    `asked` is sealed: name, birth, phone and token of whom we asked, which nobody needs to see but
    the comparison at the end. `spent` is set before the one verification, so that of two at once
    one wins.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    provider = models.CharField(max_length=20)
    receipt = models.CharField(max_length=64)
    phone = models.CharField(max_length=64, help_text="Keyed hash, to ask nobody too often.")
    asked = models.BinaryField()
    requested = models.DateTimeField(default=timezone.now)
    spent = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "receipt"], name="identity_one_receipt")
        ]
        indexes = [models.Index(fields=["phone", "requested"], name="identity_approval_phone")]

    def __str__(self) -> str:
        return f"{self.provider} request {self.id}"
