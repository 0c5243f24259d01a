"""What the guard would decide, told in full."""

from __future__ import annotations

from typing import Any

from madang.access.actors import Actor
from madang.access.engine.decision import EVERY, PLAIN
from madang.access.engine.schema import ACTIONS
from madang.access.guard import decide, declared_purpose
from madang.access.personal import holding, masked_fields, personal_models
from madang.kernel.errors import Invalid, NotFound


def explained(
    actor: Actor, action: str, dataset: str, purpose: str, *, case: str = ""
) -> dict[str, Any]:
    """Return the decision on a data set, with its policies, columns, rows and obligations.

    Raises
    ------
    NoPurpose, NotFound, Invalid
        If no room declares the purpose, no table holds the data set, or the action is none.
    """
    declared = declared_purpose(purpose)
    if action not in ACTIONS:
        raise Invalid(f"{action!r} is no action; there are {', '.join(ACTIONS)}")
    tables = [model for model in personal_models() if holding(model).dataset == dataset]
    if not tables:
        known = sorted({holding(model).dataset for model in personal_models()})
        raise NotFound(f"no table holds {dataset!r}; there are {', '.join(known)}")
    decision = decide(actor, purpose, dataset, action, case=case)
    classes = {PLAIN}.union(*(holding(model).class_of.values() for model in tables))
    masked = {
        f"{model.__name__}.{name}"
        for model in tables
        for name in (masked_fields(model, decision) if decision.is_allowed else [])
    }
    opened = classes if EVERY in decision.columns else decision.columns & classes
    return {
        "decision": "allow" if decision.is_allowed else "deny",
        "actor": actor.id,
        "action": action,
        "resource": dataset,
        "purpose": purpose,
        "policies": list(decision.policies),
        "columns": sorted(opened),
        "masked": sorted(masked),
        "rows": sorted(decision.rows),
        "obligations": sorted(decision.obligations),
        "legal_basis": "; ".join(decision.bases) or declared.legal_basis,
    }
