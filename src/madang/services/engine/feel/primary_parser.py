"""The innermost parts of FEEL's expressions: literals, names, lists, contexts, ranges."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar

from madang.services.engine.feel import syntax
from madang.services.engine.feel.built_in import LIBRARY
from madang.services.engine.feel.date_text import read_moment
from madang.services.engine.feel.names import Names, declared_until, text_between
from madang.services.engine.feel.syntax import Node
from madang.services.engine.feel.tokens import InvalidExpression, Token, string_value
from madang.services.engine.feel.type_parser import TypeParser
from madang.services.engine.feel.values import NUMBERS, FeelError

T = TypeVar("T")
KEYWORDS = frozenset(
    {"if", "then", "else", "for", "return", "in", "some", "every", "satisfies", "between", "and",
     "or", "instance", "function", "true", "false", "null", "external"}
)  # fmt: skip
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_BUILT_IN = Names(LIBRARY)


class PrimaryParser(TypeParser):
    """What stands between operators; whole expressions are read by `Parser`."""

    names: Names
    members: Names
    bracket_ends: bool  # whether `[` ends a range here instead of beginning a filter

    @abstractmethod
    def expression(self) -> Node:
        """Read an expression."""

    @abstractmethod
    def special(self) -> Node | None:
        """Read an expression that begins with a word of its own, if one is here."""

    @abstractmethod
    def sum(self) -> Node:
        """Read sums and what binds tighter."""

    def operand(self) -> Node:
        """Read what a comparison compares with."""
        return self.special() or self.sum()

    def freed(self, read: Callable[[], T]) -> T:
        """Read something between brackets, where `[` begins a filter again."""
        held, self.bracket_ends = self.bracket_ends, False
        found = read()
        self.bracket_ends = held
        return found

    def declared(self, end: int) -> str:
        """Return the name that ends before a place, and go there."""
        name = text_between(self.tokens, self.at, end)
        self.at = end
        return name

    def new_name(self, *ends: str) -> str:
        """Read the name of something that is being named."""
        end = declared_until(self.tokens, self.at, frozenset(ends))
        if end is None:
            raise self.unexpected()
        return self.declared(end)

    def primary(self) -> Node:
        """Read a literal, a name, or something in brackets."""
        token = self.here
        if token.kind == "num":
            self.at += 1
            value = NUMBERS.create_decimal(token.text)
            return syntax.Literal(value if value.is_finite() else None)
        if token.kind == "str":
            self.at += 1
            return syntax.Literal(string_value(token.text))
        if token.kind == "at":
            self.at += 1
            return self._moment(token)
        if token.kind == "name":
            return self._name()
        if token.kind == "op":
            return self._bracketed()
        raise self.unexpected()

    def _moment(self, token: Token) -> Node:
        try:
            return syntax.Literal(read_moment(token.text[2:-1]))
        except FeelError:
            return syntax.Literal(None)

    def _name(self) -> Node:
        found = self.names.longest(self.tokens, self.at)
        ours = _BUILT_IN.longest(self.tokens, self.at)
        if (
            found
            and (found[1] > 1 or found[0] not in KEYWORDS)
            and (ours is None or found[1] >= ours[1])
        ):
            self.at += found[1]
            return syntax.Name(found[0])
        if ours is not None:
            self.at += ours[1]
            return syntax.Name(ours[0], built_in=True)
        word = self.here.text
        if word in ("true", "false", "null"):
            self.at += 1
            return syntax.Literal({"true": True, "false": False, "null": None}[word])
        special = self.special()
        if special:
            return special
        if word in KEYWORDS:
            raise self.unexpected()
        self.at += 1
        return syntax.Name(word)

    def _bracketed(self) -> Node:
        text = self.here.text
        if text == "{":
            return self._context()
        if text == "[":
            return self._list_or_range()
        if text == "]":
            self.at += 1
            return self._range(self._range_end(), low_closed=False)
        if text == "(":
            return self.parenthesis()
        raise self.unexpected()

    def _context(self) -> Node:
        self.at += 1
        outer = self.names
        self.names = outer.inner(())
        entries: list[tuple[str, Node]] = []
        while not self.op("}"):
            if entries:
                self.expect(",")
            quoted = self.here.kind == "str"
            key = string_value(self.take().text) if quoted else self.new_name(":")
            self.expect(":")
            if any(key == known for known, _ in entries):
                raise InvalidExpression(f"key {key!r} comes twice")
            entries.append((key, self.freed(self.expression)))
            self.names.add(key)
            self.members.add(key)
        self.names = outer
        return syntax.ContextOfNodes(tuple(entries))

    def _list_or_range(self) -> Node:
        self.at += 1
        if self.op("]"):
            return syntax.ListOfNodes(())
        first = self.freed(self.expression)
        if self.here.text == "..":
            return self._range(first, low_closed=True)
        items = [first]
        while self.op(","):
            items.append(self.freed(self.expression))
        self.expect("]")
        return syntax.ListOfNodes(tuple(items))

    def parenthesis(self) -> Node:
        """Read what begins with a parenthesis: an expression or a range."""
        self.at += 1
        if self.here.kind == "op" and self.here.text in COMPARISONS:
            op = self.take().text
            end = self.freed(self.sum)
            self.expect(")")
            return _half_range(op, end)
        inside = self.freed(self.expression)
        if self.here.text == "..":
            return self._range(inside, low_closed=False)
        self.expect(")")
        return inside

    def _range(self, low: Node, *, low_closed: bool) -> Node:
        self.expect("..")
        high = self._range_end()
        closing = self.take().text
        if closing not in ("]", ")", "["):
            self.at -= 1
            raise self.unexpected()
        return syntax.RangeOfNodes(low, high, low_closed, closing == "]")

    def _range_end(self) -> Node:
        held, self.bracket_ends = self.bracket_ends, True
        found = self.operand()
        self.bracket_ends = held
        return found


def _half_range(op: str, end: Node) -> Node:
    if op == "=":
        return syntax.RangeOfNodes(end, end, True, True)
    if op == "!=":
        raise InvalidExpression("a range cannot be all but one")
    if op in ("<", "<="):
        return syntax.RangeOfNodes(None, end, False, op == "<=")
    return syntax.RangeOfNodes(end, None, op == ">=", False)
