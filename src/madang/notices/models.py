"""Published alerts. What was published is kept as it was sent."""

from __future__ import annotations

from django.db import models


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


from madang.notices.desk_models import DeskAlert, DeskEntry  # noqa: E402, F401 - tables too
