"""The sample of a period: drawn by a recorded seed, with known wrong cases planted among them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from madang.access.api import purpose
from madang.cases.audit.aims import Aim, aims
from madang.cases.audit.decisions import decisions
from madang.cases.audit.models import AuditDraw, AuditItem
from madang.cases.audit.strata import STRATA, Sample, sample, with_strata
from madang.cases.case_events import SampleDrawn
from madang.cases.case_models import Case
from madang.cases.case_packages import Pinned, pinned
from madang.cases.case_purposes import CASES, MONITOR
from madang.cases.engine.sampling import rank
from madang.city.api import profile
from madang.kernel import audit
from madang.kernel.events import announce, new_id


def draw_due(day: date | None = None) -> list[AuditDraw]:
    """Draw the samples of the last whole period that are not drawn yet."""
    found = aims()
    end = period_end(day or profile().today(), found.period_days)
    until = datetime.combine(end, time(), profile().timezone)
    since = until - timedelta(days=found.period_days)
    own = sorted(found.services)
    made = [draw(since, until, service, found.services[service]) for service in own]
    made.append(draw(since, until, "", found.aim, but=own))
    return [one for one in made if one is not None]


def period_end(day: date, length: int) -> date:
    """Return the last end of a period up to a day; weeks end with Sunday."""
    monday = date(2024, 1, 1)
    return monday + timedelta(days=(day - monday).days // length * length)


def draw(
    since: datetime, until: datetime, service: str, aim: Aim, *, but: Iterable[str] = ()
) -> AuditDraw | None:
    """Draw a sample of a period; None where it was drawn before or nothing was decided by rules."""
    if AuditDraw.objects.filter(since=since, until=until, service=service).exists():
        return None
    found = decisions(since, until, service=service).filter(~pl.col("service").is_in(list(but)))
    seed = secrets.token_hex(16)
    taken = sample(found, seed, aim)
    if not taken.ids:
        return None
    kept = AuditDraw(
        since=since, until=until, service=service, seed=seed, aim=aim.error_rate,
        confidence=aim.confidence, wanted=taken.wanted,
        population=sum(cases for cases, _drawn in taken.strata.values()),
        strata={name: list(counts) for name, counts in taken.strata.items()},
    )  # fmt: skip
    strata = dict(with_strata(found, STRATA).select("case", "stratum").iter_rows())
    with purpose(CASES, MONITOR), transaction.atomic():
        kept.save(force_insert=True)
        rows = Case.objects.filter(pk__in=taken.ids)
        items = [_item(kept, case, strata[case.pk]) for case in rows]
        items += _planted(kept, items, aims().planted)
        AuditItem.objects.bulk_create(items)
        announce(SampleDrawn(draw=kept.pk, drawn=len(taken.ids), population=kept.population))
        audit.record(
            CASES.id, "cases.draw_sample", f"audit:{kept.pk}",
            detail={"seed": seed, "population": kept.population, "drawn": len(taken.ids)},
        )  # fmt: skip
    return kept


def _item(kept: AuditDraw, case: Case, stratum: str) -> AuditItem:
    key = new_id()
    return AuditItem(
        id=key, draw=kept, case=case, subject=case.subject, service=case.service,
        package=case.package, department=case.department, district=case.district,
        decision_class=case.decision_class, received_at=case.received_at, stratum=stratum,
        place=rank(kept.seed, key),
    )  # fmt: skip


def _planted(kept: AuditDraw, items: Sequence[AuditItem], share: float) -> list[AuditItem]:
    """Return known wrong cases that look like those around them.

    They are the cases on paper of the same packages that must not be granted: facts of nobody.
    """
    wrong = [(one, facts) for one in items for facts in refused_on_paper(pinned(one.package))]
    chance = secrets.SystemRandom()
    found = []
    for _ in range(round(share * len(items)) if wrong else 0):
        like, facts = chance.choice(wrong)
        key = new_id()
        found.append(
            AuditItem(
                id=key, draw=kept, service=like.service, package=like.package,
                department=like.department, district=like.district,
                decision_class=like.decision_class, received_at=like.received_at,
                stratum="", place=rank(kept.seed, key), planted=facts,
            )
        )  # fmt: skip
    return found


def refused_on_paper(found: Pinned) -> list[dict[str, Any]]:
    """Return the facts of a package's own tests whose outcome is a refusal."""
    return [
        dict(test.facts)
        for test in found.package.tests
        if test.expect.outcome == "refuse" and set(test.facts) <= set(found.package.facts)
    ]


def redrawn(kept: AuditDraw) -> Sample:
    """Return what the seed of a draw draws now: the proof that nobody chose the cases."""
    found = decisions(kept.since, kept.until, service=kept.service)
    if not kept.service:
        found = found.filter(~pl.col("service").is_in(sorted(aims().services)))
    return sample(found, kept.seed, Aim(kept.aim, kept.confidence))
