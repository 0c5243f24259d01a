"""Facts into decisions: plain values in, plain values and reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from madang.kernel.times import now as house_now
from madang.services.engine.dmn.explanation import explanation
from madang.services.engine.dmn.model import Decision, InputData
from madang.services.engine.dmn.plain import Unfit, from_plain, to_plain
from madang.services.engine.dmn.program import Program
from madang.services.engine.feel.date_text import read_date_time
from madang.services.engine.feel.dates import DateTime
from madang.services.engine.feel.type_names import type_or_any
from madang.services.errors import InvalidFacts, UnknownDecision


@dataclass(frozen=True, slots=True)
class Decided:
    """The values of decisions, why they are so where it was asked, and what went wrong."""

    decisions: Mapping[str, Any]
    errors: tuple[str, ...]
    explain: Mapping[str, Any] | None = None
    unknown_facts: tuple[str, ...] = field(default=())


def this_moment() -> DateTime:
    """Return the moment of the house clock as FEEL has it."""
    return read_date_time(house_now().isoformat().replace("+00:00", "Z"))


def evaluate(
    program: Program,
    facts: Mapping[str, Any],
    decisions: Iterable[str] | None = None,
    *,
    explain: bool = False,
    source: str = "facts",
) -> Decided:
    """Return decisions for facts: all of the model, or those named.

    Facts are values of JSON by the names of input data; dates are ISO strings and become dates by
    the types of the model. `source` names the facts in errors.

    Raises
    ------
    InvalidFacts
        If a fact does not fit its type; names the field.
    UnknownDecision
        If the model has no decision of a name.
    """
    wanted = [d.name for d in program.model.decisions] if decisions is None else list(decisions)
    for name in wanted:
        if not isinstance(program.by_name.get(name), Decision):
            raise UnknownDecision(f"the model has no decision {name!r}; it has {_names(program)}")
    given, unknown = facts_for(program, facts, source)
    moment = this_moment()
    outcome = program.evaluate(given, wanted, now=moment)
    reasons = (
        {name: explanation(program, name, given, now=moment) for name in wanted}
        if explain
        else None
    )
    values = {name: to_plain(value) for name, value in outcome.values.items()}
    return Decided(values, outcome.notes, reasons, unknown)


def _names(program: Program) -> str:
    return ", ".join(repr(d.name) for d in program.model.decisions) or "none"


def facts_for(
    program: Program, facts: Mapping[str, Any], source: str = "facts"
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return facts as values of FEEL, and the names among them that the model does not know."""
    given: dict[str, Any] = {}
    unknown: list[str] = []
    for name, value in facts.items():
        node = program.by_name.get(name)
        if isinstance(node, InputData | Decision):
            given[name] = _fact(program, node, value, source)
            continue
        inside, inner = _of_import(program, name, value, source)
        given.update(inside)
        unknown += inner
    return given, tuple(unknown)


def _of_import(
    program: Program, name: str, value: Any, source: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a fact of an imported model: below the import's name, or plain where it has none."""
    for alias, imported in program.imported():
        if alias and alias == name and isinstance(value, dict):
            inside, unknown = facts_for(imported, value, source)
            return {name: inside}, tuple(f"{name}.{one}" for one in unknown)
        if not alias:
            inside, unknown = facts_for(imported, {name: value}, source)
            if not unknown:
                return inside, ()
    return {}, (name,)


def _fact(program: Program, node: InputData | Decision, value: Any, source: str) -> Any:
    try:
        return from_plain(value, type_or_any(node.type, program.types), node.name)
    except Unfit as error:
        raise InvalidFacts(source, str(error)) from error
