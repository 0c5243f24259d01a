"""What the services room claims, measured: decisions with their reasons per CPU-second."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from madang.services.engine.dmn import model
from madang.services.engine.dmn.explanation import rules_of
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.reach import facts_under
from madang.services.engine.dmn.table import InputClause, OutputClause, Rule, Table

_DECISION = "fee"


def benefit_model(rows: int) -> Program:
    """Return a means test of so many rows: bands of income, of age, and a class of district."""
    bands = [(i * 100, (i + 1) * 100) for i in range(rows)]
    rules = tuple(
        Rule((f"[{low}..{high})", ">= 18", '"A","B"' if i % 2 else "-"), (str(i),), (f"art. {i}",))
        for i, (low, high) in enumerate(bands)
    )
    table = Table(
        inputs=(InputClause("Income"), InputClause("Age"), InputClause("District")),
        outputs=(OutputClause(_DECISION),),
        rules=rules,
        annotation_names=("article",),
    )
    inputs = tuple(
        model.InputData(name, name, type_)
        for name, type_ in (("Income", "number"), ("Age", "number"), ("District", "string"))
    )
    requires = tuple(model.Requirement("input", f"#{one.id}") for one in inputs)
    decision = model.Decision(_DECISION, _DECISION, "number", requires=requires, expression=table)
    return Program(model.Model("means test", "urn:x", inputs=inputs, decisions=(decision,)))


def applicants(rows: int, count: int) -> list[dict[str, Any]]:
    """Return facts of so many people, spread over all rows of the table."""
    return [
        {
            "Income": Decimal(i * 37 % (rows * 100)),
            "Age": Decimal(18 + i % 70),
            "District": "AB"[i % 2],
        }
        for i in range(count)
    ]


def explained_per_cpu_s(rows: int = 10, count: int = 5000) -> float:
    """Return tables evaluated per CPU-second, each with outcome, rules that held, and facts."""
    program, people = benefit_model(rows), applicants(rows, count)
    program.compile_all()
    node = program.by_name[_DECISION]
    begun = time.process_time()
    for facts in people:
        outcome = program.evaluate(facts, (_DECISION,), trace=True)
        reasons = rules_of(outcome), facts_under(program, node, facts)
        assert len(reasons[0]) == 1
        assert len(reasons[1]) == 3
    return count / (time.process_time() - begun)
