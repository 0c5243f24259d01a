"""The rules of a package as one decision model, and what they say for facts on a day.

What the rules say is not yet a decision: `Evaluation.settled` tells whether they may decide alone.
A fact that is missing, does not fit its type or lies outside its allowed values goes to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from madang.services.decisions import this_moment
from madang.services.engine.dmn.explanation import explanation, rules_of
from madang.services.engine.dmn.model import (
    Decision,
    InputData,
    Literal,
    Model,
    Requirement,
)
from madang.services.engine.dmn.plain import Unfit, from_plain, to_plain
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.reach import targets_under
from madang.services.engine.dmn.table import InputClause, OutputClause, Rule, Table
from madang.services.engine.feel.expression import Expression, expression
from madang.services.engine.feel.type_names import type_or_any
from madang.services.packages.package import Package
from madang.services.packages.process import Verb
from madang.services.packages.refunds import (
    ENDED_BY,
    ENDED_ON,
    ENDING,
    REFUND,
    WHOLE,
    Refund,
    is_ending,
    part_of,
    reason_of,
    share_of,
    without_rule,
)
from madang.services.packages.rules import OUTCOMES, Parameter
from madang.services.packages.rules import Decision as Written

TODAY = "today"
REFER = "refer"  # to a person
NAMESPACE = "urn:madang:services:"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Evaluation:
    """What the rules of a package say.

    Parameters
    ----------
    outcome
        `grant`, `refuse` or `refer`; `refer` where the rules say nothing.
    fee
        Minor units to be paid before, and once, it is granted.
    rows
        Rows that held, as `table.row`.
    doubts
        Why a person must look: facts that are missing, of a wrong type or outside their values, and
        faults of the rules. Empty where there are none.
    """

    outcome: str
    fee: int
    rows: tuple[str, ...]
    values: Mapping[str, Any]
    facts: Mapping[str, Any]
    parameters: Mapping[str, Any]
    doubts: tuple[str, ...] = ()
    reasons: Mapping[str, Any] | None = field(default=None, compare=False)


class Rules:
    """The rules of a package, compiled."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.model = model_of(package)
        self.program = Program(self.model)

    def evaluate(
        self, facts: Mapping[str, Any], today: date, *, explain: bool = False
    ) -> Evaluation:
        """Return what the rules say for facts (values of JSON by name) on a day."""
        given, doubts = self._given(facts, today)
        outcome = self.program.evaluate(given, self.on_receipt, now=this_moment(), trace=True)
        doubts += [*self._missing(given), *outcome.notes]
        said = outcome.values.get("outcome", REFER)
        held = tuple(f"{row['table']}.{row['id']}" for row in rules_of(outcome))
        return Evaluation(
            outcome=said if said in OUTCOMES else REFER,
            fee=self.fee(given, outcome.values),
            rows=held,
            values={name: to_plain(value) for name, value in outcome.values.items()},
            facts=dict(facts),
            parameters={
                name: value
                for name, value in self._parameters(today).items()
                if name not in self.of_refund
            },
            doubts=tuple(dict.fromkeys(doubts)),
            reasons=self._reasons(given) if explain else None,
        )

    def refund(
        self, facts: Mapping[str, Any], today: date, verb: Verb, on: date, paid: int
    ) -> Refund:
        """Return what comes back of an amount paid (minor units) where a verb ends a case on a day.

        `today` is the day of receipt. What the rule cannot say comes back whole.
        """
        package = self.package
        if not is_ending(package, verb) or package.decision(REFUND) is None:
            share = without_rule(package, verb)
            return Refund(share, part_of(paid, share))
        given, doubts = self._given(facts, today)
        given[ENDED_BY] = verb.id
        given[ENDED_ON] = from_plain(on.isoformat(), type_or_any("date", {}), ENDED_ON)
        found = self.program.evaluate(given, [REFUND], now=this_moment(), trace=True)
        share_said = share_of(found.values.get(REFUND))
        if share_said is None:
            doubts += [*found.notes, f"{REFUND}: says no share from 0 to 100"]
            return Refund(WHOLE, paid, doubts=tuple(dict.fromkeys(doubts)))
        rows = tuple(f"{row['table']}.{row['id']}" for row in rules_of(found))
        because, law = reason_of(package, rows)
        return Refund(share_said, part_of(paid, share_said), rows, because, law)

    @cached_property
    def on_receipt(self) -> list[str]:
        """Return the decisions that are made of an application: all but what comes back of a fee,
        which needs to know how the case ends."""
        return [item.id for item in self.package.rules if item.id != REFUND]

    @cached_property
    def of_refund(self) -> frozenset[str]:
        """Return the parameters that nothing uses but what comes back of a fee."""
        package = self.package
        used = words_of(*(item for item in package.rules if item.id != REFUND))
        used |= {fee.parameter for fee in package.service.fees}
        refund = package.decision(REFUND)
        return frozenset((words_of(refund) if refund else set()) - used)

    def condition(self, text: str, facts: Mapping[str, Any], today: date) -> bool:
        """Return whether a condition of the package holds; null is no."""
        given, _ = self._given(facts, today)
        return self._holds(text, given)

    def may_hold(
        self, text: str, facts: Mapping[str, Any], today: date, values: Iterable[Mapping[str, Any]]
    ) -> bool:
        """Return whether a condition holds for facts, or with any of some values of other facts.

        `facts` are values of JSON; `values` those of FEEL, by name, for facts that nobody knows.
        """
        given, _ = self._given(facts, today)
        return self._holds(text, given) or any(
            self._holds(text, {**given, **others}) for others in values
        )

    def holds(self, text: str, known: Mapping[str, Any], today: date) -> bool:
        """Return whether a condition holds for facts that are values of FEEL; null is no."""
        return self._holds(text, {**self.parameters(today), **known})

    def parameters(self, today: date) -> dict[str, Any]:
        """Return the parameters in force on a day, and the day, as values of FEEL."""
        if today not in self._by_day:
            self._by_day[today] = self._given({}, today)[0]
        return self._by_day[today]

    def misfit(self, name: str, value: Any) -> str:
        """Return why a value of JSON is none that the fact may have; empty where it is."""
        fact = self.package.facts[name]
        try:
            found = from_plain(value, type_or_any(fact.type, {}), name)
        except Unfit as error:
            return str(error)
        known = dict.fromkeys(self.names) | {name: found}
        return "" if not fact.allowed or self.is_allowed(name, known) else f"outside {fact.allowed}"

    def fee(self, given: Mapping[str, Any], decided: Mapping[str, Any]) -> int:
        """Return what is to be paid (minor units) for values of FEEL and decisions made."""
        total = 0
        for fee in self.package.service.fees:
            if fee.waived and self._holds(fee.waived, given):
                continue
            price: Any = fee.amount
            if fee.parameter:
                price = given.get(fee.parameter)
            elif fee.decision:
                price = decided.get(fee.decision)
            times = given.get(fee.per) if fee.per else 1
            if price is not None and times is not None:
                total += round(price * times)
        return total

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names that a condition may use: facts, parameters and the day."""
        parameters = (item.id for item in self.package.parameters)
        return (*self.package.facts, *parameters, TODAY)

    def _holds(self, text: str, given: Mapping[str, Any]) -> bool:
        compiled = self._conditions.get(text)
        if compiled is None:
            compiled = self._conditions[text] = expression(text, self.names)
        return compiled.value({name: given.get(name) for name in self.names}) is True

    @cached_property
    def _by_day(self) -> dict[date, dict[str, Any]]:
        return {}

    @cached_property
    def _conditions(self) -> dict[str, Expression]:
        return {}

    def _parameters(self, today: date) -> dict[str, Any]:
        return {item.id: in_force(item, today) for item in self.package.parameters}

    def _given(self, facts: Mapping[str, Any], today: date) -> tuple[dict[str, Any], list[str]]:
        plain = type_or_any(None, {})
        given = {
            name: from_plain(value, plain, name) for name, value in self._parameters(today).items()
        }
        given[TODAY] = from_plain(today.isoformat(), type_or_any("date", {}), TODAY)
        doubts: list[str] = []
        for name, value in facts.items():
            fact = self.package.facts.get(name)
            if fact is None:
                doubts.append(f"{name}: is no fact of this service")
                continue
            try:
                given[name] = from_plain(value, type_or_any(fact.type, {}), name)
            except Unfit as error:
                doubts.append(str(error))
                continue
            if fact.allowed and given[name] is not None and not self.is_allowed(name, given):
                doubts.append(f"{name}: {value!r} is outside {fact.allowed}")
        return given, doubts

    def is_allowed(self, name: str, given: Mapping[str, Any]) -> bool:
        """Return whether a fact has one of its values; of a list, whether all items are."""
        value, allowed = given[name], self.package.facts[name].allowed
        items = value if isinstance(value, list) else [value]
        return all(self._holds(f"{name} in ({allowed})", {**given, name: item}) for item in items)

    def said(self, facts: Mapping[str, Any], today: date) -> tuple[str, int]:
        """Return outcome and fee (minor units) alone; in doubt a person is asked (`refer`)."""
        given, doubts = self._given(facts, today)
        names = ["outcome", *self.priced] if self.needed is not None else [*self.priced]
        outcome = self.program.evaluate(given, names, now=this_moment())
        found = outcome.values.get("outcome", REFER)
        sure = not doubts and not outcome.notes and not self._missing(given)
        return found if sure and found in OUTCOMES else REFER, self.fee(given, outcome.values)

    @cached_property
    def rests_on(self) -> frozenset[str]:
        """Return the facts on which outcome and fee rest."""
        return self.fee_facts | (self._under(["outcome"]) & set(self.package.facts))

    @cached_property
    def fee_facts(self) -> frozenset[str]:
        """Return the facts on which the fee alone rests."""
        under = self._under(self.priced)
        for fee in self.package.service.fees:
            under |= {fee.per, *words_of(fee.waived or "")}
        return frozenset(under & set(self.package.facts))

    def _under(self, decisions: Iterable[str]) -> set[str]:
        ends = [self.program.by_name.get(name) for name in decisions]
        return {t.node.name for end in ends if end for t in targets_under(self.program, end)}

    @cached_property
    def priced(self) -> tuple[str, ...]:
        """Return the decisions that prices come from."""
        return tuple(fee.decision for fee in self.package.service.fees if fee.decision)

    @cached_property
    def needed(self) -> tuple[str, ...] | None:
        """Return the facts that the outcome rests on and that cannot stay open; None without."""
        node = self.program.by_name.get("outcome")
        if node is None:
            return None
        used = {target.node.name for target in targets_under(self.program, node)}
        asked = {question.id: question for question in self.package.pages.questions}
        may_lack = {name for name, asks in asked.items() if asks.optional or asks.when}
        return tuple(sorted(used & set(self.package.facts) - may_lack))

    def _missing(self, given: Mapping[str, Any]) -> list[str]:
        """Return facts that tables looked at and that nobody knows."""
        return [f"{name}: is not known" for name in self.needed or () if given.get(name) is None]

    def _reasons(self, given: Mapping[str, Any]) -> dict[str, Any]:
        moment = this_moment()
        names = self.on_receipt
        return {name: explanation(self.program, name, dict(given), now=moment) for name in names}


def in_force(parameter: Parameter, day: date) -> Any:
    """Return the value of a parameter on a day; None before its first."""
    found = [item for item in parameter.values if item.since <= day]
    if not found:
        return None
    value = max(found, key=lambda item: item.since).value
    return list(value) if isinstance(value, tuple) else value


def model_of(package: Package) -> Model:
    """Return the rules of a package as a decision model (DMN 1.5)."""
    facts = {fact.id: fact.type for fact in package.service.facts}
    inputs = [InputData(name, name, type_) for name, type_ in facts.items()]
    inputs += [InputData(item.id, item.id, _type_of(item)) for item in package.parameters]
    inputs.append(InputData(TODAY, TODAY, "date"))
    if package.decision(REFUND) is not None:
        inputs += [InputData(name, name, type_) for name, type_ in ENDING.items()]
    known = {item.id: "input" for item in inputs} | {item.id: "decision" for item in package.rules}
    return Model(
        name=package.id,
        namespace=f"{NAMESPACE}{package.id}",
        inputs=tuple(inputs),
        decisions=tuple(_decision(item, known) for item in package.rules),
    )


def _type_of(parameter: Parameter) -> str:
    value = parameter.values[-1].value
    if isinstance(value, tuple):
        return "list<string>" if value and isinstance(value[0], str) else "list<number>"
    return {bool: "boolean", str: "string"}.get(type(value), "number")


def _decision(written: Written, known: Mapping[str, str]) -> Decision:
    body = Literal(written.value, written.type) if written.value else _table(written)
    needed = sorted(words_of(written) & known.keys() - {written.id})
    return Decision(
        id=written.id,
        name=written.id,
        type=written.type,
        label=written.title,
        requires=tuple(Requirement(known[name], f"#{name}") for name in needed),
        expression=body,
        question=written.title,
    )


def words_of(*of: Written | str) -> set[str]:
    """Return the words of expressions and of whole decisions, outside of quoted texts."""
    texts: list[str] = []
    for one in of:
        texts += [one] if isinstance(one, str) else _texts(one)
    return {word for text in texts for word in _WORD.findall(_QUOTED.sub("", text))}


def _texts(written: Written) -> list[str]:
    """Return the expressions of a decision."""
    texts = [written.value or ""]
    for clause in written.inputs:
        texts += [clause.of, clause.allowed or ""]
    for row in written.rows:
        texts += [*row.when, *row.then]
    return texts + [result.default or "" for result in written.results]


def _table(written: Written) -> Table:
    policy, _, aggregation = written.hit.partition(" ")
    if written.hit in ("RULE ORDER", "OUTPUT ORDER"):
        policy, aggregation = written.hit, ""
    return Table(
        inputs=tuple(InputClause(i.of, i.type, i.allowed, i.title or None) for i in written.inputs),
        outputs=tuple(
            OutputClause(r.name if len(written.results) > 1 else None, r.type, r.allowed, r.default)
            for r in written.results
        ),
        rules=tuple(
            Rule(row.when, row.then, (row.because, _law(row)), row.because or None, row.id)
            for row in written.rows
        ),
        hit_policy=policy,
        aggregation=aggregation or None,
        annotation_names=("because", "law"),
        name=written.title,
        type=written.type,
    )


def _law(row: Any) -> str:
    return f"{row.law.law} {row.law.article}" if row.law else ""
