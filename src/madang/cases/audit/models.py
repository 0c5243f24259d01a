"""Tables of the watch over decisions: samples, what officers decide blind, findings, reports.

An item never holds what the machine decided: who reads it cannot read that. The comparison is made
from the case's own decision, after the officer's is written.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.access.api import PersonalModel
from madang.cases.case_models import Case
from madang.kernel import times
from madang.kernel.events import new_id


class AuditDraw(models.Model):
    """A sample of a period's automated decisions, with all that is needed to draw it again.

    seed: drawn at random before the sample; strata: `{name: [cases, drawn]}`.
    aim, confidence: an error rate below `aim` is to be shown with this confidence.
    service: empty for the draw over all services without an aim of their own.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    at = models.DateTimeField(default=times.now)
    since = models.DateTimeField()
    until = models.DateTimeField()
    service = models.CharField(max_length=80, blank=True)
    seed = models.CharField(max_length=64)
    aim = models.FloatField()
    confidence = models.FloatField()
    wanted = models.IntegerField()
    population = models.IntegerField()
    strata = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["since", "until", "service"], name="cases_one_draw_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"draw of {self.since:%Y-%m-%d}"


class AuditItem(PersonalModel):
    """A case as an officer decides it once more without knowing how it was decided.

    case: None for a planted one, whose facts are in `planted` and whose right answer is no yes.
    looked_s: seconds from the first look at it to the decision.
    recused: accounts that gave it back because they know the case.
    """

    class Personal:
        dataset = "cases.audit-item"
        subject = "subject"
        case = "case__number"
        district = "district"
        department = "department"
        columns = {"fact": {"planted"}, "reason": {"reasons"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    draw = models.ForeignKey(AuditDraw, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="audits")
    subject = models.CharField(max_length=36, blank=True)
    service = models.CharField(max_length=80)
    package = models.CharField(max_length=80)
    department = models.CharField(max_length=80)
    district = models.CharField(max_length=16, blank=True)
    decision_class = models.CharField(max_length=2)
    received_at = models.DateTimeField()
    stratum = models.CharField(max_length=200)
    place = models.CharField(max_length=64, help_text="Order in which items are handed out.")
    planted = models.JSONField(null=True)
    reviewer = models.CharField(max_length=64, blank=True)
    recused = models.JSONField(default=list)
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    fee = models.BigIntegerField(null=True)
    reasons = models.TextField(blank=True)
    looked_s = models.IntegerField(null=True)
    agrees = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "case"], name="cases_audited_once_a_draw"),
            models.CheckConstraint(
                condition=Q(decided_at=None)
                | (~Q(reviewer="") & Q(looked_s__isnull=False, agrees__isnull=False)),
                name="cases_audits_are_by_people",
            ),
        ]
        indexes = [
            models.Index(
                fields=["place"], name="cases_audits_waiting", condition=Q(decided_at=None)
            ),
            models.Index(
                fields=["reviewer"],
                name="cases_audits_of",
                condition=Q(decided_at=None) & ~Q(reviewer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"audit {self.id}"


class AuditFinding(PersonalModel):
    """That an officer decided otherwise than the machine, and what a person made of that.

    kind: `outcome` or `fee`. verdict: `machine-wrong` or `machine-right`, empty while open.
    follows: what was chosen: `correct-case`, `review-rule`, `propose-stop`.
    """

    class Personal:
        dataset = "cases.audit-finding"
        subject = "subject"
        case = "item__case__number"
        columns = {"reason": {"said"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    item = models.OneToOneField(AuditItem, models.CASCADE, related_name="finding")
    subject = models.CharField(max_length=36)
    kind = models.CharField(max_length=10)
    at = models.DateTimeField(default=times.now)
    verdict = models.CharField(max_length=16, blank=True)
    follows = models.JSONField(default=list)
    said = models.TextField(blank=True)
    settled_by = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="") | Q(settled_by__startswith="account:"),
                name="cases_findings_settled_by_people",
            )
        ]

    def __str__(self) -> str:
        return f"finding {self.id}"


class AuditTask(models.Model):
    """Something that the department in charge of a service is to look at, until somebody says so.

    kind: `drift`, `facts`, `groups`, `review-rule`, `propose-stop`, `rubber-stamp`.
    key: names the trouble; while it is open there is one task of a key.
    values: for the words of the kind; `said` is what came of it.
    """

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    service = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=80, blank=True)
    values = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=times.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=64, blank=True)
    said = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="cases_one_open_task", condition=Q(done_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.key


class AuditReport(models.Model):
    """What a look at the decisions of a period found: counts and intervals, nobody's data.

    kind: `share`, `drift` or `groups`.
    """

    kind = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField(default=times.now)
    content = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "until"], name="cases_one_report_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"
