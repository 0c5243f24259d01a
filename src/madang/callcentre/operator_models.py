"""Tables of operators' work: who is there, what was suggested to them, how contacts were closed."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.callcentre.contact_models import Contact
from madang.kernel import times


class OperatorState(models.Model):
    """Whether an operator takes contacts now, and which.

    operator : id of the account. address : where the telephone of the desk is called (SIP).
    at_once : written contacts that they take side by side; a call is always alone.
    seen : when their page last asked; who is away for long gets nothing offered.
    """

    class State(models.TextChoices):
        """What an operator says of themselves; that they are busy follows from their contacts."""

        AVAILABLE = "available"
        BREAK = "break"
        AWAY = "away"

    operator = models.CharField(primary_key=True, max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.AWAY)
    languages = models.JSONField(default=list)
    skills = models.JSONField(default=list)
    address = models.CharField(max_length=120, blank=True)
    at_once = models.SmallIntegerField(default=1)
    since = models.DateTimeField(default=times.now)
    free_since = models.DateTimeField(default=times.now)
    seen = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"{self.operator} {self.state}"


class Suggestion(PersonalModel):
    """What was suggested to an operator, from which sources, and what became of it.

    cited : title, url, version and date of each source. sent : what was said in its place.
    missing : facts that the planner would still ask for.
    """

    class Personal:
        dataset = "callcentre.suggestion"
        case = "contact"
        columns = {"message": {"asked", "text", "sent"}}

    class State(models.TextChoices):
        """What the operator did with it."""

        OPEN = "open"
        ACCEPTED = "accepted"
        EDITED = "edited"
        IGNORED = "ignored"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="suggestions")
    line = models.IntegerField()
    asked = models.CharField(max_length=400)
    text = models.TextField()
    cited = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    sure = models.FloatField(default=0.0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    sent = models.TextField(blank=True)
    made = models.DateTimeField(default=times.now)
    decided = models.DateTimeField(null=True)
    operator = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["contact", "line"], name="callcentre_suggested_once")
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"


class WrapUp(PersonalModel):
    """How a contact was closed: drafted by us, confirmed by the operator."""

    class Personal:
        dataset = "callcentre.wrap-up"
        case = "contact"
        columns = {"message": {"summary", "promised"}}

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="wrap_up")
    reason = models.CharField(max_length=40)
    summary = models.CharField(max_length=1000)
    promised = models.JSONField(default=list)
    drafted = models.DateTimeField(default=times.now)
    confirmed = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"wrap-up of {self.contact_id}"


class KnowledgeNote(PersonalModel):
    """That what the city knows is wrong or missing, as an operator saw it; for the editors.

    source : address of what is wrong; empty where something is missing. asked : masked.
    """

    class Personal:
        dataset = "callcentre.knowledge-note"
        columns = {"message": {"asked", "said"}}

    class Kind(models.TextChoices):
        """What is the matter."""

        WRONG = "wrong"
        MISSING = "missing"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked = models.CharField(max_length=400)
    said = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=16)
    at = models.DateTimeField(default=times.now)
    operator = models.CharField(max_length=64)
    closed = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=["closed", "at"], name="callcentre_notes_open")]

    def __str__(self) -> str:
        return f"knowledge note {self.pk}"
