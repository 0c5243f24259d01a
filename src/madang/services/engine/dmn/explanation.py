"""Why a decision is as it is: outcome, rows that held, facts used, what would have changed it."""

from __future__ import annotations

from typing import Any

from madang.services.engine.dmn.counterfactual import (
    Counterfactual,
    nearest_counterfactual,
    path_text,
)
from madang.services.engine.dmn.hits import Hit
from madang.services.engine.dmn.plain import to_plain
from madang.services.engine.dmn.program import Outcome, Program
from madang.services.engine.dmn.reach import facts_under


def explanation(
    program: Program, name: str, facts: dict[str, Any], *, now: Any = None
) -> dict[str, Any]:
    """Return why a decision is as it is, as plain values."""
    outcome = program.evaluate(facts, [name], now=now, trace=True)
    node = program.by_name.get(name)
    if node is None:
        return {"outcome": None, "rules": [], "facts": {}, "counterfactual": None}
    used = facts_under(program, node, facts)
    return {
        "outcome": to_plain(outcome.values[name]),
        "rules": rules_of(outcome),
        "facts": {path_text(path): to_plain(value) for path, value in used.items()},
        "counterfactual": _otherwise(nearest_counterfactual(program, name, facts, now)),
    }


def rules_of(outcome: Outcome) -> list[dict[str, Any]]:
    """Return the rows that held, in the order in which tables were run, as plain values."""
    return [_rule(hit, row) for hit in outcome.hits for row in hit.rows]


def _rule(hit: Hit, row: int) -> dict[str, Any]:
    rule = hit.table.rules[row]
    looked_at = zip(hit.table.inputs, rule.tests, hit.values, strict=False)
    found: dict[str, Any] = {
        "table": hit.owner,
        "row": row + 1,
        "id": rule.id,
        "label": rule.label,
        "conditions": [
            {"input": clause.label or clause.expression, "test": test, "value": to_plain(value)}
            for clause, test, value in looked_at
        ],
        "conclusions": list(rule.outputs),
    }
    notes = _annotations(hit, row)
    return found | ({"annotations": notes} if notes else {})


def _annotations(hit: Hit, row: int) -> dict[str, str]:
    names = hit.table.annotation_names
    return {
        (names[i] if i < len(names) and names[i] else f"annotation {i + 1}"): text
        for i, text in enumerate(hit.table.rules[row].annotations)
        if text
    }


def _otherwise(found: Counterfactual | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "fact": path_text(found.path),
        "value": to_plain(found.value),
        "instead": to_plain(found.instead),
        "outcome": to_plain(found.outcome),
        "rules": [{"table": table, "row": row + 1} for table, rows in found.rows for row in rows],
    }
