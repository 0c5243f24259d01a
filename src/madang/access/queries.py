"""One question to a data set, and all that the answer hangs on: for exports and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from madang.access.actors import Actor
from madang.access.errors import AccessDenied
from madang.access.personal import PersonalModel, holding, masked_fields, personal_models
from madang.access.scope import purpose as opened
from madang.kernel.errors import Invalid, NotFound

MOST = 100_000


@dataclass(frozen=True)
class Result:
    """What a question gave, and how far the guard opened the data set for it.

    Parameters
    ----------
    rows : one mapping a row, column to value, without the masked columns.
    columns, masked : names of the columns given, and of those asked for that stay closed.
    rows_filter : words of the policies that chose the rows (``all``, ``own-districts`` ...).
    obligations : what the opening obliges to.
    decision_id : entry of the audit log.
    """

    rows: list[dict[str, Any]]
    columns: tuple[str, ...]
    masked: tuple[str, ...]
    rows_filter: tuple[str, ...]
    obligations: tuple[str, ...]
    decision_id: str


def query(
    dataset: str,
    *,
    actor: Actor,
    purpose: str,
    fields: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    legal_basis: str = "",
    case: str = "",
    limit: int = MOST,
) -> Result:
    """Return rows of a data set, as far as the policies open it to the actor for that purpose.

    Parameters
    ----------
    dataset : ``identity.person``; where several tables share it, ``identity.person:PersonName``.
    fields : columns wanted; none for all that are open.
    where : lookups as in Django's ``filter``; on open columns only.

    Raises
    ------
    NotFound
        If there is no such data set.
    Invalid
        If it has no such column.
    AccessDenied
        If no policy opens it, or `where` names a closed column.
    """
    model = _table(dataset)
    named = [f.name for f in model._meta.concrete_fields]
    unknown = sorted(set(fields) - set(named))
    if unknown:
        raise Invalid(
            f"data set {dataset!r} has no column {', '.join(unknown)}; it has {', '.join(named)}",
            dict.fromkeys(unknown, "unknown"),
        )
    held = holding(model)
    with opened(actor, purpose, case=case, legal_basis=legal_basis) as scope:
        decision = scope.require(held.dataset, "read")
        closed = set(masked_fields(model, decision))
        wanted = list(fields) or named
        shown = [name for name in wanted if name not in closed]
        if not shown:
            raise AccessDenied(f"none of {', '.join(wanted)} is open for the purpose {purpose}")
        rows = list(model.objects.filter(**(where or {})).values(*shown)[:limit])
        return Result(
            rows=rows,
            columns=tuple(shown),
            masked=tuple(name for name in wanted if name in closed),
            rows_filter=tuple(sorted(decision.rows)),
            obligations=tuple(sorted(decision.obligations)),
            decision_id=scope.decision_id(held.dataset, "read"),
        )


def _table(dataset: str) -> type[PersonalModel]:
    name, _, table = dataset.partition(":")
    found = [model for model in personal_models() if holding(model).dataset == name]
    if table:
        found = [model for model in found if model.__name__ == table]
    if not found:
        raise NotFound(f"no table holds a personal data set {dataset!r}")
    if len(found) > 1:
        several = ", ".join(f"{name}:{model.__name__}" for model in found)
        raise Invalid(f"several tables hold {name!r}: ask for one of {several}")
    return found[0]
