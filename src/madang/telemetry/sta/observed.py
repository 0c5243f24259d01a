"""Conditions of entities on their observations: ``Datastreams/Observations/result gt 50``."""

from __future__ import annotations

from django.db.models import F, Q

from madang.telemetry.sta import expressions as tree
from madang.telemetry.sta.errors import NotSupported
from madang.telemetry.sta.model import TYPES, EntityType
from madang.telemetry.sta.sql_functions import Among


def observed_prefix(expression: tree.Expression, kind: EntityType) -> tuple[str, ...] | None:
    """Return the path to the observations that all names of the expression share, or None."""
    prefixes = {_prefix(name, kind) for name in tree.names(expression)}
    return prefixes.pop() if len(prefixes) == 1 else None


def _prefix(name: tree.Name, kind: EntityType) -> tuple[str, ...] | None:
    for place, step in enumerate(name.steps):
        link = kind.links_by_name.get(step)
        if link is None:
            return None
        if link.target == "Observation":
            return name.steps[: place + 1]
        kind = TYPES[link.target]
    return None


def observed_condition(expression: tree.Expression, kind: EntityType) -> Q:
    """Return the condition that one observation fulfils the whole expression."""
    from madang.telemetry.sta.observations import datastreams_with

    prefix = observed_prefix(expression, kind)
    assert prefix is not None
    path = ""
    for step in prefix[:-1]:
        link = kind.link(step)
        path += f"{link.path}__"
        kind = TYPES[link.target]
    if kind.name != "Datastream":
        raise NotSupported(f"observations can be asked through Datastreams, not {kind.set_name}")
    for _ in prefix:
        expression = tree.without_first_step(expression)
    return Q(Among(F(f"{path}pk"), datastreams_with(expression)))
