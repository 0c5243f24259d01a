"""Types from their names in expressions and models."""

from __future__ import annotations

from collections.abc import Mapping

from madang.services.engine.feel import syntax
from madang.services.engine.feel.types import (
    ANY,
    BUILT_IN,
    ContextOf,
    FunctionOf,
    ListOf,
    RangeOf,
    Type,
)

Types = Mapping[str, Type]


def type_named(node: syntax.TypeName, own: Types) -> Type | None:
    """Return the type that is meant, None where a name in it is unknown."""
    if node.fields:
        fields = {name: type_named(part, own) for name, part in node.fields}
        known = {name: type_ for name, type_ in fields.items() if type_ is not None}
        return ContextOf(known) if len(known) == len(fields) else None
    args = [type_named(arg, own) for arg in node.args]
    if node.result is not None:
        result = type_named(node.result, own)
        found = [arg for arg in args if arg is not None]
        if result is None or len(found) < len(args):
            return None
        return FunctionOf(tuple(found), result)
    if args:
        return _of_item(node.name, args[0])
    return own.get(node.name) or BUILT_IN.get(node.name)


def _of_item(name: str, item: Type | None) -> Type | None:
    if item is None:
        return None
    return RangeOf(item) if name == "range" else ListOf(item)


def type_or_any(name: str | None, own: Types) -> Type:
    """Return the type of a name, Any where it is unknown or not given."""
    if not name:
        return ANY
    return own.get(name) or BUILT_IN.get(name) or ANY
