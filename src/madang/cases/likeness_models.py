"""Table of cases that are perhaps the same as another one."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times


class CaseLikeness(PersonalModel):
    """That a case is perhaps the same as an earlier one, until an officer says no.

    why: words of `engine.likeness.Likeness`. reasons: of whoever dismissed it.
    """

    class Personal:
        dataset = "cases.likeness"
        subject = "subject"
        columns = {"reason": {"reasons"}}

    number = models.CharField(max_length=20)
    other = models.CharField(max_length=20)
    subject = models.CharField(max_length=36, blank=True)
    why = models.JSONField(default=list)
    metres = models.IntegerField(null=True)
    at = models.DateTimeField(default=times.now)
    dismissed_by = models.CharField(max_length=64, blank=True)
    dismissed_at = models.DateTimeField(null=True)
    reasons = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "other"], name="cases_alike_once")]
        indexes = [models.Index(fields=["other"], name="cases_alike_of_other")]

    def __str__(self) -> str:
        return f"{self.number} like {self.other}"
