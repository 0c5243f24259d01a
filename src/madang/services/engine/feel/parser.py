"""FEEL text to syntax tree, by operator precedence (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from madang.services.engine.feel import syntax
from madang.services.engine.feel.names import (
    Names,
    declared_until,
    keys_written,
)
from madang.services.engine.feel.primary_parser import COMPARISONS, PrimaryParser
from madang.services.engine.feel.syntax import Node
from madang.services.engine.feel.tokens import InvalidExpression, Token, string_value, tokens

T = TypeVar("T")
DEEPEST = 50  # levels of expressions in expressions; each takes about twelve calls of Python's
MEMBERS = (
    "year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone",
    "years", "months", "days", "hours", "minutes", "seconds",
    "start", "end", "start included", "end included", "value",
)  # fmt: skip
_GOES_ON = (".", "[", "(", "+", "-", "*", "/", "**")


class Parser(PrimaryParser):
    """One expression on its way from tokens to a tree."""

    def __init__(self, text: str, names: Names, members: Names) -> None:
        self.tokens: list[Token] = tokens(text)
        self.at = 0
        self.names = names
        self.members = members.inner(keys_written(self.tokens))
        self.depth = 0
        self.bracket_ends = False  # whether `[` ends a range here instead of beginning a filter

    # whole texts

    def expression_only(self) -> Node:
        """Return the tree of the whole text."""
        found = self.expression()
        self._finish()
        return found

    def tests_only(self) -> syntax.UnaryTests:
        """Return the unary tests of the whole text."""
        found = self.unary_tests()
        self._finish()
        return found

    def _finish(self) -> None:
        if self.here.kind != "end":
            raise self.unexpected()

    # expressions, loosest first

    def expression(self) -> Node:
        """Read an expression."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise InvalidExpression(f"more than {DEEPEST} expressions in one another")
        found = self.special() or self._either()
        self.depth -= 1
        return found

    def special(self) -> Node | None:
        """Read an expression that begins with a word of its own, if one is here."""
        if self.here.kind != "name" or self._names_something():
            return None
        readers: dict[str, Callable[[], Node]] = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._lambda,
        }
        reader = readers.get(self.here.text)
        return reader() if reader else None

    def _names_something(self) -> bool:
        found = self.names.longest(self.tokens, self.at)
        return found is not None and found[1] > 1

    def _either(self) -> Node:
        left = self._both()
        while self.word("or"):
            left = syntax.Logic("or", left, self._both())
        return left

    def _both(self) -> Node:
        left = self._comparison()
        while self.word("and"):
            left = syntax.Logic("and", left, self._comparison())
        return left

    def _comparison(self) -> Node:
        left = self.sum()
        while True:
            if self.here.kind == "op" and self.here.text in COMPARISONS:
                op = self.take().text
                left = syntax.Comparison(op, left, self.operand())
            elif self.word("between"):
                low = self.sum()
                self.expect("and")
                left = syntax.Between(left, low, self.sum())
            elif self.word("in"):
                left = syntax.In(left, self._tests_after_in())
            else:
                return left

    def sum(self) -> Node:
        """Read sums and what binds tighter."""
        left = self._product()
        while self.here.kind == "op" and self.here.text in ("+", "-"):
            op = self.take().text
            left = syntax.Arithmetic(op, left, self._product())
        return left

    def _product(self) -> Node:
        left = self._power()
        while self.here.kind == "op" and self.here.text in ("*", "/"):
            op = self.take().text
            left = syntax.Arithmetic(op, left, self._power())
        return left

    def _power(self) -> Node:
        left = self._signed()
        while self.op("**"):
            left = syntax.Arithmetic("**", left, self._signed())
        return left

    def _signed(self) -> Node:
        if self.op("-"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise InvalidExpression("too many signs")
            of = self._signed()
            self.depth -= 1
            if isinstance(of, syntax.Literal) and isinstance(of.value, Decimal):
                return syntax.Literal(-of.value)
            return syntax.Negation(of)
        return self._instance()

    def _instance(self) -> Node:
        left = self._postfix(self.primary())
        while self.here.text == "instance" and self.ahead(1).text == "of":
            self.at += 2
            left = syntax.InstanceOf(left, self.type_name())
        return left

    def _postfix(self, left: Node) -> Node:
        while self.here.kind == "op":
            if self.here.text == "." and self.ahead(1).kind in ("name", "str"):
                self.at += 1
                left = syntax.Path(left, self._member())
            elif self.here.text == "(":
                left = self._call(left)
            elif self.here.text == "[" and not self.bracket_ends:
                left = self._filter(left)
            else:
                break
        return left

    def _member(self) -> str:
        if self.here.kind == "str":
            return string_value(self.take().text)
        found = self.members.longest(self.tokens, self.at)
        if found is None:
            return self.take().text
        self.at += found[1]
        return found[0]

    def _filter(self, left: Node) -> Node:
        self.at += 1
        outer = self.names
        # Inside, the members of the item are names of their own.
        self.names = outer.inner([*self.members.all().difference(MEMBERS), "item"])
        condition = self.freed(self.expression)
        self.names = outer
        self.expect("]")
        return syntax.Filter(left, condition)

    def _call(self, function: Node) -> Node:
        self.at += 1
        names: list[str] = []
        args: list[Node] = []
        while not self.op(")"):
            if args:
                self.expect(",")
            end = declared_until(self.tokens, self.at, frozenset(":"))
            if end is not None:
                names.append(self.declared(end))
                self.expect(":")
            args.append(self.freed(self.expression))
        if names and len(names) != len(args):
            raise InvalidExpression("arguments go by name or by place, not both")
        return syntax.Call(function, tuple(args), tuple(names) if names else None)

    # if, for, some, every, function

    def _if(self) -> Node:
        self.at += 1
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return syntax.If(condition, then, self.expression())

    def _iterators(self, final: str) -> tuple[syntax.Iterator, ...]:
        found: list[syntax.Iterator] = []
        while not found or self.op(","):
            name = self.new_name("in")
            self.expect("in")
            domain = self.expression()
            end = self.expression() if self.op("..") else None
            found.append(syntax.Iterator(name, domain, end))
            self.names = self.names.inner((name,))
        self.expect(final)
        return tuple(found)

    def _for(self) -> Node:
        self.at += 1
        outer = self.names
        iterators = self._iterators("return")
        self.names = self.names.inner(("partial",))
        body = self.expression()
        self.names = outer
        return syntax.For(iterators, body)

    def _quantified(self) -> Node:
        every = self.take().text == "every"
        outer = self.names
        iterators = self._iterators("satisfies")
        condition = self.expression()
        self.names = outer
        return syntax.Quantified(every, iterators, condition)

    def _lambda(self) -> Node:
        self.at += 1
        self.expect("(")
        params: list[syntax.Parameter] = []
        while not self.op(")"):
            if params:
                self.expect(",")
            name = self.new_name(":", ",", ")")
            params.append(syntax.Parameter(name, self.type_name() if self.op(":") else None))
        external = self.word("external")
        outer = self.names
        self.names = outer.inner(param.name for param in params)
        body = self.freed(self.expression)
        self.names = outer
        return syntax.Lambda(tuple(params), body, external)

    # unary tests

    def unary_tests(self) -> syntax.UnaryTests:
        """Read the tests of a cell."""
        if self.here.text == "-" and self.ahead(1).kind == "end":
            self.at += 1
            return syntax.UnaryTests((), always=True)
        if self.here.text == "not" and self.ahead(1).text == "(":
            start = self.at
            self.at += 2
            tests = self._test_list()
            if self.op(")") and self.here.kind == "end":
                return syntax.UnaryTests(tests, negated=True)
            self.at = start  # `not(a) and b`: an expression that begins with a call
        return syntax.UnaryTests(self._test_list())

    def _test_list(self) -> tuple[syntax.OpTest | syntax.ValueTest, ...]:
        found = [self._test()]
        while self.op(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> syntax.OpTest | syntax.ValueTest:
        if self.here.kind == "op" and self.here.text in COMPARISONS:
            op = self.take().text
            return syntax.OpTest(op, self.operand())
        start = self.at
        found = self.expression()
        about = any(token.text == "?" for token in self.tokens[start : self.at])
        return syntax.ValueTest(found, about)

    def _tests_after_in(self) -> syntax.UnaryTests:
        if self.here.text == "(" and not self._is_range_in_parentheses():
            start = self.at
            self.at += 1
            tests = self.freed(self._test_list)
            self.expect(")")
            if not (self.here.kind == "op" and self.here.text in _GOES_ON):
                return syntax.UnaryTests(tests)
            self.at = start  # what stood between the parentheses was only the begin of a value
        if self.here.kind == "op" and self.here.text in COMPARISONS:
            op = self.take().text
            return syntax.UnaryTests((syntax.OpTest(op, self.sum()),))
        return syntax.UnaryTests((syntax.ValueTest(self.operand(), False),))

    def _is_range_in_parentheses(self) -> bool:
        held = self.at, self.depth, self.names, self.bracket_ends
        try:
            found = self.parenthesis()
        except InvalidExpression:
            return False
        finally:
            self.at, self.depth, self.names, self.bracket_ends = held
        return isinstance(found, syntax.RangeOfNodes)
