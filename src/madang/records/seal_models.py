"""Table of the seals that documents were signed with."""

from __future__ import annotations

from django.db import models


class KnownSeal(models.Model):
    """A certificate that signed documents, kept for as long as they may be checked.

    `key_id` is the thumbprint of its key (RFC 7638) where credentials are signed with it; `chain`
    and `roots` are PEM. A distrusted one (its key was lost or stolen) proves nothing any more.
    """

    fingerprint = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the DER.")
    key_id = models.CharField(max_length=64, db_index=True, blank=True)
    certificate = models.TextField()
    chain = models.TextField(blank=True)
    roots = models.TextField(blank=True)
    first_used = models.DateTimeField()
    distrusted = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-first_used",)

    def __str__(self) -> str:
        return f"seal {self.fingerprint[:12]}"
