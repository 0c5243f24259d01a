"""Tables of what a case told people, of what became of it, and of letters that were printed."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.cases.case_models import Case
from madang.kernel import times


class CaseNotice(PersonalModel):
    """Something that a person was told about a case; `notice` is the package's word for it.

    `digest` is SHA-256 of language, title and text, by which the words are proved.
    """

    class Personal:
        dataset = "cases.event"
        subject = "subject"
        columns = {"reason": {"title"}}

    message = models.CharField(primary_key=True, max_length=36)
    case = models.ForeignKey(Case, models.CASCADE, related_name="notices")
    subject = models.CharField(max_length=36)
    notice = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=16)
    title = models.CharField(max_length=300)
    required = models.BooleanField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "message")

    def __str__(self) -> str:
        return f"{self.notice} of {self.case_id}"


class CaseNoticeWay(PersonalModel):
    """What became of a notice on one way, as it was announced; never changed."""

    class Personal:
        dataset = "cases.event"
        subject = "subject"
        columns: dict[str, set[str]] = {}

    notice = models.ForeignKey(CaseNotice, models.CASCADE, related_name="ways")
    case = models.ForeignKey(Case, models.CASCADE, related_name="notice_ways")
    subject = models.CharField(max_length=36)
    channel = models.CharField(max_length=8)
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("notice", "channel", "state", "at"), name="cases_notice_way_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.state}"


class LetterBatch(models.Model):
    """Letters that one officer took on together; `prints` counts how often the file was made."""

    by = models.CharField(max_length=64)
    made = models.DateTimeField(default=times.now)
    prints = models.SmallIntegerField(default=0)
    printed = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"batch {self.pk}"


class PostedLetter(PersonalModel):
    """A letter as it goes by post: to which address, from which source, and what became of it.

    `letter` is its number in the notices room; one that goes again is a row of its own.
    """

    class State(models.TextChoices):
        PRINTED = "printed"
        POSTED = "posted"
        RETURNED = "returned"
        LEFT_OUT = "left-out"  # not posted: it waits again

    class Personal:
        dataset = "cases.letter"
        subject = "person"
        columns = {"contact": {"name", "lines"}}

    reference = models.CharField(primary_key=True, max_length=9)
    batch = models.ForeignKey(LetterBatch, models.PROTECT, related_name="letters")
    place = models.SmallIntegerField(help_text="In the batch, from 1.")
    letter = models.BigIntegerField(db_index=True)
    person = models.CharField(max_length=36, db_index=True)
    matter = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    source = models.CharField(max_length=80)
    as_of = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PRINTED)
    at = models.DateTimeField(default=times.now)
    why = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("batch", "place")
        constraints = [
            models.UniqueConstraint(fields=("batch", "place"), name="cases_letter_place"),
            models.UniqueConstraint(
                fields=("letter",), name="cases_letter_in_one_batch",
                condition=models.Q(state="printed"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"letter {self.reference}"
