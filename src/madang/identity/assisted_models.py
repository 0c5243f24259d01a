"""Sessions in which staff act for a resident who is there, and acts that wait for a second yes."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.identity.account_models import Account
from madang.identity.person_models import Person
from madang.kernel import times
from madang.kernel.events import new_id


class AssistedSession(PersonalModel):
    """Staff act for a resident: for one service, some minutes, with the resident's consent.

    `number` is what the resident picks on their own device. `reference` is the hash of the
    signature's file, the id of the recorded phrase, or the hash of `evidence`: what a yes by the
    resident's own key proves, sealed.
    """

    class Personal:
        dataset = "identity.assisted"
        subject = "person_id"
        columns = {"secret": {"number", "reference", "evidence"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="assisted")
    staff = models.ForeignKey(Account, models.PROTECT, related_name="assisting")
    service = models.CharField(max_length=100)
    minutes = models.SmallIntegerField()
    channel = models.CharField(max_length=10)
    consent = models.CharField(max_length=12)
    reference = models.CharField(max_length=64, blank=True)
    evidence = models.BinaryField(default=bytes)
    number = models.CharField(max_length=2, blank=True)
    asked = models.DateTimeField(default=times.now)
    consented = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "asked"], name="identity_assisted_person")]

    def __str__(self) -> str:
        return f"assisted session {self.id}"


class PendingAct(PersonalModel):
    """A change of money or identity asked for in an assisted session; `payload` is sealed."""

    class Personal:
        dataset = "identity.pending"
        subject = "person_id"
        columns = {"secret": {"payload"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="pending_acts")
    act = models.CharField(max_length=64)
    payload = models.BinaryField()
    asked_by = models.CharField(max_length=64)
    assisted = models.CharField(max_length=48)
    asked = models.DateTimeField(default=times.now)
    lapses = models.DateTimeField()
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    is_confirmed = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["decided", "lapses"], name="identity_pending_open")]

    def __str__(self) -> str:
        return f"{self.act} for {self.person_id}"
