"""Roles that wait for a second administrator, kiosks, and questions about looks."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.identity.account_models import Account
from madang.identity.person_models import Person
from madang.kernel import times
from madang.kernel.events import new_id


class GrantRequest(models.Model):
    """A privileged role that one administrator asked for and another one has to grant."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="grant_requests")
    role = models.CharField(max_length=40)
    department = models.CharField(max_length=40, blank=True)
    district = models.CharField(max_length=16, blank=True)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    asked = models.DateTimeField(default=times.now)
    asked_by = models.CharField(max_length=64)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    is_granted = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.role} for {self.account_id}"


class Kiosk(models.Model):
    """A device in a public place on which residents sign in; `key` is the hash of its own key."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    district = models.CharField(max_length=16, blank=True)
    key = models.CharField(max_length=64, unique=True)
    added = models.DateTimeField(default=times.now)
    added_by = models.CharField(max_length=64)
    bound = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class LookQuestion(PersonalModel):
    """A resident asks why somebody looked; a privacy officer answers."""

    class Personal:
        dataset = "identity.question"
        subject = "person_id"
        columns = {"letter": {"text", "answer"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="look_questions")
    decision = models.CharField(max_length=36)
    text = models.CharField(max_length=1000)
    asked = models.DateTimeField(default=times.now)
    asked_by = models.CharField(max_length=64)
    answer = models.CharField(max_length=2000, blank=True)
    answered = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "decision"], name="identity_one_question_per_look"
            )
        ]

    def __str__(self) -> str:
        return f"question about {self.decision}"
