"""What the rules say of a case, and whether they may decide it alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from madang.access.api import Actor
from madang.cases.case_dossier import Dossier
from madang.cases.case_events import CaseDocumentsDue
from madang.cases.case_models import CaseDecision, CaseDocument, CaseEvent
from madang.cases.case_packages import is_automatic
from madang.cases.case_purposes import RULES
from madang.cases.rules import (
    Change,
    Given,
    Grant,
    Machine,
    Refusal,
    Standing,
    is_adverse,
    possible,
    step,
)
from madang.city.api import profile
from madang.kernel.canonical import utc_text
from madang.kernel.events import announce
from madang.services.api import Evaluation, Verb, holds_or_may

GRANT = "grant"
PROPOSED = {"grant": "granted", "refuse": "refused"}
DATES = ("date", "date and time")
AUTOMATIC_KINDS = ("grant", "complete")


@dataclass(frozen=True)
class Proposal:
    """What the rules say of a case as it stands.

    why_person: why they may not decide alone, as words of `case_words.WHY_PERSON`; empty where
        they may.
    """

    said: Evaluation
    verb: Verb | None
    why_person: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Return whether the rules may decide alone."""
        return not self.why_person


def proposal(dossier: Dossier, *, explain: bool = False) -> Proposal:
    """Return what the rules say of the facts, as of the day of receipt."""
    case, pinned = dossier.case, dossier.pinned
    said = pinned.rules.evaluate(dossier.values, day_of(case.received_at), explain=explain)
    verbs = [
        verb
        for verb in possible(pinned.process, case.state)
        if verb.kind in AUTOMATIC_KINDS and "rule" in verb.by
    ]
    why = {
        "switched-off": pinned.may_be_automatic and not is_automatic(pinned),
        "class": not pinned.may_be_automatic,
        "asked-for-person": case.wants_person,
        "outcome": said.outcome != GRANT,
        "doubts": bool(said.doubts),
        "conflict": bool(dossier.conflicts),
        "no-verb": not verbs,
        "evidence": any(not one.optional for one in pinned.package.service.evidence)
        and not case.wants_person
        and _needs_evidence(dossier),
    }
    return Proposal(
        said, verbs[0] if verbs else None, tuple(name for name, is_so in why.items() if is_so)
    )


def _needs_evidence(dossier: Dossier) -> bool:
    """Papers are read by people: a case that needs one is not decided by rules alone.

    Where a register is silent that would say whether it is needed, it may be: a person looks.
    """
    day = day_of(dossier.case.received_at)
    rules = dossier.pinned.rules
    said = {name: value for name, value in dossier.values.items() if value is not None}
    return any(
        not paper.optional and (not paper.when or holds_or_may(rules, paper.when, said, day))
        for paper in dossier.pinned.package.service.evidence
    )


def _why_words(found: Proposal) -> list[str]:
    """Return why a person decides, with the doubts told apart."""
    words = set(found.why_person) - {"doubts"}
    for doubt in found.said.doubts:
        is_missing, is_outside = doubt.endswith(": is not known"), " is outside " in doubt
        words.add("missing" if is_missing else "out-of-range" if is_outside else "doubts")
    # without all facts, the rules' outcome says nothing yet
    if words & {"missing", "out-of-range", "doubts"} and found.said.outcome == "refer":
        words.discard("outcome")
    return sorted(words)


def standing(
    dossier: Dossier, *, has_evidence: bool = False, barred: frozenset[str] = frozenset()
) -> Standing:
    """Return a case as far as the rules of verbs need it."""
    case, day = dossier.case, day_of(dossier.case.received_at)
    types = {fact.id: fact.type for fact in dossier.pinned.package.service.facts}
    known = dossier.values
    return Standing(
        number=case.number,
        state=case.state,
        is_paid=case.paid >= case.fee or not dossier.pinned.is_prepaid,
        has_evidence=has_evidence,
        has_place=case.place is not None or bool(known.get("place")),
        has_date=any(value and types.get(name) in DATES for name, value in known.items()),
        proposed=(case.proposed["verb"], case.proposed["by"]) if case.proposed else None,
        barred=barred,
        holds=lambda condition: dossier.pinned.rules.condition(condition, known, day),
    )  # fmt: skip


def decide_if_settled(dossier: Dossier, at: datetime) -> bool:
    """Grant or complete by rule where law, facts and money allow it; return whether it was done.

    What the rules would refuse, and what they doubt, is left to a person: no path leads from here
    to a refusal.
    """
    case = dossier.case
    if case.state_kind != "open":
        return False
    if not dossier.pinned.may_be_automatic:
        case.why_person = "class"
        return False
    found = proposal(dossier)
    case.why_person = ",".join(_why_words(found))
    if not found.is_settled or found.verb is None:
        return False
    change = step(
        dossier.pinned.process, standing(dossier), found.verb.id, Machine("rule"), Given()
    )
    if not isinstance(change, Change):
        return False
    explained = proposal(dossier, explain=True)
    settle(dossier, change, RULES, at, explained.said, content={"by": "rules"})
    return True


def settle(
    dossier: Dossier,
    change: Change,
    actor: Actor,
    at: datetime,
    said: Evaluation | None,
    *,
    content: dict[str, Any],
    key: str = "",
    looked_s: int | None = None,
    departs: str = "",
) -> CaseEvent:
    """Write a decision: event, record, documents to issue."""
    case, decision = dossier.case, change.decision
    assert decision is not None
    first = case.proposed["by"] if case.proposed else ""
    case.decided_by = actor.id
    event = dossier.happened(
        change.verb, change.to, actor, at, content=content, key=key, looked_s=looked_s
    )
    dossier.add(
        CaseDecision(
            case=case,
            subject=case.subject,
            at=at,
            outcome=outcome_of(change),
            proposal=PROPOSED.get(said.outcome, "referred") if said else "",
            decided_by=actor.id,
            second=first,
            package=case.package,
            inputs=inputs_of(dossier),
            said=said_of(said),
            reasons=decision.reasons
            if isinstance(decision, Refusal)
            else content.get("reasons", ""),
            departs=departs,
            looked_s=looked_s,
            event=event.id,
        )
    )
    if isinstance(decision, Grant):
        issued = change.verb.issues or dossier.pinned.process.issues
        for name in issued:
            dossier.add(
                CaseDocument(
                    case=case, subject=case.subject, document=name, asked_at=at, next_try=at
                )
            )
        if issued:
            announce(CaseDocumentsDue(number=case.number))
    dossier.tell(change.verb)
    return event


def outcome_of(change: Change) -> str:
    """Return what a deciding verb says, wherever it leads."""
    if is_adverse(change.verb, change.to):
        return "refused"
    return "done" if change.verb.kind == "complete" else "granted"


def inputs_of(dossier: Dossier) -> dict[str, Any]:
    """Return the facts that a decision rests on, with source and time."""
    return {
        name: {"value": fact.value, "source": fact.source, "as_of": utc_text(fact.as_of),
               "version": fact.version}
        for name, fact in sorted(dossier.facts.items())
    }  # fmt: skip


def said_of(said: Evaluation | None) -> dict[str, Any]:
    """Return what the rules said, as JSON."""
    if said is None:
        return {}
    return {
        "outcome": said.outcome,
        "fee": said.fee,
        "rows": list(said.rows),
        "values": dict(said.values),
        "parameters": dict(said.parameters),
        "doubts": list(said.doubts),
        "reasons": said.reasons,
    }


def day_of(moment: datetime) -> date:
    """Return the city's day of a moment."""
    return profile().local(moment).date()
