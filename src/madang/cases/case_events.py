"""What cases announce; `cases.events` hands these names on."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class CaseMoved(Event, frozen=True, kw_only=True):
    """Something happened to a case; `kind` is the kind of the verb, `outcome` of a final state."""

    NAME: ClassVar[str] = "cases.moved"

    number: str
    service: str
    kind: str
    state: str
    outcome: str = ""
    district: str = ""
    channel: str = ""
    decided_by: str = ""


class CaseNoticeDue(Event, frozen=True, kw_only=True):
    """The person concerned is to be told something of a case; `notice` as the package calls it."""

    NAME: ClassVar[str] = "cases.notice_due"

    number: str
    service: str
    package: str
    subject: str
    notice: str
    version: int


class CaseDocumentsDue(Event, frozen=True, kw_only=True):
    """A case was granted and owes documents; they are made at once."""

    NAME: ClassVar[str] = "cases.documents_due"

    number: str


class CaseOverdue(Event, frozen=True, kw_only=True):
    """The office's limit has passed and the case is still open."""

    NAME: ClassVar[str] = "cases.overdue"

    number: str
    service: str
    department: str
    district: str
    due: str


class CaseForwarded(Event, frozen=True, kw_only=True):
    """A case lies with a body outside the city, which has to say that it has it."""

    NAME: ClassVar[str] = "cases.forwarded"

    number: str
    service: str
    body: str


class TransferReminded(Event, frozen=True, kw_only=True):
    """An office or body has not said yet that it has a case that was sent on to it."""

    NAME: ClassVar[str] = "cases.transfer_reminded"

    number: str
    department: str
    district: str
    target: str


class TransferReturned(Event, frozen=True, kw_only=True):
    """Nobody took a case that was sent on; it is back where it lay."""

    NAME: ClassVar[str] = "cases.transfer_returned"

    number: str
    department: str
    district: str
    target: str


class SampleDrawn(Event, frozen=True, kw_only=True):
    """Automated decisions of a period were drawn for officers to decide once more."""

    NAME: ClassVar[str] = "cases.sample_drawn"

    draw: str
    drawn: int
    population: int


class AuditDisagreed(Event, frozen=True, kw_only=True):
    """An officer decided a case of a sample otherwise than the rules had."""

    NAME: ClassVar[str] = "cases.audit_disagreed"

    finding: str
    service: str
    kind: str


class DecisionsDrifted(Event, frozen=True, kw_only=True):
    """A share of a service left its control limits, or a fact is not what it was.

    `measure`: auto, granted, overridden, overturned, or `fact:NAME`; `side` is above, below or
    empty; `week` is the day on which the week began.
    """

    NAME: ClassVar[str] = "cases.decisions_drifted"

    service: str
    measure: str
    week: str
    side: str = ""


class GroupsDiffer(Event, frozen=True, kw_only=True):
    """A group of people does beyond the allowed gap otherwise than all others."""

    NAME: ClassVar[str] = "cases.groups_differ"

    service: str
    measure: str
    by: str
    group: str


class StopProposed(Event, frozen=True, kw_only=True):
    """A person proposes to stop automatic decisions of a service, after a finding."""

    NAME: ClassVar[str] = "cases.stop_proposed"

    service: str
    finding: str
