"""Tables of finding cases: keyed hashes of telephone numbers, and filters that officers keep."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.kernel import times


class CaseTerm(PersonalModel):
    """A word by which a case is found, as a keyed hash: who has only the table can read nothing."""

    class Personal:
        dataset = "cases.term"
        subject = "subject"
        columns = {"secret": {"mac"}}

    number = models.CharField(max_length=20)
    subject = models.CharField(max_length=36, blank=True)
    kind = models.CharField(max_length=10, help_text="phone.")
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "mac", "number"], name="cases_term_once")
        ]
        indexes = [models.Index(fields=["number"], name="cases_term_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.number}"


class KeptFilter(models.Model):
    """A filter of the work list that an officer keeps; `query` as it stands in the address."""

    by = models.CharField(max_length=64, help_text="Id of the account of staff.")
    title = models.CharField(max_length=60)
    query = models.CharField(max_length=200)
    at = models.DateTimeField(default=times.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "title"], name="cases_filter_of_officer_once")
        ]

    def __str__(self) -> str:
        return self.title
