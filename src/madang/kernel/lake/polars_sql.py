"""The portable SQL of the lake in Polars' words.

Only what the portable subset needs differs: parameters, and five functions of ClickHouse.

    argMax(v, t)     the v of the largest t
    intDiv(a, b)     whole-number division
    toUInt32(t)      a time as seconds since 1970
    toYYYYMMDD(t)    a time's UTC day as a number
    toDate(t)        a time's UTC day
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from madang.kernel.errors import Invalid

_PIECES = re.compile(r"'(?:[^'\\]|\\.|'')*'|\{\s*(\w+)\s*:\s*([\w()]+)\s*\}|(\w+)\s*\(", re.DOTALL)
_READING = re.compile(r"read_\w+", re.IGNORECASE)  # read_csv(...) and the like reach outside

_FUNCTIONS: dict[str, Callable[..., str]] = {
    "argMax": lambda v, t: f"ARRAY_GET(ARRAY_AGG({v} ORDER BY {t} DESC LIMIT 1), 1)",
    "intDiv": lambda a, b: f"DIV({a}, {b})",
    "toUInt32": lambda t: f"CAST(EXTRACT(EPOCH FROM {t}) AS BIGINT)",
    "toYYYYMMDD": lambda t: f"CAST(STRFTIME({t}, '%Y%m%d') AS INTEGER)",
    "toDate": lambda t: f"CAST({t} AS DATE)",
}


def in_polars(sql: str, parameters: Mapping[str, object]) -> str:
    """Return the statement for Polars, with the parameters in their places.

    Raises
    ------
    Invalid
        If a parameter is missing, a function has the wrong number of arguments, or a function
        reaches outside the lake.
    """
    out: list[str] = []
    at = 0
    while (found := _PIECES.search(sql, at)) is not None:
        out.append(sql[at : found.start()])
        at = found.end()
        if found[1]:
            out.append(_literal(found[1], parameters))
        elif found[3] in _FUNCTIONS:
            arguments, at = _arguments(sql, at)
            out.append(_called(found[3], [in_polars(a, parameters) for a in arguments]))
        elif found[3] and _READING.fullmatch(found[3]):
            raise Invalid(f"the lake has no function {found[3]}", {"sql": found[3]})
        else:
            out.append(found[0])
    out.append(sql[at:])
    return "".join(out)


def _called(name: str, arguments: list[str]) -> str:
    try:
        return _FUNCTIONS[name](*arguments)
    except TypeError:
        raise Invalid(f"{name} does not take {len(arguments)} arguments", {"sql": name}) from None


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """Return the arguments of the call whose parenthesis opened before `start`, and its end."""
    arguments, depth, begun, at = [], 1, start, start
    while at < len(sql):
        if sql[at] == "'":
            quoted = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL).match(sql, at)
            at = quoted.end() if quoted else len(sql)
            continue
        depth += (sql[at] == "(") - (sql[at] == ")")
        if depth == 0 or (depth == 1 and sql[at] == ","):
            arguments.append(sql[begun:at].strip())
            begun = at + 1
        at += 1
        if depth == 0:
            return arguments, at
    raise Invalid("a parenthesis is not closed", {"sql": "("})


def _literal(name: str, parameters: Mapping[str, object]) -> str:
    if name not in parameters:
        raise Invalid(f"the parameter {name!r} is missing", {name: "missing"})
    value = parameters[name]
    if isinstance(value, list | tuple):
        return "(" + ", ".join(_one(item) for item in value) + ")"
    return _one(value)


def _one(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, datetime):
        value = value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str | date):
        return "'" + str(value).replace("'", "''") + "'"
    raise Invalid(f"a parameter cannot be {type(value).__name__}")
