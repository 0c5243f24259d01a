"""Tables of the registers that cases ask: what another register said of a person, as of when."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times


class RegisterKey(models.Model):
    """The right of a system to bring facts of one register; only a hash of the key is kept."""

    register = models.CharField(max_length=60)
    owner = models.CharField(max_length=100, help_text="Office or system, no person.")
    key_hash = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=12)
    made = models.DateTimeField(default=times.now)
    ended = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key of {self.register}"


class RegisterFact(PersonalModel):
    """What a register says of a person: the newest `as_of` counts."""

    class Personal:
        dataset = "cases.register-fact"
        subject = "subject"
        columns = {"fact": {"value"}}

    subject = models.CharField(max_length=36)
    register = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    as_of = models.DateTimeField()
    source = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=times.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "register", "field"], name="cases_one_fact_of_a_register"
            )
        ]

    def __str__(self) -> str:
        return f"{self.register}.{self.field}"
