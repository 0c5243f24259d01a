"""The query options of a request, with those nested in $expand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.expressions import Expression
from madang.telemetry.sta.syntax import parse_expression

DEFAULT_TOP = 100
GREATEST_TOP = 10_000
_DEEPEST_EXPAND = 6  # from an observation every entity is reached in five links
RESULT_FORMATS = ("json", "dataArray", "csv", "geojson")


@dataclass(frozen=True)
class Order:
    """One key of $orderby."""

    expression: Expression
    descending: bool


@dataclass(frozen=True)
class Expand:
    """A link to follow and the options for what is found there."""

    link: str
    query: Query


@dataclass(frozen=True)
class Query:
    """All query options of one level; `top` is within the server's limit."""

    filter: Expression | None = None
    orderby: tuple[Order, ...] = ()
    top: int = DEFAULT_TOP
    skip: int = 0
    select: tuple[str, ...] | None = None
    expand: tuple[Expand, ...] = ()
    count: bool = False
    result_format: str = "json"
    text: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def selects(self, name: str) -> bool:
        """Return whether a property or link is to be shown."""
        return self.select is None or name in self.select


def parse_query(options: Iterable[tuple[str, str]], depth: int = 0) -> Query:
    """Return the query of ``$``-options as (name, text); names without ``$`` are not ours.

    Raises
    ------
    InvalidQuery
        If an option is unknown, given twice or cannot be read.
    """
    given: dict[str, str] = {}
    for name, text in options:
        if not name.startswith("$"):
            continue
        if name in given:
            raise InvalidQuery(f"{name} is given twice")
        if name not in _READERS:
            raise InvalidQuery(f"there is no query option {name}")
        given[name] = text
    values: dict[str, object] = {}
    for name, text in given.items():
        key, read = _READERS[name]
        values[key] = _expand(text, depth) if name == "$expand" else read(text)
    return Query(**values, text=tuple(given.items()))  # type: ignore[arg-type]


def split_outside(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators outside quotes and parentheses.

    >>> split_outside("a(b,c),'d,e'", ",")
    ['a(b,c)', "'d,e'"]
    """
    parts, start, depth, quoted = [], 0, 0, False
    for place, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == separator and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if quoted or depth:
        raise InvalidQuery(f"quotes or parentheses do not close in {text!r}")
    return [part.strip() for part in [*parts, text[start:]]]


def _expand(text: str, depth: int) -> tuple[Expand, ...]:
    if depth >= _DEEPEST_EXPAND:
        raise InvalidQuery(f"$expand is nested deeper than {_DEEPEST_EXPAND} levels")
    merged: dict[str, Expand] = {}
    for part in split_outside(text, ","):
        one = _one_expand(part, depth)
        known = merged.get(one.link)
        merged[one.link] = one if known is None else _merged(known, one)
    return tuple(merged.values())


def _one_expand(text: str, depth: int) -> Expand:
    head, paren, rest = text.partition("(")
    if paren and not rest.endswith(")"):
        raise InvalidQuery(f"cannot read {text!r} in $expand")
    inner = [_pair(part) for part in split_outside(rest[:-1], ";") if part] if paren else []
    link, *further = head.strip().split("/")
    if not link:
        raise InvalidQuery("$expand names no link")
    if not further:
        return Expand(link, parse_query(inner, depth + 1))
    tail = "/".join(further) + (paren + rest if paren else "")
    return Expand(link, parse_query([("$expand", tail)], depth + 1))


def _merged(one: Expand, two: Expand) -> Expand:
    """Join ``Datastreams/Sensor,Datastreams/Thing`` into one expansion of Datastreams."""
    for plain, other in ((one, two), (two, one)):
        if all(name == "$expand" for name, _ in plain.query.text):
            text = dict(other.query.text)
            parts = [dict(e.query.text).get("$expand", "") for e in (one, two)]
            text["$expand"] = ",".join(part for part in parts if part)
            return Expand(one.link, parse_query(text.items(), 1))
    raise InvalidQuery(f"$expand names {one.link} twice with other options")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidQuery(f"cannot read {text!r} in $expand")
    return name.strip(), value.strip()


def _orderby(text: str) -> tuple[Order, ...]:
    orders = []
    for part in split_outside(text, ","):
        head, _, last = part.rpartition(" ")
        direction = last.lower()
        if head and direction in ("asc", "desc"):
            orders.append(Order(parse_expression(head), direction == "desc"))
        else:
            orders.append(Order(parse_expression(part), descending=False))
    return tuple(orders)


def _top(text: str) -> int:
    return min(_whole("$top", text), GREATEST_TOP)


def _skip(text: str) -> int:
    return _whole("$skip", text)


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise InvalidQuery(f"{name} is {text!r}; it must be a whole number, 0 or more")
    return int(text)


def _count(text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidQuery(f"$count is {text!r}; it must be true or false")
    return text == "true"


def _select(text: str) -> tuple[str, ...]:
    chosen = tuple(part for part in split_outside(text, ",") if part)
    if not chosen:
        raise InvalidQuery("$select names no property")
    return chosen


def _result_format(text: str) -> str:
    found = {name.lower(): name for name in RESULT_FORMATS}.get(text.lower())
    if found is None:
        raise InvalidQuery(f"$resultFormat is {text!r}; it is one of {', '.join(RESULT_FORMATS)}")
    return found


_READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "$filter": ("filter", parse_expression),
    "$orderby": ("orderby", _orderby),
    "$top": ("top", _top),
    "$skip": ("skip", _skip),
    "$select": ("select", _select),
    "$expand": ("expand", str),
    "$count": ("count", _count),
    "$resultFormat": ("result_format", _result_format),
}
