"""Tables of documents: what was issued to whom, the files, and which are revoked."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel.events import new_id


class IssuedDocument(PersonalModel):
    """One document. What it says is in its files alone; here is what a check of it shows.

    `holder` is a name with most of it hidden; `key` names the request, so that a repeated one
    finds what the first one issued. `status_list` and `status_place` are its bit.
    """

    class State(models.TextChoices):
        VALID = "valid"
        REVOKED = "revoked"
        SUPERSEDED = "superseded"

    class Personal:
        dataset = "records.document"
        subject = "subject"
        case = "case"
        columns = {"name": {"holder"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    code = models.CharField(max_length=18, unique=True)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    title = models.JSONField(help_text="By language.")
    issuer = models.JSONField(help_text="By language.")
    language = models.CharField(max_length=40)
    subject = models.CharField(max_length=64, db_index=True, blank=True)
    case = models.CharField(max_length=64, db_index=True, blank=True)
    service = models.CharField(max_length=120, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    issued = models.DateTimeField()
    day = models.DateField(help_text="Of issue, in the city.")
    expires = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    state_since = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    replaced_by = models.CharField(max_length=36, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the PDF.")
    status_list = models.IntegerField()
    status_place = models.IntegerField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ("-issued", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("status_list", "status_place"), name="records_document_place"
            )
        ]

    def __str__(self) -> str:
        return f"document {self.id}"


class DocumentFile(PersonalModel):
    """A document as PDF or as credential, encrypted."""

    class Kind(models.TextChoices):
        PDF = "pdf"
        CREDENTIAL = "credential"

    class Personal:
        dataset = "records.document-file"
        subject = "document__subject"
        case = "document__case"
        columns = {"evidence": {"sealed"}}

    document = models.ForeignKey(IssuedDocument, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("document", "kind"), name="records_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.document_id}"


class StatusList(models.Model):
    """A list of bits that is public; `used` counts the credentials that have a place in it."""

    number = models.IntegerField(primary_key=True)
    used = models.IntegerField(default=0)
    changed = models.DateTimeField()

    def __str__(self) -> str:
        return f"status list {self.number}"


class RevokedPlace(models.Model):
    """A bit that is set; says nothing of whose it is."""

    status_list = models.ForeignKey(StatusList, models.CASCADE, related_name="revoked")
    place = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("status_list", "place"), name="records_revoked_once")
        ]

    def __str__(self) -> str:
        return f"{self.status_list_id}/{self.place}"
