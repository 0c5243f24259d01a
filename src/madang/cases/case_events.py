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
