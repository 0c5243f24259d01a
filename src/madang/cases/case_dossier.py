"""A case while it is worked on: row, pinned package, newest facts, and what is to be written.

Everything is changed in memory and written once (`save`), in the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from madang.access.api import Actor
from madang.cases.case_chain import START, event_hash, fact_digest
from madang.cases.case_clocks import clocks, moved_pauses, state_of
from madang.cases.case_events import CaseMoved, CaseNoticeDue
from madang.cases.case_models import (
    Case,
    CaseEvent,
    CaseFact,
)
from madang.cases.case_packages import Pinned, pinned
from madang.city.api import profile
from madang.kernel.canonical import canonical
from madang.kernel.events import announce, new_id
from madang.services.api import State, Verb

FRESH = -1  # version of a case that has no row yet


@dataclass
class Dossier:
    """A case under work. `facts` are the newest versions by name.

    conflicts: facts of which a register says otherwise than the applicant, until an officer says
    which holds.
    """

    case: Case
    pinned: Pinned
    facts: dict[str, CaseFact] = field(default_factory=dict)
    is_new: bool = False
    conflicts: set[str] = field(default_factory=set)
    _new_facts: list[CaseFact] = field(default_factory=list)
    _new_events: list[CaseEvent] = field(default_factory=list)
    _new_rows: list[Model] = field(default_factory=list)

    @classmethod
    def of(cls, case: Case) -> Dossier:
        """Return the dossier of a case that is there."""
        found = cls(case, pinned(case.package))
        for fact in CaseFact.objects.filter(case=case).order_by("version"):
            found._note(fact)
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Return the newest value of each fact."""
        return {name: fact.value for name, fact in self.facts.items()}

    @property
    def has_learnt(self) -> bool:
        """Return whether facts came that are not written yet."""
        return bool(self._new_facts)

    @property
    def state(self) -> State | None:
        """Return where it stands, None before it is submitted."""
        return state_of(self.pinned.process, self.case.state) if self.case.state else None

    def learn(self, values: Mapping[str, Any], source: str, as_of: datetime) -> dict[str, str]:
        """Note values of facts, beside the old ones; return the digest of each new version."""
        found = {}
        known = self.pinned.package.facts
        for name, value in values.items():
            before = self.facts.get(name)
            if before is not None and (before.value, before.source) == (value, source):
                continue
            salt = secrets.token_hex(16)
            fact = CaseFact(
                case=self.case,
                subject=self.case.subject,
                fact=name,
                version=before.version + 1 if before else 1,
                value=value,
                source=source,
                as_of=as_of,
                purpose=known[name].purpose if name in known else "decide",
                salt=salt,
                digest=fact_digest(salt, name, value, source, as_of),
            )
            self._note(fact)
            self._new_facts.append(fact)
            found[f"{name}/{fact.version}"] = fact.digest
        return found

    def happened(
        self,
        verb: Verb,
        to: State,
        actor: Actor,
        at: datetime,
        *,
        content: Mapping[str, Any],
        key: str = "",
        looked_s: int | None = None,
    ) -> CaseEvent:
        """Append an event, with the state that the case goes to."""
        case, before = self.case, self.state
        event = CaseEvent(
            id=new_id(),
            case=case,
            position=case.version + 1,
            at=at,
            actor=actor.id,
            through=actor.through,
            mandate=actor.mandate,
            subject=case.subject,
            verb=verb.id,
            kind=verb.kind,
            state_from=case.state,
            state_to=to.id,
            package=case.package,
            looked_s=looked_s,
            key=key,
            content=canonical({k: v for k, v in content.items() if v}).decode(),
            previous=case.head or START,
        )
        event.hash = event_hash(event)
        case.head, case.version = event.hash, event.position
        self._new_events.append(event)
        self._move(before, to, at)
        return event

    def tell(self, verb: Verb) -> None:
        """Announce what a verb says to the person concerned, and that it happened."""
        case = self.case
        for notice in verb.notices:
            self.notice(notice)
        announce(
            CaseMoved(
                number=case.number, service=case.service, kind=verb.kind, state=case.state,
                outcome=case.outcome, district=case.district, channel=case.channel,
                decided_by="rules" if case.decided_by == "system:rules" else "",
            )
        )  # fmt: skip

    def notice(self, notice: str) -> None:
        """Announce that the person concerned is to be told what has happened last."""
        case = self.case
        announce(
            CaseNoticeDue(
                number=case.number, service=case.service, package=case.package,
                subject=case.subject, notice=notice, version=case.version,
            )
        )  # fmt: skip

    def add(self, row: Model) -> None:
        """Have a row written with the case."""
        self._new_rows.append(row)

    def recount(self) -> None:
        """Ask the calendar anew when the case, its state and its timer are due."""
        case = self.case
        found = clocks(
            self.pinned.process, case.state, received=case.received_at, limit=case.limit,
            since=case.state_since, pauses=case.pauses, done=case.timers_done,
        )  # fmt: skip
        case.due, case.state_due = found.due, found.state_due
        case.timer_due = found.timer[1] if found.timer else None

    def save(self) -> None:
        """Write everything."""
        if self.is_new:
            self.case.save(force_insert=True)
            self.is_new = False
        else:
            self.case.save(force_update=True)
        CaseFact.objects.bulk_create(self._new_facts)
        CaseEvent.objects.bulk_create(self._new_events)
        for row in self._new_rows:
            row.save(force_insert=True)
        self._new_facts, self._new_events, self._new_rows = [], [], []

    def _note(self, fact: CaseFact) -> None:
        before = self.facts.get(fact.fact)
        if before is not None and before.value != fact.value:
            was_register = before.source.startswith("register:")
            is_register = fact.source.startswith("register:")
            # an officer who corrects what a register said has looked: that settles it
            if is_register != was_register and (is_register or fact.source == "applicant"):
                self.conflicts.add(fact.fact)
            else:
                self.conflicts.discard(fact.fact)
        self.facts[fact.fact] = fact

    def _move(self, before: State | None, to: State, at: datetime) -> None:
        case = self.case
        if before is None or before.id != to.id:
            local = at.astimezone(profile().timezone)
            case.pauses = moved_pauses(case.pauses, before, to, local)
            case.state, case.state_kind, case.state_since = to.id, to.kind, at
            case.timers_done = []
            was_over = bool(before and before.kind == "final")
            if to.kind == "final":
                case.outcome, case.closed_at, case.proposed = to.outcome or "", at, None
            elif was_over:
                case.outcome, case.closed_at, case.decided_by = "", None, ""
                case.overdue_told = None
        self.recount()
