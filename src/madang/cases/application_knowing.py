"""What registers say of whoever applies, while the questions are asked: one look for each draft.

Only where the person is signed in as surely as the service asks and agreed to the look, and only
what pages, fees and prefills of the service hang on. What was found is kept with its time in the
draft, encrypted like the answers, and is gone once the person says no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from madang.access.api import Actor, purpose
from madang.cases import registers
from madang.cases.case_models import Case, CaseFact
from madang.cases.case_opening import may_apply
from madang.cases.case_purposes import CASES, OWN
from madang.cases.draft_models import Draft
from madang.cases.drafts import APPLICATIONS, KEEP, Content, Open, sealed
from madang.cases.letter_addresses import read_lines
from madang.cases.registers import Said
from madang.kernel import times
from madang.services import api as services
from madang.services.api import Form, Package, Question

PREVIOUS = "previous"  # as if it were a register: what the person answered the last time


@dataclass(frozen=True)
class Proposal:
    """What a question is filled in with.

    source : ``register:`` and its name, or ``previous:`` and the number of the case.
    as_of : since when the register says so; of a previous answer, when it was given.
    """

    value: Any
    source: str
    as_of: datetime
    is_fixed: bool = False


def looked(actor: Actor, draft: Open) -> Open:
    """Return a draft with what registers say, looked up now if that has not been done."""
    content, row = draft.content, draft.row
    if draft.is_sent or not content.may_look or not row.subject:
        return draft
    mark = {"package": row.package, "subject": row.subject}
    if all(content.looked.get(name) == value for name, value in mark.items()):
        return draft
    form = services.form_in(row.package, row.language)
    level = max(form.package.service.identity.ial, 1)
    if actor.is_anonymous or not may_apply(actor, row.subject, row.service, level):
        return draft
    found = _said(form, draft)
    content = replace(
        content, looked={**mark, "at": times.now().isoformat()},
        known={place: _plain(said) for place, said in found.items()},
    )  # fmt: skip
    with purpose(APPLICATIONS, KEEP):
        # another window may have saved meanwhile; then the look is made again with its answers
        same = Draft.objects.filter(pk=row.pk, version=row.version, number="")
        if same.update(sealed=sealed(row.pk, content)):
            return Open(row, content)
    return draft


def facts_known(package: Package, content: Content) -> dict[str, Any]:
    """Return the facts of registers that are known, by name."""
    return {
        fact.id: content.known[fact.register]["value"]
        for fact in package.service.facts
        if fact.source == "register" and fact.register in content.known
    }


def proposals(package: Package, content: Content, today: date) -> dict[str, Proposal]:
    """Return what questions are filled in with; what does not fit its question is left out."""
    found = {}
    for question in package.pages.questions:
        said = content.known.get(question.prefill) if question.prefill else None
        if said is None:
            continue
        value = _answer(question, said["value"])
        if value is None or services.fault_of(question, value, today):
            continue
        moment = datetime.fromisoformat(said["as_of"])
        found[question.id] = Proposal(value, said["source"], moment, question.fixed)
    return found


def places(form: Form) -> set[str]:
    """Return the registers and fields that are looked at while the questions are asked."""
    package = form.package
    needed = services.asked_of_registers(package) | (form.rules.fee_facts & package.register_facts)
    asked = {package.facts[name].register for name in needed}
    return asked | {one.prefill for one in package.pages.questions if one.prefill}


def _said(form: Form, draft: Open) -> dict[str, Said]:
    named = (place.partition(".") for place in places(form))
    wanted = {(where, name) for where, _dot, name in named if name}
    own = {(where, name) for where, name in wanted if where == PREVIOUS}
    # the look is bound to the draft, as that of a case to its number
    said = registers.said_of(wanted - own, draft.row.subject, f"draft:{draft.row.pk}")
    if own:
        said |= _answered_before(draft, {name for _where, name in own})
    return {f"{where}.{name}": one for (where, name), one in said.items()}


def _answered_before(draft: Open, names: set[str]) -> dict[tuple[str, str], Said]:
    """Return what the person answered in their last application for this service."""
    row = draft.row
    with purpose(CASES, OWN, case=f"draft:{row.pk}"):
        cases = Case.objects.filter(subject=row.subject, service=row.service)
        case = cases.order_by("-received_at").first()
        if case is None:
            return {}
        facts = CaseFact.objects.filter(case=case, fact__in=sorted(names), source="applicant")
        return {
            (PREVIOUS, fact.fact): Said(fact.value, f"{PREVIOUS}:{case.number}", case.received_at)
            for fact in facts.order_by("version")
            if fact.value is not None
        }


def _answer(question: Question, value: Any) -> Any:
    """Return what a register says as an answer: an address of several lines in one."""
    if services.widget_of(question) == "address" or isinstance(value, Mapping):
        return ", ".join(read_lines(value)) or None
    return value


def _plain(said: Said) -> dict[str, Any]:
    return {"value": said.value, "source": said.source, "as_of": said.as_of.isoformat()}
