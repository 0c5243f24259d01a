"""Why a case was decided so: for the page that the person concerned reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from madang.access.api import Actor
from madang.cases.case_deciding import proposal
from madang.cases.case_dossier import Dossier
from madang.cases.case_looking import look_for, seen_by
from madang.cases.case_models import CaseDecision
from madang.cases.case_packages import pinned, worded
from madang.cases.case_words import doubt_text, parameter_text
from madang.kernel.language_marks import marked_unless
from madang.services.api import Package


@dataclass(frozen=True)
class RuleHit:
    """A rule that held, what it says, and the provision it rests on."""

    row: str
    because: str
    law: str


@dataclass(frozen=True)
class UsedFact:
    """A fact that a decision rests on."""

    title: str
    value: Any
    source: str
    as_of: str


@dataclass(frozen=True)
class UsedParameter:
    """A value that the law sets."""

    title: str
    value: Any
    unit: str
    law: str

    @property
    def text(self) -> str:
        """Return the value with its unit, as people read it."""
        return parameter_text(self.value, self.unit)


@dataclass(frozen=True)
class Explanation:
    """A decision, explained; `by_rules` where no human decided it.

    counterfactual: what the rules' engine found nearest that would have changed it.
    """

    id: str
    number: str
    at: datetime
    outcome: str
    by_rules: bool
    reasons: str
    rules: tuple[RuleHit, ...]
    facts: tuple[UsedFact, ...]
    parameters: tuple[UsedParameter, ...]
    doubts: tuple[str, ...]
    counterfactual: Any
    package: str
    version: str


def explanation(actor: Actor, number: str) -> Explanation | None:
    """Return the last decision of a case, explained; None while there is none.

    Raises `UnknownCase` where it is none of the actor's.
    """
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        row = CaseDecision.objects.filter(case_id=case.pk).order_by("-at").first()
        if row is None:
            return None
        return _explained(row, case.number, worded(pinned(row.package)))


def _explained(row: CaseDecision, number: str, package: Package) -> Explanation:
    said: Mapping[str, Any] = row.said
    titles = {fact.id: fact.title for fact in package.service.facts}
    return Explanation(
        id=row.pk,
        number=number,
        at=row.at,
        outcome=row.outcome,
        by_rules=row.decided_by == "system:rules",
        reasons=row.reasons,
        rules=tuple(_hit(name, package) for name in said.get("rows", ())),
        facts=tuple(
            UsedFact(titles.get(name, name), one["value"], one["source"], one["as_of"])
            for name, one in row.inputs.items()
        ),
        parameters=tuple(_parameters(said.get("parameters", {}), row.at, package)),
        doubts=tuple(said.get("doubts", ())),
        counterfactual=((said.get("reasons") or {}).get("outcome") or {}).get("counterfactual"),
        package=row.package,
        version=package.service.version,
    )


def _hit(name: str, package: Package) -> RuleHit:
    table, _dot, row_id = name.partition(".")
    decision = package.decision(table)
    for row in decision.rows if decision else ():
        if row.id == row_id:
            law = f"{row.law.law} {row.law.article}" if row.law else ""
            return RuleHit(name, row.because, _cited(law, package))
    return RuleHit(name, "", "")


def _cited(law: str, package: Package) -> str:
    """Return the name of a law, which stands in the language of the package only."""
    return marked_unless(law, package.service.language, get_language() or "")


def _parameters(values: Mapping[str, Any], at: datetime, package: Package) -> list[UsedParameter]:
    used = []
    for parameter in package.parameters:
        if parameter.id not in values:  # of the refund alone, or newer than the decision
            continue
        dated = [one for one in parameter.values if one.since <= at.date()]
        law = max(dated, key=lambda one: one.since).law if dated else None
        used.append(
            UsedParameter(
                parameter.title, values.get(parameter.id), parameter.unit,
                _cited(f"{law.law} {law.article}" if law else "", package),
            )
        )  # fmt: skip
    return used


@dataclass(frozen=True)
class Proposed:
    """What the rules say of a case that is still open; `why_person` says why a human decides."""

    outcome: str
    rules: tuple[RuleHit, ...]
    doubts: tuple[str, ...]
    why_person: tuple[str, ...]
    fee: int


def proposed(actor: Actor, number: str) -> Proposed | None:
    """Return what the rules say to the officer of an open case; None for one that is over."""
    who, case = seen_by(actor, number)
    if not case.is_open:
        return None
    with look_for(actor, who, case.number):
        dossier = Dossier.of(case)
        found = proposal(dossier)
    package = worded(dossier.pinned)
    return Proposed(
        outcome=found.said.outcome,
        rules=tuple(_hit(name, package) for name in found.said.rows),
        doubts=tuple(doubt_text(one, package) for one in found.said.doubts),
        why_person=found.why_person,
        fee=found.said.fee,
    )
