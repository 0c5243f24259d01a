"""This instance's own decisions as a table, without whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Q

from madang.access.api import purpose
from madang.cases.audit.columns import BOOLEANS, FACT, PERSON, RULES, TEXTS, complete
from madang.cases.audit.models import AuditItem
from madang.cases.case_models import Case, CaseDecision, CaseEvent, CaseFact
from madang.cases.case_packages import pinned
from madang.cases.case_purposes import CASES, MONITOR
from madang.city.api import profile
from madang.identity.api import Traits, traits_of

BY_RULES = "system:rules"
SEXES = ("sex", "gender")
BORN = "birth_date"
MOST_FACTS = 5_000  # cases of a service whose facts are compared; more would tell nothing more
_AT_ONCE = 500
_GRANTED = {"granted": True, "done": True, "refused": False}
_SCHEMA: dict[str, Any] = {
    "case": pl.String, "service": pl.String, "class": pl.String,
    "decided_at": pl.Datetime("us", "UTC"), "decided_by": pl.String, "outcome": pl.String,
    **dict.fromkeys(TEXTS, pl.String), **dict.fromkeys(BOOLEANS, pl.Boolean), "age": pl.Int64,
    "department": pl.String,
}  # fmt: skip


def decisions(since: datetime, until: datetime, *, service: str = "") -> pl.DataFrame:
    """Return the cases whose first decision fell into a period; its columns are `columns`'.

    Times are the city's own, so that weeks and months are those of its calendar.
    """
    with purpose(CASES, MONITOR):
        rows = list(_rows(since, until, service))
    found = pl.DataFrame(rows, schema=_SCHEMA)
    local = pl.col("decided_at").dt.convert_time_zone(str(profile().timezone))
    return complete(found.with_columns(local))


def facts_of(service: str, since: datetime, until: datetime) -> pl.DataFrame:
    """Return what was known, at the end, of a service's cases received in a period.

    Only facts that outcome or fee rest on; columns are `fact:NAME`.
    """
    with purpose(CASES, MONITOR):
        cases = Case.objects.filter(
            service=service, merged_into="", received_at__gte=since, received_at__lt=until
        ).order_by("-received_at", "pk")
        found = list(cases.values_list("pk", "package")[:MOST_FACTS])
        if not found:
            return pl.DataFrame()
        names = sorted(pinned(found[0][1]).rules.rests_on)
        kinds = {fact.id: fact.type for fact in pinned(found[0][1]).package.service.facts}
        known: dict[str, dict[str, Any]] = {key: {} for key, _package in found}
        for batch in _batches(list(known)):
            facts = CaseFact.objects.filter(case_id__in=batch, fact__in=names).order_by("version")
            for key, name, value in facts.values_list("case_id", "fact", "value"):
                known[key][name] = value
    return pl.DataFrame(
        [
            pl.Series(FACT + name, [plain(one.get(name), kinds[name]) for one in known.values()])
            for name in names
        ]
    )


def plain(value: Any, kind: str) -> Any:
    """Return a fact as a number or a text: dates are days, lists are sorted texts."""
    if value is None:
        return None
    if kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if is_number else None
    if kind == "date":
        try:
            return float(date.fromisoformat(str(value)[:10]).toordinal())
        except ValueError:
            return None
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _rows(since: datetime, until: datetime, service: str) -> Iterator[dict[str, Any]]:
    wanted = Q(at__gte=since, at__lt=until) & (Q(case__service=service) if service else Q())
    keys = CaseDecision.objects.filter(wanted).values_list("case_id", flat=True).distinct()
    for batch in _batches(sorted(keys)):
        taken = _decided(batch)
        cases = Case.objects.filter(pk__in=batch, merged_into="").order_by("pk")
        mine = [one for one in cases if since <= taken[one.pk][0]["at"] < until]
        happened = _kinds(batch)
        checked = _checked(batch)
        traits = traits_of((one.subject for one in mine), by=CASES, why=MONITOR)
        said = _told(batch)
        for case in mine:
            yield _row(case, taken[case.pk], happened.get(case.pk, set())) | _groups(
                case, traits.get(case.subject), said.get(case.pk, {})
            ) | {"wrong": checked.get(case.pk)}  # fmt: skip


def _decided(batch: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    rows = CaseDecision.objects.filter(case_id__in=batch).order_by("at", "pk")
    for row in rows.values("case_id", "at", "outcome", "proposal", "decided_by"):
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def _kinds(batch: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    asked = CaseEvent.objects.filter(case_id__in=batch, kind__in=("ask", "appeal"))
    for key, kind in asked.values_list("case_id", "kind"):
        found.setdefault(key, set()).add(kind)
    return found


def _checked(batch: Sequence[str]) -> dict[str, bool]:
    """Return whether samples found cases wrong; without those whose finding is still open."""
    found: dict[str, bool] = {}
    items = AuditItem.objects.filter(case_id__in=batch, decided_at__isnull=False)
    for key, agrees, verdict in items.values_list("case_id", "agrees", "finding__verdict"):
        if agrees or verdict:
            found[key] = found.get(key, False) or verdict == "machine-wrong"
    return found


def _told(batch: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what cases themselves say of sex and birth."""
    found: dict[str, dict[str, Any]] = {}
    facts = CaseFact.objects.filter(case_id__in=batch, fact__in=(*SEXES, BORN)).order_by("version")
    for key, name, value in facts.values_list("case_id", "fact", "value"):
        found.setdefault(key, {})[name] = value
    return found


def _row(case: Case, taken: list[dict[str, Any]], happened: set[str]) -> dict[str, Any]:
    first = taken[0]
    is_appealed = "appeal" in happened
    after = taken[1:] if is_appealed else []
    changed = [_GRANTED[one["outcome"]] != _GRANTED[first["outcome"]] for one in after]
    is_late = case.overdue_told is not None or (case.due is not None and first["at"] > case.due)
    by_rules = first["decided_by"] == BY_RULES
    return {
        "case": case.pk,
        "service": case.service,
        "class": case.decision_class,
        "department": case.department,
        "decided_at": first["at"],
        "decided_by": RULES if by_rules else PERSON,
        "outcome": first["outcome"],
        "proposal": first["proposal"] or None,
        "appealed": is_appealed,
        "overturned": changed[-1] if changed else None,
        "asked": "ask" in happened,
        "late": is_late,
        "why_person": None if by_rules else case.why_person.replace(",", ";") or None,
        "district": case.district or None,
        "channel": case.channel,
    }


def _groups(case: Case, known: Traits | None, said: Mapping[str, Any]) -> dict[str, Any]:
    born = _day(said.get(BORN)) or (known.born if known else None)
    sexes = [said[name] for name in SEXES if said.get(name)]
    home = profile().city.country
    nation = known.nationality if known else ""
    return {
        "age": years_between(born, case.received_at.date()) if born else None,
        "sex": str(sexes[0]) if sexes else None,
        "language": (known.language if known else "") or None,
        "foreign": nation != home if nation else None,
    }


def years_between(born: date, day: date) -> int:
    """Return an age in whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _batches(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
