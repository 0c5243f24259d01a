"""Tables of cases: the case as it stands, what happened to it, what is known, what was decided.

`Case` is what queues ask; `CaseEvent` is the record that it follows from, which the database
itself lets nobody change (`case_triggers`). Values of facts are kept once per version in
`CaseFact`; events name them by a salted digest: a chain proves them without holding them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id

BY_PERSON = Q(decided_by__startswith="account:")


class CaseSerial(models.Model):
    """Gives each case its place in the count; a row per case, so that intakes never wait."""

    at = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"serial {self.pk}"


class Case(PersonalModel):
    """A matter between a person and the city.

    subject: id of the person (or organisation) concerned; `applicant` the actor who asked.
    package: hash of the service package, pinned for the life of the case.
    version: number of its events; who acts says which one they saw.
    due: last moment of the office's limit, None while the clock stands or there is none.
    pauses: stretches in which the clock stood, `[[start, end or null], ...]`.
    proposed: what a first officer proposed where the package wants a second one.
    why_person: why the rules did not decide it when they were asked last, as words of
        `case_words.WHY_PERSON` with commas.
    """

    class Personal:
        dataset = "cases.case"
        subject = "subject"
        case = "number"
        district = "district"
        department = "department"
        columns = {"place": {"place"}, "reason": {"proposed"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    service = models.CharField(max_length=80)
    package = models.CharField(max_length=80)
    subject = models.CharField(max_length=36)
    applicant = models.CharField(max_length=64)
    through = models.CharField(max_length=64, blank=True)
    mandate = models.CharField(max_length=48, blank=True)
    channel = models.CharField(max_length=8)
    intake = models.CharField(max_length=64, unique=True, help_text="Hash of the sender's key.")
    intake_body = models.CharField(max_length=64)
    district = models.CharField(max_length=16, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    department = models.CharField(max_length=80)
    body = models.CharField(max_length=120, blank=True, help_text="Outside body it lies with.")
    place = models.JSONField(null=True)
    state = models.CharField(max_length=80)
    state_kind = models.CharField(max_length=8)
    state_since = models.DateTimeField()
    outcome = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decision_class = models.CharField(max_length=2)
    wants_person = models.BooleanField(default=False)
    why_person = models.CharField(max_length=120, blank=True)
    priority = models.SmallIntegerField(default=0)
    assignee = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    limit = models.CharField(max_length=40)
    due = models.DateTimeField(null=True)
    state_due = models.DateTimeField(null=True)
    timer_due = models.DateTimeField(null=True)
    timers_done = models.JSONField(default=list)
    pauses = models.JSONField(default=list)
    overdue_told = models.DateTimeField(null=True)
    fee = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    intent = models.CharField(max_length=64, blank=True)
    proposed = models.JSONField(null=True)
    parent = models.CharField(max_length=20, blank=True)
    merged_into = models.CharField(max_length=20, blank=True)
    version = models.IntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="refused") | BY_PERSON, name="cases_only_people_refuse"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "district", "due"],
                name="cases_queue",
                condition=~Q(state_kind="final"),
            ),
            models.Index(
                fields=["assignee", "due"],
                name="cases_mine",
                condition=~Q(state_kind="final"),
            ),
            models.Index(fields=["due"], name="cases_running", condition=~Q(state_kind="final")),
            models.Index(
                fields=["timer_due"],
                name="cases_timers",
                condition=Q(timer_due__isnull=False),
            ),
            models.Index(fields=["service", "state_kind", "due"], name="cases_of_service"),
            models.Index(fields=["subject", "received_at"], name="cases_of_subject"),
            models.Index(
                fields=["closed_at"], name="cases_closed", condition=Q(closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether something is still to happen."""
        return self.state_kind != "final"


class CaseEvent(PersonalModel):
    """Something that happened to a case; `hash` covers it and, by `previous`, all before it.

    content: canonical JSON of everything that has no column: reasons, facts changed, links.
    key: hash of the sender's key for this act, so that it has one effect however often it is sent.
    looked_s: seconds for which a human had the case before them.
    """

    class Personal:
        dataset = "cases.event"
        subject = "subject"
        columns = {"reason": {"content"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    position = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    through = models.CharField(max_length=64, blank=True)
    mandate = models.CharField(max_length=48, blank=True)
    subject = models.CharField(max_length=36)
    verb = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    state_from = models.CharField(max_length=80, blank=True)
    state_to = models.CharField(max_length=80)
    package = models.CharField(max_length=80)
    looked_s = models.IntegerField(null=True)
    key = models.CharField(max_length=64, blank=True)
    content = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="cases_one_event_a_place"),
            models.UniqueConstraint(
                fields=["case", "key"], name="cases_one_effect_a_key", condition=~Q(key="")
            ),
        ]
        indexes = [models.Index(fields=["at"], name="cases_events_of_day")]

    def __str__(self) -> str:
        return f"{self.verb} of {self.case_id}"


class CaseFact(PersonalModel):
    """One version of a fact: who said so, as of when, what for. The last one counts."""

    class Personal:
        dataset = "cases.fact"
        subject = "subject"
        columns = {"fact": {"value"}, "secret": {"salt"}}

    case = models.ForeignKey(Case, models.CASCADE, related_name="facts")
    subject = models.CharField(max_length=36)
    fact = models.CharField(max_length=60)
    version = models.IntegerField()
    value = models.JSONField(null=True)
    source = models.CharField(max_length=80, help_text="applicant, office, evidence, register...")
    as_of = models.DateTimeField()
    purpose = models.CharField(max_length=10)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "fact", "version"], name="cases_one_version_of_a_fact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fact} of {self.case_id}"


class CaseFile(PersonalModel):
    """A paper that somebody sent, cleaned and encrypted; `digest` is of the clean bytes."""

    class Personal:
        dataset = "cases.file"
        subject = "subject"
        columns = {"fact": {"name", "sealed"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="files")
    subject = models.CharField(max_length=36)
    evidence = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    at = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"{self.evidence} of {self.case_id}"


class CaseDecision(PersonalModel):
    """What was decided, by whom, on what; `decided_by` is an account or `system:rules`.

    inputs: facts by name with source and time; said: what the rules said, with explanation.
    departs: why the officer decided otherwise than the rules proposed.
    """

    class Personal:
        dataset = "cases.decision"
        subject = "subject"
        columns = {"fact": {"inputs", "said"}, "reason": {"reasons", "departs"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    subject = models.CharField(max_length=36)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    proposal = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=64)
    second = models.CharField(max_length=64, blank=True)
    package = models.CharField(max_length=80)
    inputs = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    reasons = models.TextField(blank=True)
    departs = models.TextField(blank=True)
    looked_s = models.IntegerField(null=True)
    event = models.CharField(max_length=36)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="refused") | BY_PERSON, name="cases_no_machine_refuses"
            ),
        ]
        indexes = [models.Index(fields=["case", "at"], name="cases_decisions_of_case")]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.case_id}"


class CaseDocument(PersonalModel):
    """A document that a case issues; `code` once the records room has it."""

    class Personal:
        dataset = "cases.document"
        subject = "subject"
        columns: dict[str, set[str]] = {}

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    subject = models.CharField(max_length=36)
    document = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=times.now)
    code = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    next_try = models.DateTimeField(default=times.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "document", "asked_at"], name="cases_one_issue_asked"
            )
        ]
        indexes = [
            models.Index(fields=["next_try"], name="cases_documents_owed", condition=Q(code="")),
            models.Index(fields=["code"], name="cases_document_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.document} of {self.case_id}"


class ForgottenCase(models.Model):
    """That there was a case whose time to be kept is over: its number, and its chain's hashes.

    hashes: `[moment, id, hash]` of each event, from which the roots of days still follow.
    """

    case = models.CharField(primary_key=True, max_length=36)
    number = models.CharField(max_length=20)
    events_count = models.IntegerField()
    head = models.CharField(max_length=64)
    hashes = models.JSONField(default=list)
    at = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"case {self.number}, forgotten"
