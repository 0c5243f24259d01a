"""The rules of a package for many cases at once: outcome and fee of a million in seconds.

Each decision is run once for each different thing that it sees, not once a case. A column keeps its
different values and, for each case, which of them it is (a factor). A table sees of a column only
which of its tests hold, so incomes that pass the same tests are one. What is run is the compiled
decision itself, for one case of each kind; so the results are those of `Rules.said`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.services.decisions import this_moment
from madang.services.engine.dmn.plain import Unfit, from_plain
from madang.services.engine.feel.expression import expression, unary_tests
from madang.services.engine.feel.type_names import type_or_any
from madang.services.engine.feel.values import Env, Notes
from madang.services.packages.decide import REFER, Rules, words_of
from madang.services.packages.rules import OUTCOMES, Decision

Codes = NDArray[np.int64]
_ALWAYS = ("-", "")


@dataclass(frozen=True)
class Column:
    """A column as a factor.

    codes : (n,) int64, the place in `values` of each case.
    values : the different values; None is not known.
    read : what was read of them before, so that a second run need not.
    """

    codes: Codes
    values: Sequence[Any]
    read: dict[str, _Read] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class _Read:
    """The values of a column as FEEL has them, and which of them the fact cannot have."""

    values: Sequence[Any]
    wrong: NDArray[np.bool_]


@dataclass(frozen=True)
class Said:
    """What rules say of n cases: outcomes, of which each case has one, and fees (n,) int64."""

    outcomes: Column
    fees: NDArray[np.int64]


def said_of_all(rules: Rules, facts: Mapping[str, Column], today: date, cases: int) -> Said:
    """Return outcome and fee (minor units) of many cases; in doubt a person is asked (`refer`).

    Parameters
    ----------
    facts : columns of values of JSON by the names of facts; one that is not there is not known.
    cases : how many there are.
    """
    return _Bulk(rules, facts, today, cases).said()


class _Bulk:
    """One run: columns known so far, by name, and which cases are in doubt."""

    def __init__(self, rules: Rules, facts: Mapping[str, Column], today: date, cases: int) -> None:
        self.rules = rules
        self.cases = cases
        self.doubt = np.zeros(cases, bool)
        self.fixed = rules.parameters(today)
        self.notes = Notes(this_moment(), None)
        self.columns: dict[str, Column] = {}
        for name in sorted(rules.rests_on):
            self.columns[name] = self._fact(name, facts.get(name))

    def said(self) -> Said:
        written = {item.id: item for item in self.rules.package.rules}
        needed = [name for name in ("outcome", *self.rules.priced) if name in written]
        for name in needed:
            self._decided(name, written, ())
        found = self.columns.get("outcome")
        said = [value if value in OUTCOMES else REFER for value in found.values] if found else []
        codes = found.codes if found else np.zeros(self.cases, np.int64)
        values = [*said, REFER]
        codes = np.where(self.doubt | (found is None), len(said), codes)
        return Said(Column(codes, values), self._fees(needed))

    # facts

    def _fact(self, name: str, given: Column | None) -> Column:
        """Return a fact as values of FEEL; note where it is missing, unfit or out of its range."""
        if given is None:
            self.doubt |= name in (self.rules.needed or ())
            return Column(np.zeros(self.cases, np.int64), [None])
        read = given.read.get(name) or _read(self.rules, name, given.values, self.fixed)
        if not words_of(self.rules.package.facts[name].allowed or "") & self.fixed.keys():
            given.read[name] = read
        is_needed = name in (self.rules.needed or ())
        missing = np.array([is_needed and value is None for value in read.values], bool)
        self.doubt |= (read.wrong | missing)[given.codes]
        return Column(given.codes, read.values)

    # decisions

    def _decided(self, name: str, written: Mapping[str, Decision], above: tuple[str, ...]) -> None:
        """Make the column of a decision, after those of the decisions that it rests on."""
        if name in self.columns or name in above:
            return
        decision = written[name]
        for other in words_of(decision) & written.keys() - {name}:
            self._decided(other, written, (*above, name))
        keys = self._keys(decision)
        node = self.rules.program.by_name[name]
        closure = self.rules.program.closure(node)  # type: ignore[arg-type]
        names = [one.href.removeprefix("#") for one in getattr(node, "requires", ())]
        self.columns[name] = self._run(keys, names, closure)

    def _keys(self, decision: Decision) -> list[Codes]:
        """Return what a decision sees of each case."""
        if decision.value:
            return self._codes(words_of(decision))
        keys = [
            self._passed(clause.of, tuple(row.when[i] for row in decision.rows), clause.allowed)
            for i, clause in enumerate(decision.inputs)
        ]
        concluded = [text for row in decision.rows for text in row.then]
        concluded += [result.default or "" for result in decision.results]
        return keys + self._codes(words_of(*concluded))

    def _passed(self, of: str, tests: Sequence[str], allowed: str | None) -> Codes:
        """Return which tests of a table's column each case passes, as a number."""
        texts = [text for text in dict.fromkeys((*tests, allowed or "-")) if text not in _ALWAYS]
        names = sorted(words_of(of, *texts) & (self.columns.keys() | self.fixed.keys()))
        scope = tuple(names)
        read = expression(of, scope)
        held = [unary_tests(text, scope) for text in texts]

        def passed(env: Env) -> tuple[Any, ...]:
            value = read.run(env)
            if isinstance(value, list) or value is None:  # the table itself tells what that is
                return ("value", repr(value))
            return tuple(test.holds(env, value) is True for test in held)

        return self._run(self._codes(set(names)), names, passed, in_doubt=False).codes

    def _codes(self, names: set[str]) -> list[Codes]:
        return [self.columns[name].codes for name in sorted(names & self.columns.keys())]

    def _run(
        self,
        keys: list[Codes],
        names: Sequence[str],
        run: Callable[[Env], Any],
        *,
        in_doubt: bool = True,
    ) -> Column:
        """Return what one case of each kind gives; what something is noted of is doubted."""
        firsts, kinds = _kinds(keys, self.cases)
        values: list[Any] = []
        noted = np.zeros(len(firsts), bool)
        code_of: dict[Any, int] = {}
        codes = np.empty(len(firsts), np.int64)
        varying = [(name, self.columns[name]) for name in names if name in self.columns]
        fixed = {name: self.fixed[name] for name in names if name in self.fixed}
        for number, first in enumerate(firsts):
            known = {name: column.values[column.codes[first]] for name, column in varying}
            notes = Notes(self.notes.now, None)
            value = run(Env({**fixed, **known}, None, notes))
            noted[number] = bool(notes.texts)
            key = _hashed(value)
            if key not in code_of:
                code_of[key] = len(values)
                values.append(value)
            codes[number] = code_of[key]
        if in_doubt and noted.any():
            self.doubt |= noted[kinds]
        return Column(codes[kinds], values)

    # fees

    def _fees(self, decided: Sequence[str]) -> NDArray[np.int64]:
        service = self.rules.package.service
        names = {fee.per for fee in service.fees} | {fee.decision for fee in service.fees}
        names |= words_of(*(fee.waived or "" for fee in service.fees))
        used = sorted(names & self.columns.keys())
        found = self._run(self._codes(set(used)), used, lambda env: self._fee(env, decided))
        return np.array(found.values, np.int64)[found.codes]

    def _fee(self, env: Env, decided: Sequence[str]) -> int:
        known = env.vars
        return self.rules.fee({**self.fixed, **known}, {n: known.get(n) for n in decided})


def _read(rules: Rules, name: str, plain_values: Sequence[Any], fixed: Mapping[str, Any]) -> _Read:
    """Return the values of a fact as FEEL has them, and which it cannot have."""
    fact = rules.package.facts[name]
    type_ = type_or_any(fact.type, {})
    test = unary_tests(fact.allowed, (*fixed, name)) if fact.allowed else None
    env = Env({**fixed, name: None}, None, Notes(this_moment(), None))
    values: list[Any] = []
    wrong = np.zeros(len(plain_values), bool)
    for number, plain in enumerate(plain_values):
        try:
            value = from_plain(plain, type_, name)
        except Unfit:
            value, wrong[number] = None, True
        values.append(value)
        if test is not None and value is not None:
            items = value if isinstance(value, list) else [value]
            wrong[number] = not all(test.holds(env, item) is True for item in items)
    return _Read(values, wrong)


def _kinds(keys: list[Codes], cases: int) -> tuple[Codes, Codes]:
    """Return the first case of each kind, and the kind of each case."""
    if not cases:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    joined = np.zeros(cases, np.int64)
    for codes in keys:
        width = int(codes.max()) + 1
        if int(joined.max()) * width > 2**62:
            _, joined = np.unique(joined, return_inverse=True)
        joined = joined * width + codes
    _, firsts, kinds = np.unique(joined, return_index=True, return_inverse=True)
    return firsts.astype(np.int64), kinds.astype(np.int64)


def _hashed(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return ("repr", repr(value))
    return (type(value), value)
