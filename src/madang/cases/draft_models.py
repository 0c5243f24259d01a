"""Tables of applications that are not sent yet."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.cases.appointment_models import new_key
from madang.kernel import times
from madang.kernel.events import new_id


class Draft(PersonalModel):
    """An application that somebody is writing, or has sent.

    key: what a browser without an account shows to get it back; nobody can guess it.
    code: keyed hash of the code by which it is taken up again elsewhere; empty: none was given.
    subject: person it is for; empty as long as nobody signed in. account: id of who writes it.
    package: hash of the package whose questions are asked.
    sealed: what was answered, encrypted (`drafts.Content`).
    version: grows with every save, so that two windows do not undo each other.
    number: of the case, once it is sent.
    """

    class Personal:
        dataset = "cases.draft"
        subject = "subject"
        columns = {"secret": {"key", "code"}, "need": {"sealed"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    code = models.CharField(max_length=64, blank=True, db_index=True)
    service = models.CharField(max_length=80)
    package = models.CharField(max_length=80)
    subject = models.CharField(max_length=36, blank=True)
    account = models.CharField(max_length=64, blank=True)
    through = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=8)
    language = models.CharField(max_length=16)
    sealed = models.BinaryField()
    version = models.IntegerField(default=0)
    begun = models.DateTimeField(default=times.now)
    saved = models.DateTimeField(default=times.now)
    expires = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True)
    sent = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "service", "saved"], name="cases_draft_of_account"),
            models.Index(fields=["expires"], name="cases_draft_expires"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.service}"


class DraftFile(PersonalModel):
    """A paper of a draft, cleaned and encrypted."""

    class Personal:
        dataset = "cases.draft-file"
        subject = "subject"
        columns = {"need": {"name", "sealed"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    subject = models.CharField(max_length=36, blank=True)
    evidence = models.CharField(max_length=80)
    name = models.CharField(max_length=130)
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    at = models.DateTimeField(default=times.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "evidence", "digest"], name="cases_paper_of_draft_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence} of {self.draft_id}"
