"""That the record of cases holds: chains verified, a root each day, and an end to keeping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import msgspec
from django.db import transaction
from django.db.models import Q

from madang.access.api import maintenance, purpose
from madang.cases.audit.models import AuditFinding, AuditItem
from madang.cases.case_chain import Fault, fact_digest, faults
from madang.cases.case_models import (
    Case,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    CaseFact,
    CaseFile,
    ForgottenCase,
)
from madang.cases.case_packages import pinned
from madang.cases.case_purposes import CASES, FORGET
from madang.cases.likeness_models import CaseLikeness
from madang.cases.post_models import CaseNotice, CaseNoticeWay
from madang.cases.search_models import CaseTerm
from madang.cases.transfer_models import CaseTransfer
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.canonical import utc_text
from madang.kernel.merkle import root

ROOTED = "cases.root"
BATCH = 500


@dataclass(frozen=True)
class Checked:
    """What a check of all chains found."""

    cases: int
    events: int
    faults: tuple[Fault, ...]


def verify(number: str = "") -> Checked:
    """Check the chain of a case, or of all; also what events say of facts."""
    cases = events = 0
    found: list[Fault] = []
    with maintenance("verify cases"):
        wanted = Case.objects.filter(number=number) if number else Case.objects.all()
        for case in wanted.order_by("pk").iterator(chunk_size=BATCH):
            rows = list(CaseEvent.objects.filter(case=case).order_by("position"))
            digests = {
                f"{fact.fact}/{fact.version}": fact.digest
                if fact.digest == _digest_of(fact) else "changed"
                for fact in CaseFact.objects.filter(case=case)
            }  # fmt: skip
            found += faults(case.number, rows, case.head, case.version, digests)
            cases, events = cases + 1, events + len(rows)
        found += _roots(number)
    return Checked(cases, events, tuple(found))


def root_of_day(day: date | None = None) -> str:
    """Put the Merkle root over the hashes of a day's events into the audit log; return it.

    Who keeps the log's head elsewhere can so prove a rewrite of any case.
    """
    wanted = day or profile().today() - timedelta(days=1)
    object_ = f"day:{wanted.isoformat()}"
    if audit.newest_about(object_, ROOTED, 1):
        return ""
    with maintenance("root of cases"):
        hashes = _hashes(wanted)
    found = root([bytes.fromhex(one) for one in hashes]).hex()
    with transaction.atomic():
        audit.record(CASES.id, ROOTED, object_, detail={"root": found, "events": len(hashes)})
    return found


def forget_closed() -> int:
    """Delete cases whose time to be kept is over, with all that belongs to them; return how many.

    The number and the end of the chain stay, so that a gap in the count is explained.
    """
    count = 0
    with purpose(CASES, FORGET):
        for case in Case.objects.filter(closed_at__isnull=False, state_kind="final").order_by(
            "closed_at"
        ).iterator(chunk_size=BATCH):  # fmt: skip
            retention = pinned(case.package).package.service.retention
            if retention is None or case.closed_at is None:
                continue
            if _years_after(case.closed_at, retention.years) <= times.now():
                _forget(case)
                count += 1
    return count


def _forget(case: Case) -> None:
    with transaction.atomic():
        events = CaseEvent.objects.filter(case=case).order_by("position")
        hashes = [[utc_text(one.at), one.pk, one.hash] for one in events]
        ForgottenCase.objects.create(
            case=case.pk, number=case.number, events_count=len(hashes), head=case.head,
            hashes=hashes,
        )  # fmt: skip
        items = AuditItem.objects.filter(case=case)
        findings = AuditFinding.objects.filter(item_id__in=list(items.values_list("pk", flat=True)))
        for of_audits in (findings, items):
            of_audits._raw_delete(of_audits.db)
        for model in (
            CaseTransfer, CaseNoticeWay, CaseNotice, CaseDecision, CaseDocument, CaseFile,
            CaseFact, CaseEvent,
        ):  # fmt: skip
            rows = model.objects.filter(case=case)
            rows._raw_delete(rows.db)
        pairs = CaseLikeness.objects.filter(Q(number=case.number) | Q(other=case.number))
        pairs._raw_delete(pairs.db)
        terms = CaseTerm.objects.filter(number=case.number)
        terms._raw_delete(terms.db)
        mine = Case.objects.filter(pk=case.pk)
        mine._raw_delete(mine.db)
        audit.record(CASES.id, "cases.forget", f"case:{case.number}", purpose=FORGET)


def _roots(number: str) -> Iterator[Fault]:
    """Yield days whose events are not those that the audit log has the root of."""
    if number:
        return
    first = CaseEvent.objects.order_by("at").first()
    if first is None:
        return
    day = profile().local(first.at).date()
    while day < profile().today():
        kept = audit.newest_about(f"day:{day.isoformat()}", ROOTED, 1)
        if kept:
            said = msgspec.json.decode(kept[0].detail)["root"]
            now = root([bytes.fromhex(one) for one in _hashes(day)]).hex()
            if said != now:
                yield Fault("", 0, f"the events of {day} are not those in the audit log")
        day += timedelta(days=1)


def _hashes(day: date) -> list[str]:
    zone = profile().timezone
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    rows = CaseEvent.objects.filter(at__gte=start, at__lt=end).values_list("id", "hash")
    there = {str(key): str(value) for key, value in rows}
    first, last = utc_text(start), utc_text(end)
    for forgotten in ForgottenCase.objects.filter(at__gte=start):
        there |= {key: value for at, key, value in forgotten.hashes if first <= at < last}
    return [there[key] for key in sorted(there)]


def _digest_of(fact: CaseFact) -> str:
    return fact_digest(fact.salt, fact.fact, fact.value, fact.source, fact.as_of)


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, day=28)
