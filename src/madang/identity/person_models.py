"""Who people are: person, names, numbers of other registers as keyed hashes, how we became sure."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id


class Person(PersonalModel):
    """One human being the city deals with; needs no resident number (foreigners, newborn).

    `register` is the keyed hash of the population register's number where there is one: the number
    itself is never kept. A dead or emigrated person's accounts are closed, the record stays; so
    does the record of somebody who was entered twice, emptied into the other one (joined).
    """

    class State(models.TextChoices):
        LIVING = "living"
        DEAD = "dead"
        EMIGRATED = "emigrated"
        JOINED = "joined"

    class Personal:
        dataset = "identity.person"
        subject = "id"
        columns = {"birth": {"born"}, "origin": {"nationality"}, "number": {"register"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    born = models.DateField(null=True)
    nationality = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    district = models.CharField(max_length=16, blank=True, help_text="Code in the city's profile.")
    register = models.CharField(max_length=64, unique=True, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVING)
    state_since = models.DateField(null=True)
    created = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"person {self.id}"


class PersonName(PersonalModel):
    """One form of a name: as registered, in Latin letters, in the own script, as preferred."""

    class Form(models.TextChoices):
        REGISTERED = "registered"
        LATIN = "latin"
        NATIVE = "native"
        PREFERRED = "preferred"

    class Personal:
        dataset = "identity.name"
        subject = "person_id"
        columns = {"name": {"family", "given", "full"}}

    person = models.ForeignKey(Person, models.CASCADE, related_name="names")
    form = models.CharField(max_length=10, choices=Form.choices)
    language = models.CharField(max_length=16, blank=True, help_text="BCP 47, script included.")
    family = models.CharField(max_length=100, blank=True)
    given = models.CharField(max_length=100, blank=True)
    full = models.CharField(max_length=200, help_text="As its owner writes it, family name first.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "form"], name="identity_one_name_per_form")
        ]
        indexes = [models.Index(fields=["full"], name="identity_name_whole")]

    def __str__(self) -> str:
        return f"{self.form} name of {self.person_id}"


class ExternalId(PersonalModel):
    """How another register or provider names this person, as a keyed hash; one person per hash."""

    class Personal:
        dataset = "identity.external"
        subject = "person_id"
        columns = {"number": {"mac"}}

    person = models.ForeignKey(Person, models.CASCADE, related_name="external_ids")
    provider = models.CharField(max_length=40)
    mac = models.CharField(max_length=64)
    linked = models.DateTimeField(default=times.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "mac"], name="identity_one_external_person")
        ]

    def __str__(self) -> str:
        return f"{self.provider} id of {self.person_id}"


class Proofing(PersonalModel):
    """One time somebody or something made sure who a person is (NIST SP 800-63A)."""

    class Personal:
        dataset = "identity.proofing"
        subject = "person_id"
        columns = {"evidence": {"evidence"}}

    person = models.ForeignKey(Person, models.CASCADE, related_name="proofings")
    ial = models.SmallIntegerField()
    how = models.CharField(max_length=20, help_text="register, certificate, approval, counter.")
    evidence = models.CharField(max_length=200, blank=True, help_text="What was seen; no numbers.")
    by = models.CharField(max_length=64, help_text="Id of the actor who made sure.")
    at = models.DateTimeField(default=times.now)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"IAL {self.ial} of {self.person_id}"


class MaybeKnown(PersonalModel):
    """A record that may be of somebody entered before (`other`): same name, same birthday.

    `is_same` is what a clerk decided with the person's document; without it neither.
    """

    class Personal:
        dataset = "identity.maybe-known"
        subject = "person_id"

    person = models.ForeignKey(Person, models.CASCADE, related_name="maybe_known")
    other = models.ForeignKey(Person, models.CASCADE, related_name="maybe_again")
    found = models.DateTimeField(default=times.now)
    decided = models.DateTimeField(null=True, db_index=True)
    decided_by = models.CharField(max_length=64, blank=True)
    is_same = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="identity_one_hint_per_pair")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} may be {self.other_id}"
