"""Who may act for whom, and what was done so."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.identity.person_models import Person
from madang.kernel import times
from madang.kernel.events import new_id


class Organisation(models.Model):
    """A company or other body that people act for; `number` is the keyed hash of its number."""

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.name


class Mandate(PersonalModel):
    """The right of one person to act for another, or for an organisation; ended, never deleted.

    Without `grantee` it is an offer that waits for whoever has its code. `code` is a keyed hash,
    `code_sealed` lets the giver see it again. `reference` is the keyed hash of a court order's or
    extract's number, or the reference of a consent: never the number itself.
    """

    class Personal:
        dataset = "identity.mandate"
        subject = "grantor_id"
        columns = {"secret": {"code", "code_sealed", "reference"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    grantor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="given")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    grantee = models.ForeignKey(Person, models.PROTECT, null=True, related_name="held")
    kind = models.CharField(max_length=16)
    verbs = models.JSONField(default=list)
    services = models.JSONField(default=list, help_text="Ids; none for all services.")
    evidence = models.CharField(max_length=16)
    reference = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64, unique=True, null=True)
    code_sealed = models.BinaryField(default=bytes)
    offered = models.DateTimeField(default=times.now)
    offered_by = models.CharField(max_length=64)
    accepted = models.DateTimeField(null=True)
    since = models.DateTimeField(default=times.now)
    until = models.DateTimeField(null=True)
    until_why = models.CharField(max_length=16, blank=True)
    ended = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    ended_why = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["grantor", "ended"], name="identity_mandate_given"),
            models.Index(fields=["grantee", "ended"], name="identity_mandate_held"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.id}"


class ActForOther(PersonalModel):
    """One thing that somebody did for a person: by a mandate, or in an assisted session."""

    class Personal:
        dataset = "identity.act"
        subject = "person_id"
        columns: dict[str, set[str]] = {}

    person = models.ForeignKey(Person, models.CASCADE, related_name="acts_of_others")
    actor = models.CharField(max_length=64)
    through = models.CharField(max_length=64, blank=True)
    mandate = models.CharField(max_length=48, blank=True)
    what = models.CharField(max_length=100, help_text="Message id, or name of the page.")
    case = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(default=times.now)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="identity_act_of_person")]

    def __str__(self) -> str:
        return f"{self.what} for {self.person_id}"
