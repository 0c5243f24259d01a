"""Decision tables: rows that leave gaps, overlap, can never hold, or have the wrong width."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from madang.services.engine.dmn.plain import to_plain
from madang.services.engine.feel.compare import equal
from madang.services.engine.feel.expression import expression
from madang.services.engine.feel.text import literal
from madang.services.engine.feel.values import Env, FeelError, Notes
from madang.services.lint.cells import Column, Domain, NotAnalysable, column_of
from madang.services.lint.domains import conclusions_of, constants_of
from madang.services.lint.fault import Fault
from madang.services.lint.samples import sampled
from madang.services.lint.subject import Subject
from madang.services.packages.refunds import ENDED_BY, REFUND, endings, share_of
from madang.services.packages.rules import OUTCOMES, Decision

_ONE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")  # policies by which a row is wanted
MOST_STEPS = 200_000
MOST_OVERLAPS = 5  # of one table that are told


class TooLarge(Exception):
    """A table has more combinations than are looked at."""


def tables(subject: Subject) -> Iterator[Fault]:
    """Yield faults of the tables of a package."""
    for decision in subject.package.rules:
        faults = list(_shape(subject, decision))
        yield from faults
        if faults or not decision.rows or _is_broken(subject, decision):
            continue
        yield from _outcomes(subject, decision)
        yield from _shares(subject, decision)
        yield from _rows(subject, decision)


def _is_broken(subject: Subject, decision: Decision) -> bool:
    file = f"rules/{decision.id}.yaml"
    return any(
        item.wrong or item.names - set(item.scope) for item in subject.written if item.file == file
    )


def _shape(subject: Subject, decision: Decision) -> Iterator[Fault]:
    file = f"rules/{decision.id}.yaml"
    if decision.id == REFUND and not subject.package.service.fees:
        message = "the service costs nothing, so nothing can come back"
        yield subject.fault("bad-refund", file, ("id",), message)
    if decision.id == REFUND and decision.rows and len(decision.results) != 1:
        message = "refund has one result: the share that comes back, in percent"
        yield subject.fault("bad-refund", file, ("results",), message)
    if bool(decision.value) == bool(decision.rows):
        message = "a decision has either rows or a value"
        yield subject.fault("empty-table", file, ("id",), message)
    if decision.rows and not decision.results:
        yield subject.fault("empty-table", file, ("id",), "a table has results")
    for row in decision.rows:
        for cells, columns, key in (
            (row.when, decision.inputs, "when"),
            (row.then, decision.results, "then"),
        ):
            if len(cells) != len(columns):
                message = f"{row.id!r} has {len(cells)} cells for {len(columns)} columns"
                yield subject.fault("row-width", file, ("rows", row.id, key), message)


def _outcomes(subject: Subject, decision: Decision) -> Iterator[Fault]:
    if decision.id != "outcome":
        return
    file = "rules/outcome.yaml"
    for row in decision.rows:
        concluded = conclusions_of(row.then[0])
        for value in concluded:
            if value not in OUTCOMES:
                message = f"{row.then[0]} is none of {', '.join(OUTCOMES)}"
                yield subject.fault("bad-outcome", file, ("rows", row.id, "then", 0), message)
        if not row.because or (row.law is None and concluded != ("refer",)):
            message = f"{row.id!r} decides, so people are told why (`because`) and by which `law`"
            yield subject.fault("row-without-reason", file, ("rows", row.id), message)


def _shares(subject: Subject, decision: Decision) -> Iterator[Fault]:
    """Yield rows of `refund` that say no share, no reason or no provision."""
    if decision.id != REFUND:
        return
    for row in decision.rows:
        path = ("rows", row.id, "then", 0)
        for value in conclusions_of(row.then[0]):
            if share_of(value) is None:
                message = f"{row.then[0]} is no share from 0 to 100 percent"
                yield subject.fault("bad-refund", f"rules/{REFUND}.yaml", path, message)
        if not row.because or row.law is None:
            message = f"{row.id!r} says what comes back, so people are told why, and by which `law`"
            yield subject.fault("row-without-reason", f"rules/{REFUND}.yaml", path[:2], message)


def _rows(subject: Subject, decision: Decision) -> Iterator[Fault]:
    try:
        analysis = Analysis(subject, decision)
        if analysis.shares_facts:
            raise NotAnalysable(decision.id)
        yield from analysis.faults()
    except NotAnalysable:
        yield from sampled(subject, decision)
    except TooLarge:
        message = f"has more combinations than {MOST_STEPS:,}; cut it into several tables"
        file = f"rules/{decision.id}.yaml"
        yield subject.fault("too-much-to-check", file, ("rows",), message)


class Analysis:
    """A table whose cells compare with constants, as columns of pieces."""

    def __init__(self, subject: Subject, decision: Decision) -> None:
        self.subject, self.decision = subject, decision
        self.file = f"rules/{decision.id}.yaml"
        self.known = {
            name: value
            for name, value in subject.rules.parameters(subject.today).items()
            if value is not None
        }
        self.columns = [self._column(number) for number in range(len(decision.inputs))]
        self.all = (1 << len(decision.rows)) - 1
        self.steps = 0

    @cached_property
    def shares_facts(self) -> bool:
        """Return whether two columns look at one thing, so that they are not free of each other."""
        seen: set[str] = set()
        for item in self.subject.written:
            if item.file == self.file and item.path[0] == "inputs" and item.path[-1] == "of":
                names = item.names - self.known.keys()
                if seen & names:
                    return True
                seen |= names
        return False

    def _column(self, number: int) -> Column:
        clause = self.decision.inputs[number]
        cells = [row.when[number] for row in self.decision.rows]
        domain = domain_of(self.subject, self.decision, number, cells)
        return column_of(clause.of, cells, domain, self.known)

    def faults(self) -> Iterator[Fault]:
        """Yield gaps, overlaps and rows that can never hold."""
        decision = self.decision
        has_default = any(result.default for result in decision.results)
        if decision.hit in _ONE and not has_default:
            witness = self._gap(0, self.all, set())
            if witness is not None:
                message = f"no row holds where {self._told(witness)}; add a row or a default"
                yield self.subject.fault("gap", self.file, ("rows",), message)
        if decision.hit in ("UNIQUE", "ANY"):
            yield from self._overlaps()
        if decision.hit == "FIRST":
            yield from self._shadowed()

    def _told(self, witness: tuple[Any, ...]) -> str:
        pairs = zip(self.columns, witness, strict=False)
        return (
            ", ".join(f"{column.label} = {literal(value)}" for column, value in pairs) or "always"
        )

    def _gap(self, at: int, rows: int, seen: set[tuple[int, int]]) -> tuple[Any, ...] | None:
        """Return values for which none of some rows holds, from a column on; None without any."""
        if not rows:
            return tuple(column.values[0] for column in self.columns[at:] if column.values)
        if at == len(self.columns) or (at, rows) in seen:
            return None
        self._step()
        seen.add((at, rows))
        for value, held in zip(self.columns[at].values, self.columns[at].held, strict=True):
            found = self._gap(at + 1, rows & held, seen)
            if found is not None:
                return (value, *found)
        return None

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLarge

    def _overlaps(self) -> Iterator[Fault]:
        rows, told = self.decision.rows, 0
        for later in range(len(rows)):
            for earlier in range(later):
                self._step()
                witness = self._both(earlier, later)
                if witness is None or self._agree(earlier, later, witness):
                    continue
                verb = "conclude differently" if self.decision.hit == "ANY" else "both hold"
                message = (
                    f"{rows[earlier].id!r} and {rows[later].id!r} {verb} where "
                    f"{self._told(witness)}"
                )
                path = ("rows", rows[later].id)
                yield self.subject.fault("overlap", self.file, path, message)
                told += 1
                if told == MOST_OVERLAPS:
                    return

    def _both(self, one: int, other: int) -> tuple[Any, ...] | None:
        wanted = 1 << one | 1 << other
        found = []
        for column in self.columns:
            pairs = zip(column.values, column.held, strict=True)
            value = next((v for v, held in pairs if held & wanted == wanted), _NONE)
            if value is _NONE:
                return None
            found.append(value)
        return tuple(found)

    def _agree(self, one: int, other: int, witness: tuple[Any, ...]) -> bool:
        if self.decision.hit != "ANY":
            return False
        rows = self.decision.rows
        pairs = zip(rows[one].then, rows[other].then, strict=True)
        return all(a.strip() == b.strip() or self._same(a, b, witness) for a, b in pairs)

    def _same(self, one: str, other: str, witness: tuple[Any, ...]) -> bool:
        names = {c.label: value for c, value in zip(self.columns, witness, strict=True)}
        scope = {**self.known, **names}
        env = Env(scope, None, Notes())
        try:
            values = [expression(text, tuple(scope)).run(env) for text in (one, other)]
        except FeelError:
            return False
        return equal(values[0], values[1]) is True

    def _shadowed(self) -> Iterator[Fault]:
        for number, row in enumerate(self.decision.rows):
            if number and not self._free(number, 0, (1 << number) - 1, set()):
                message = f"{row.id!r} never holds first: rows above take all of it"
                yield self.subject.fault("shadowed-row", self.file, ("rows", row.id), message)

    def _free(self, row: int, at: int, above: int, seen: set[tuple[int, int]]) -> bool:
        """Return whether a row holds somewhere that none of some rows above it does."""
        if at == len(self.columns):
            return not above
        if (at, above) in seen:
            return False
        self._step()
        seen.add((at, above))
        held = (held for held in self.columns[at].held if held >> row & 1)
        return any(self._free(row, at + 1, above & one, seen) for one in held)


_NONE = object()


def domain_of(subject: Subject, decision: Decision, number: int, cells: list[str]) -> Domain:
    """Return what limits a column: its own values, and those of the fact or decision it names."""
    clause = decision.inputs[number]
    package = subject.package
    own = (clause.allowed,) if clause.allowed else ()
    if decision.id == REFUND and clause.of.strip() == ENDED_BY:
        return Domain("string", own, endings(package))
    fact = package.facts.get(clause.of.strip())
    if fact is not None:
        question = package.questions.get(fact.id)
        allowed = (*own, fact.allowed) if fact.allowed else own
        schema = question.schema if question else {}
        whole = schema.get("type") == "integer"
        if question and question.choices and not fact.type.startswith("list"):
            from madang.services.lint.domains import points

            return Domain(fact.type, allowed, tuple(points(package, fact, (), subject.today)))
        return Domain(fact.type, (*allowed, *_of_schema(schema)), whole=whole)
    other = package.decision(clause.of.strip())
    if other is not None and other.id != decision.id:
        only = _concluded(other)
        if only is not None:
            return Domain(clause.type or other.type or "string", own, only)
    return Domain(clause.type or _type_of(cells), own)


def _of_schema(schema: Any) -> Iterator[str]:
    signs = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    for key, sign in signs.items():
        if isinstance(schema.get(key), int | float):
            yield f"{sign} {schema[key]}"


def _concluded(decision: Decision) -> tuple[Any, ...] | None:
    """Return the values that a table can conclude; None where they are not all constants."""
    if not decision.rows or len(decision.results) != 1 or decision.hit.startswith("COLLECT"):
        return None
    texts = [row.then[0] for row in decision.rows if row.then]
    texts += [result.default for result in decision.results if result.default]
    values: list[Any] = []
    for text in texts:
        tree = constants_of(text, is_tests=False)
        if len(tree) != 1 or to_plain(tree[0]) is None or literal(tree[0]) != text.strip():
            return None
        values += [value for value in tree if value not in values]
    return tuple(values)


def _type_of(cells: list[str]) -> str:
    """Return the type that the constants of a column's cells have."""
    kinds = {type(value).__name__ for cell in cells for value in constants_of(cell)}
    named = {"bool": "boolean", "Decimal": "number", "str": "string", "Date": "date"}
    found = {named.get(kind, kind) for kind in kinds}
    return found.pop() if len(found) == 1 else "unknown"
