"""What a scope leaves behind: decisions in the audit log, looks, emergencies.

All of one scope is one transaction. A scope that fails inside somebody's transaction owes its
records until that transaction is over: what was seen was seen, though the work was undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from madang.access.engine.decision import Decision
from madang.access.engine.policies import NOTIFY, REVIEW
from madang.access.errors import NoPurpose
from madang.access.events import EmergencyOpened, SubjectsLookedAt
from madang.access.guard import decide, declared_purpose
from madang.kernel import audit, times
from madang.kernel.events import announce

if TYPE_CHECKING:
    from madang.access.scope import Scope

REVIEW_WITHIN = timedelta(hours=24)
TOLD_FOR = timedelta(hours=1)  # one search is several looks, and told once
FEW = 100  # a job of ours that saw at most so many people is noted person by person
_AT_ONCE = 5_000


@dataclass
class Decided:
    """A decision, with the entry of the audit log that keeps it (None once it is written)."""

    decision: Decision
    entry_id: str
    at: datetime
    entry: Any = None


_standing: dict[tuple[str, str, str, str], Decided] = {}
_owed = local()


def decided(scope: Scope, dataset: str, action: str) -> Decided:
    """Return the guard's decision, with its entry for the audit log.

    A system actor's decision may stand for as long as the purpose says: the same question, asked
    by the same process of ours, is answered once.
    """
    declared = declared_purpose(scope.purpose)
    key = (scope.actor.id, scope.purpose, dataset, action)
    stands = timedelta(seconds=declared.stands_s if scope.actor.is_system else 0)
    known = _standing.get(key)
    if known is not None and stands and times.now() - known.at < stands:
        return known
    decision = decide(scope.actor, scope.purpose, dataset, action, case=scope.case)
    entry = audit.entry(
        scope.actor.id,
        "access.decide",
        f"dataset:{dataset}",
        purpose=scope.purpose,
        detail=_detail(scope, decision, action),
    )
    made = Decided(decision, entry.id, entry.at, entry)
    if REVIEW in decision.obligations:
        _open_emergency(scope, dataset, made)
    if stands:
        _standing[key] = Decided(decision, entry.id, entry.at)
    return made


def _detail(scope: Scope, decision: Decision, action: str) -> dict[str, Any]:
    said = {
        "action": action,
        "allowed": decision.is_allowed,
        "policies": list(decision.policies),
        "columns": sorted(decision.columns),
        "rows": sorted(decision.rows),
        "basis": "; ".join(decision.bases) or scope.legal_basis,
        "case": scope.case,
        "reason": scope.reason,
        "on_behalf_of": scope.actor.on_behalf_of,
        "through": scope.actor.through,
        "obligations": sorted(decision.obligations),
    }
    return {name: value for name, value in said.items() if value not in ("", [])}


def _open_emergency(scope: Scope, dataset: str, made: Decided) -> None:
    """Write an emergency down, and tell of it, before the first row is shown."""
    from madang.access.models import Emergency

    if not scope.reason.strip():
        raise NoPurpose("an emergency needs a reason in your words")
    with scope.trusted(), _told_for_good():
        audit.append([made.entry])
        made.entry = None
        Emergency.objects.create(
            decision=made.entry_id,
            opened_at=made.at,
            actor=scope.actor.id,
            dataset=dataset,
            case=scope.case,
            reason=scope.reason[:1000],
            due_at=made.at + REVIEW_WITHIN,
        )
        announce(
            EmergencyOpened(
                decision=made.entry_id,
                actor=scope.actor.id,
                dataset=dataset,
                case=scope.case,
                due_at=made.at + REVIEW_WITHIN,
            )
        )


@contextmanager
def _told_for_good() -> Iterator[None]:
    """Commit what is inside now: nobody can undo it after having looked."""
    durable = transaction.atomic(durable=True)
    try:
        durable.__enter__()
    except RuntimeError:
        raise NoPurpose("open an emergency before the transaction, not inside it") from None
    with ExitStack() as stack:
        stack.push(durable)
        yield


def write(scope: Scope, *, failed: bool = False) -> None:
    """Write down what the scope leaves behind; what leaves nothing opens no transaction."""
    if not _leaves_something(scope):
        return
    if connection.in_atomic_block and (failed or connection.needs_rollback):
        _debts().append(scope)
        return
    with scope.trusted(), transaction.atomic():
        _write(scope)


def _leaves_something(scope: Scope) -> bool:
    """Return whether decisions are to be written, or people seen for a purpose that is listed.

    On SQLite each transaction takes the lock of all who write.
    """
    if any(made.entry is not None for made in scope.decided.values()):
        return True
    if not scope.decided or not declared_purpose(scope.purpose).is_listed:
        return False
    others = {scope.actor.person, ""}
    return any(scope.unresolved.values()) or any(seen - others for seen in scope.seen.values())


def write_owed(**_kwargs: Any) -> None:
    """Write what failed scopes owe, once their transaction is over."""
    debts = _debts()
    if not debts or connection.in_atomic_block:
        return
    waiting, debts[:] = list(debts), []
    for scope in waiting:
        with scope.again(), scope.trusted(), transaction.atomic():
            _write(scope)


def forget_owed() -> None:
    """Drop what is owed: its database is gone (between tests)."""
    _debts().clear()


def _debts() -> list[Scope]:
    if not hasattr(_owed, "scopes"):
        _owed.scopes = []
    scopes: list[Scope] = _owed.scopes
    return scopes


def _write(scope: Scope) -> None:
    fresh = [made for made in scope.decided.values() if made.entry is not None]
    audit.append(made.entry for made in fresh)
    for made in fresh:
        made.entry = None
    if declared_purpose(scope.purpose).is_listed:
        found = _subjects(scope)
        _tell(scope, found)
        for dataset, subjects in found.items():
            _note(scope, dataset, subjects)


def _subjects(scope: Scope) -> dict[str, set[str]]:
    from madang.access.personal import holding

    for model, keys in scope.unresolved.items():
        held = holding(model)
        scope.seen[held.dataset] |= set(_people(model, held.subject, keys))
    scope.unresolved.clear()
    found = {}
    for dataset, subjects in scope.seen.items():
        others = subjects - {scope.actor.person, ""}
        if others:
            found[dataset] = others
    return found


def _people(model: Any, path: str, keys: Iterable[Any]) -> Iterator[str]:
    from django.db.models import QuerySet

    listed = list(keys)
    for start in range(0, len(listed), 500):
        rows: QuerySet[Any] = QuerySet(model).filter(pk__in=listed[start : start + 500])
        yield from (str(one) for one in rows.values_list(path, flat=True) if one is not None)


def _tell(scope: Scope, found: dict[str, set[str]]) -> None:
    """Have told who was looked at, where a policy says so; called before the looks are noted."""
    told = [name for name in found if NOTIFY in _decided(scope, name).decision.obligations]
    subjects = sorted(set().union(*(found[name] for name in told)))
    for start in range(0, len(subjects), FEW):
        fresh = _not_told_of_late(scope, told, subjects[start : start + FEW])
        if fresh:
            announce(
                SubjectsLookedAt(
                    subjects=fresh,
                    actor=scope.actor.id,
                    purpose=scope.purpose,
                    case=scope.case,
                )
            )


def _not_told_of_late(scope: Scope, datasets: list[str], subjects: list[str]) -> list[str]:
    """Return those whom the same actor did not look at for the same reason a moment ago."""
    from madang.access.models import LookSubject

    known = LookSubject.objects.filter(
        subject__in=subjects,
        look__actor=scope.actor.id,
        look__purpose=scope.purpose,
        look__case=scope.case,
        look__dataset__in=datasets,
        look__at__gt=times.now() - TOLD_FOR,
    )
    told = set(known.values_list("subject", flat=True))
    return [one for one in subjects if one not in told]


def _decided(scope: Scope, dataset: str) -> Decided:
    return scope.decided.get((dataset, "read")) or next(
        one for (name, _), one in scope.decided.items() if name == dataset
    )


def _note(scope: Scope, dataset: str, subjects: set[str]) -> None:
    from madang.access.models import Look, LookSubject

    made = _decided(scope, dataset)
    everybody = scope.actor.is_system and len(subjects) > FEW
    look = Look.objects.create(
        decision=made.entry_id,
        at=made.at,
        actor=scope.actor.id,
        through=scope.actor.through,
        purpose=scope.purpose,
        legal_basis="; ".join(made.decision.bases)[:300] or scope.legal_basis,
        case=scope.case,
        dataset=dataset,
        columns=",".join(sorted(made.decision.columns)),
        is_emergency=REVIEW in made.decision.obligations,
        of_everybody=everybody,
        subjects=len(subjects),
    )
    if not everybody:
        LookSubject.objects.bulk_create(
            (LookSubject(look=look, subject=one) for one in sorted(subjects)),
            batch_size=_AT_ONCE,
        )
