"""Built-in functions on contexts (DMN 1.5, table 78)."""

from __future__ import annotations

from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.values import FeelError


@builtin("get value", "m: context, key: string")
def value_at(context: dict[str, Any], key: str) -> Any:
    """Return the value of a key, null where there is none."""
    return context.get(key)


@builtin("get value", "context: context, keys: list")
def value_at_path(context: dict[str, Any], keys: list[Any]) -> Any:
    """Return the value at the end of a path of keys."""
    found: Any = context
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@builtin("get entries", "m: context")
def entries_of(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries as a list of key and value."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def from_entries(entries: list[Any]) -> dict[str, Any]:
    """Return the context of a list of keys and values."""
    found: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
            raise FeelError("context: an entry has a key and a value")
        if "value" not in entry or entry["key"] in found:
            raise FeelError(f"context: key {entry['key']!r} has no value or comes twice")
        found[entry["key"]] = entry["value"]
    return found


@builtin("context put", "context: context, key: string, value: any")
def put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Return the context with an entry more or changed."""
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def put_deep(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    """Return the context with an entry changed at the end of a path of keys."""
    if not keys or not isinstance(keys[0], str):
        raise FeelError("context put: keys are strings, and at least one")
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if not isinstance(inner, dict):
        raise FeelError(f"context put: {keys[0]!r} holds no context")
    return {**context, keys[0]: put_deep(inner, keys[1:], value)}


@builtin("context merge", "contexts: list")
def merge(contexts: list[Any]) -> dict[str, Any]:
    """Return the entries of all contexts, of those with one key the last."""
    found: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise FeelError("context merge: the list holds something else than contexts")
        found |= context
    return found
