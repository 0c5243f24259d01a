"""What verbs do besides moving a case: money, assignments, links to other cases, ways onward."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.case_dossier import Dossier
from madang.cases.case_errors import UnknownCase
from madang.cases.case_events import CaseForwarded
from madang.cases.case_models import Case, CaseSerial
from madang.cases.case_numbers import case_number
from madang.cases.case_places import Competent
from madang.cases.rules import Change
from madang.cases.transfer_effects import sent_on, where
from madang.cases.transfer_rules import SENT_ON
from madang.city.api import profile
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.events import announce
from madang.services.api import Verb


def linked_case(case: Case, number: str) -> Case:
    """Return another case of the same service, for changing it.

    Raises
    ------
    UnknownCase
        If there is none of that number.
    Invalid
        If it is the case itself or of another service, or goes on in another case itself.
    """
    found = Case.objects.select_for_update().filter(number=number).first()
    if found is None:
        raise UnknownCase(_("There is no case %(number)s.") % {"number": number})
    if found.pk == case.pk or found.service != case.service:
        raise Invalid(
            _("A case is joined with another one of the same service."), {"links": number}
        )
    if found.merged_into and found.outcome == "moved":
        said = _("The case %(number)s goes on in %(other)s: join it with that one.") % {
            "number": number, "other": found.merged_into,
        }  # fmt: skip
        raise Invalid(said, {"links": said})
    return found


def follow(
    dossier: Dossier,
    change: Change,
    actor: Actor,
    at: datetime,
    *,
    target: str,
    others: Sequence[Case],
    amount: int,
    reasons: str = "",
) -> None:
    """Do what the kind of a verb means."""
    case, kind = dossier.case, change.verb.kind
    if kind == "pay":
        case.paid += amount or case.fee - case.paid
    elif kind == "assign":
        case.assignee = actor.id if target == "me" else _account(target)
    elif kind == "forward":
        origin = where(case)
        _forward(dossier, target)
        sent_on(dossier, actor, at, target=target, origin=origin, reasons=reasons)
    elif kind in ("merge", "duplicate"):
        _join(dossier, others[0], change.verb, actor, at)
    elif kind == "split":
        _split(dossier, change.verb, actor, at)
    elif kind in ("appeal", "reopen"):
        case.assignee, case.proposed = "", None


def _account(target: str) -> str:
    if not target.startswith("account:"):
        raise Invalid(_("A case is assigned to an officer."), {"target": "account"})
    return target


def _forward(dossier: Dossier, target: str) -> None:
    case = dossier.case
    kind, _colon, name = target.partition(":")
    case.assignee = ""
    if kind == "unit" and name:
        where = _unit(name)
        case.unit, case.district = where.unit, where.district
    elif kind == "department" and name:
        _check_department(name)
        case.department = name
    elif kind == "body" and name:
        case.body = name[:120]
        announce(CaseForwarded(number=case.number, service=case.service, body=case.body))
        dossier.notice(SENT_ON)
    else:
        raise Invalid(_("A case is forwarded to unit:, department: or body:."), {"target": target})


def _check_department(name: str) -> None:
    if name not in {one.id for one in profile().city.departments}:
        text = _("There is no department %(name)s.") % {"name": name}
        raise Invalid(text, {"target": text})


def _unit(code: str) -> Competent:
    try:
        unit = profile().unit(code)
    except NotFound:
        raise Invalid(_("There is no unit %(code)s.") % {"code": code}, {"target": code}) from None
    district = profile().district_of(unit)
    return Competent(unit.code, district.code if district else unit.code)


def _join(dossier: Dossier, other: Case, verb: Verb, actor: Actor, at: datetime) -> None:
    """Lead a case on to another one; both say so."""
    case = dossier.case
    case.merged_into = other.number
    kept = Dossier.of(other)
    state = kept.state
    assert state is not None
    kept.happened(verb, state, actor, at, content={"from": case.number})
    kept.save()


def _split(dossier: Dossier, verb: Verb, actor: Actor, at: datetime) -> None:
    """Open a second case for a part of the matter, with the same facts and receipt."""
    case = dossier.case
    seed = secrets.token_hex(32)
    number = case_number(profile().local(case.received_at).year, CaseSerial.objects.create().pk)
    part = Case(
        number=number, service=case.service, package=case.package, subject=case.subject,
        applicant=case.applicant, through=case.through, mandate=case.mandate,
        channel=case.channel, intake=sha256(seed.encode()).hexdigest(), intake_body="",
        district=case.district, unit=case.unit, department=case.department, place=case.place,
        state="", decision_class=case.decision_class, wants_person=True,
        received_at=case.received_at, state_since=at, limit=case.limit, parent=case.number,
        pauses=list(case.pauses),
    )  # fmt: skip
    child = Dossier(part, dossier.pinned, is_new=True)
    digests: dict[str, str] = {}
    for fact in dossier.facts.values():
        digests |= child.learn({fact.fact: fact.value}, fact.source, fact.as_of)
    state = dossier.state
    assert state is not None
    child.happened(verb, state, actor, at, content={"facts": digests, "from": case.number})
    child.save()
