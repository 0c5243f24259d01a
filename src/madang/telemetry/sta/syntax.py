"""The reader of filter and order expressions: text in, tree out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

import shapely

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.expressions import (
    ARITHMETIC,
    COMPARISONS,
    Binary,
    Call,
    Expression,
    Literal,
    Name,
    Not,
    checked_call,
)

# In a query a plus sign arrives as a blank, so that an offset may read "T00:00:00 09:00".
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\- ]\d\d:?\d\d)"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<geography>(?:geography|geometry)'(?:[^']|'')*')
  | (?P<duration>duration'[^']*')
  | (?P<text>'(?:[^']|'')*')
  | (?P<stamp>{_STAMP})
  | (?P<date>\d{{4}}-\d\d-\d\d)
  | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?)
  | (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d][\w.]*|@[\w.]+)
  | (?P<mark>[(),/\-])
  )""",
    re.VERBOSE,
)
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
_DEEPEST = 100  # nesting; a filter written by people has a handful


@dataclass(frozen=True)
class Token:
    """One word of an expression: what kind, its text, and where it begins."""

    kind: str
    text: str
    place: int


def tokens(text: str) -> list[Token]:
    """Return the words of an expression, closed by one of kind ``end``."""
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise InvalidQuery(f"cannot read {text[place : place + 30]!r} at place {place + 1}")
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind)))
        place = match.end()
    return [*found, Token("end", "", len(text))]


def parse_expression(text: str) -> Expression:
    """Return the tree of a filter or order expression.

    Raises
    ------
    InvalidQuery
        If it cannot be read; the message shows where.

    Examples
    --------
    >>> parse_expression("result gt 4.5").operator
    'gt'
    """
    reader = _Reader(tokens(text), text)
    tree = reader.disjunction()
    reader.expect_end()
    return tree


class _Reader:
    """A recursive-descent reader, one method for each level of precedence."""

    def __init__(self, words: list[Token], text: str) -> None:
        self.words = words
        self.text = text
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        token = self.words[self.at]
        self.at += 1
        return token

    def takes_word(self, *choices: str) -> str | None:
        if self.next.kind == "word" and self.next.text in choices:
            return self.take().text
        return None

    def takes_mark(self, mark: str) -> bool:
        if self.next.kind == "mark" and self.next.text == mark:
            self.at += 1
            return True
        return False

    def fail(self, wanted: str) -> InvalidQuery:
        found = repr(self.next.text) if self.next.text else "the end"
        place = self.next.place + 1
        return InvalidQuery(f"{wanted} expected at place {place} of {self.text!r}, found {found}")

    def expect(self, mark: str) -> None:
        if not self.takes_mark(mark):
            raise self.fail(repr(mark))

    def expect_end(self) -> None:
        if self.next.kind != "end":
            raise self.fail("an operator or the end")

    def disjunction(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise InvalidQuery(f"the expression is nested deeper than {_DEEPEST} levels")
        left = self.conjunction()
        while self.takes_word("or"):
            left = Binary("or", left, self.conjunction())
        self.depth -= 1
        return left

    def conjunction(self) -> Expression:
        left = self.negation()
        while self.takes_word("and"):
            left = Binary("and", left, self.negation())
        return left

    def negation(self) -> Expression:
        count = 0
        while self.takes_word("not"):
            count += 1
        operand = self.comparison()
        return Not(operand) if count % 2 else operand

    def comparison(self) -> Expression:
        left = self.total()
        operator = self.takes_word(*COMPARISONS)
        return Binary(operator, left, self.total()) if operator else left

    def total(self) -> Expression:
        left = self.product()
        while operator := self.takes_word(*ARITHMETIC[:2]):
            left = Binary(operator, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.operand()
        while operator := self.takes_word(*ARITHMETIC[2:]):
            left = Binary(operator, left, self.operand())
        return left

    def operand(self) -> Expression:
        if self.takes_mark("("):
            inner = self.disjunction()
            self.expect(")")
            return inner
        negative = False
        while self.takes_mark("-"):
            negative = not negative
        if negative:
            return Binary("sub", Literal(0), self.operand())
        token = self.take()
        if token.kind == "word":
            return self.name_or_call(token)
        if token.kind in ("mark", "end"):
            self.at -= 1
            raise self.fail("a value")
        return Literal(_value(token))

    def name_or_call(self, token: Token) -> Expression:
        if token.text in _WORDS:
            return Literal(_WORDS[token.text])
        if self.takes_mark("("):
            return self.call(token.text)
        steps = [token.text]
        while self.takes_mark("/"):
            step = self.take()
            if step.kind not in ("word", "number"):
                self.at -= 1
                raise self.fail("a property")
            steps.append(step.text)
        return Name(tuple(steps))

    def call(self, function: str) -> Call:
        arguments: list[Expression] = []
        if not self.takes_mark(")"):
            arguments.append(self.disjunction())
            while self.takes_mark(","):
                arguments.append(self.disjunction())
            self.expect(")")
        return checked_call(function, tuple(arguments))


def _value(token: Token) -> object:
    try:
        return _READERS[token.kind](token.text)
    except (Invalid, ValueError, shapely.errors.GEOSException) as error:
        raise InvalidQuery(f"{token.text!r} at place {token.place + 1}: {error}") from None


def _quoted(text: str) -> str:
    return text[text.index("'") + 1 : -1].replace("''", "'")


def _number(text: str) -> int | float:
    return float(text) if re.search(r"[.eE]", text) else int(text)


_READERS: dict[str, Callable[[str], object]] = {
    "text": _quoted,
    "number": _number,
    "stamp": lambda text: times.parse_utc(text.replace(" ", "+")),
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda text: times.parse_duration(_quoted(text)),
    "geography": lambda text: shapely.from_wkt(_without_srid(_quoted(text))),
}


def _without_srid(text: str) -> str:
    return re.sub(r"^SRID=\d+;", "", text, flags=re.IGNORECASE)
