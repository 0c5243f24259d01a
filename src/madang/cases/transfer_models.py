"""The table of transfers: a case sent on to another office or body, until somebody has it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.access.api import PersonalModel
from madang.cases.case_models import Case
from madang.kernel import times
from madang.kernel.events import new_id


class CaseTransfer(PersonalModel):
    """A case on its way from one office to another, or to a body outside the city.

    target: `unit:`, `department:` or `body:` and a code. by: account that sent it on.
    origin: where it lay: unit, district, department and assignee.
    remind_at, lapse_at: working hours of the city, counted from `sent_at`.
    next_try: when a body's door is knocked on next; None where it has none or has the case.
    fault: what the last attempt came to, in the door's words.
    """

    class State(models.TextChoices):
        """Where it stands."""

        SENT = "sent"
        ACKNOWLEDGED = "acknowledged"
        RETURNED = "returned"
        LAPSED = "lapsed"

    class Personal:
        dataset = "cases.transfer"
        subject = "subject"
        columns = {"reason": {"reasons", "answer"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="transfers")
    subject = models.CharField(max_length=36, blank=True)
    target = models.CharField(max_length=120)
    by = models.CharField(max_length=64)
    reasons = models.TextField(blank=True)
    origin = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.SENT)
    sent_at = models.DateTimeField(default=times.now)
    remind_at = models.DateTimeField()
    lapse_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    answer = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="sent"), name="cases_one_open_transfer"
            )
        ]
        indexes = [
            models.Index(fields=["state", "remind_at"], name="cases_transfers_waiting"),
            models.Index(
                fields=["next_try"], name="cases_transfers_to_send",
                condition=Q(next_try__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"transfer to {self.target}"
