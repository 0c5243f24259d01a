"""Which rows a decision opens, as a condition on the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from madang.access.engine.decision import Decision
    from madang.access.personal import Holding
    from madang.access.scope import Scope

NOTHING = Q(pk__in=())


def condition(holding: Holding, decision: Decision, scope: Scope) -> Q | None:
    """Return the condition under which a row opens; None where every row does.

    A word that the table has no column for, or the actor no value, opens nothing.
    """
    if decision.opens_every_row:
        return None
    actor = scope.actor
    either = NOTHING
    for word, path, values in (
        ("own", holding.subject, {actor.person}),
        ("represented", holding.subject, {actor.on_behalf_of}),
        ("case", holding.case, {scope.case}),
        ("own-districts", holding.district, set(actor.districts)),
        ("own-departments", holding.department, set(actor.departments)),
    ):
        known = sorted(value for value in values if value)
        if word in decision.rows and path and known:
            either |= Q(**{f"{path}__in": known})
    return either
