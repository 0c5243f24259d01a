"""The part of the parser that moves along tokens and reads the names of types."""

from __future__ import annotations

from madang.services.engine.feel import syntax
from madang.services.engine.feel.names import Names, declared_until, text_between
from madang.services.engine.feel.tokens import InvalidExpression, Token
from madang.services.engine.feel.types import BUILT_IN

_TYPES = Names(
    name for name in BUILT_IN if name.islower() or " " in name or name in ("Any", "Null")
)


class TypeParser:
    """Tokens, the place among them, and how types are read."""

    tokens: list[Token]
    at: int
    members: Names  # names of members and of the model's own types

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def ahead(self, by: int) -> Token:
        """Return a later token, the last one where there are not so many."""
        return self.tokens[min(self.at + by, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go past it."""
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def op(self, text: str) -> bool:
        """Go past an operator if it is next."""
        if self.here.text == text and self.here.kind == "op":
            self.at += 1
            return True
        return False

    def word(self, text: str) -> bool:
        """Go past a keyword if it is next."""
        if self.here.text == text and self.here.kind == "name":
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Go past what must be next."""
        if self.here.text != text or self.here.kind in ("str", "at"):
            raise self.unexpected(text)
        self.at += 1

    def unexpected(self, wanted: str = "") -> InvalidExpression:
        """Return the error of the next token."""
        token = self.here
        what = "the end" if token.kind == "end" else repr(token.text)
        place = f"at character {token.start + 1}"
        if wanted:
            return InvalidExpression(f"{wanted!r} is wanted {place}, not {what}")
        return InvalidExpression(f"{what} is not expected {place}")

    def type_name(self) -> syntax.TypeName:
        """Read a type."""
        name = self._name_of_type()
        if not (self.here.text == "<" and name in ("list", "range", "context", "function")):
            return syntax.TypeName(name)
        self.at += 1
        if name == "context":
            return self._context_type()
        if name == "function":
            return self._function_type()
        args = (self.type_name(),)
        self.expect(">")
        return syntax.TypeName(name, args)

    def _context_type(self) -> syntax.TypeName:
        fields: list[tuple[str, syntax.TypeName]] = []
        while not self.op(">"):
            if fields:
                self.expect(",")
            end = declared_until(self.tokens, self.at, frozenset(":"))
            if end is None:
                raise self.unexpected()
            key = text_between(self.tokens, self.at, end)
            self.at = end + 1
            fields.append((key, self.type_name()))
        return syntax.TypeName("context", fields=tuple(fields))

    def _function_type(self) -> syntax.TypeName:
        params: list[syntax.TypeName] = []
        while not self.op(">"):
            if params:
                self.expect(",")
            params.append(self.type_name())
        self.expect("->")
        return syntax.TypeName("function", tuple(params), result=self.type_name())

    def _name_of_type(self) -> str:
        found = _TYPES.longest(self.tokens, self.at)
        known = self.members.longest(self.tokens, self.at)
        if found and (known is None or known[1] <= found[1]):
            self.at += found[1]
            return found[0]
        if known and known[1] > 1:
            self.at += known[1]
            return known[0]
        if self.here.kind != "name":
            raise self.unexpected()
        name = self.take().text
        while self.here.text == "." and self.ahead(1).kind == "name":
            self.at += 1
            name += "." + self.take().text
        return name
