"""JSON Patch (RFC 6902) on plain documents."""

from __future__ import annotations

import copy
from typing import Any

from madang.telemetry.sta.errors import InvalidEntity


def patched(document: Any, operations: object) -> Any:
    """Return the document after all operations; the given one stays as it is.

    Raises
    ------
    InvalidEntity
        If an operation is malformed, its path leads nowhere, or a test fails.

    Examples
    --------
    >>> patched({"a": 1}, [{"op": "replace", "path": "/a", "value": 2}])
    {'a': 2}
    """
    if not isinstance(operations, list):
        raise InvalidEntity("a JSON Patch is a list of operations")
    holder = {"": copy.deepcopy(document)}
    for number, operation in enumerate(operations):
        try:
            _apply(holder, operation)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise InvalidEntity(f"operation {number} of the JSON Patch: {error}") from None
    return holder[""]


def _apply(holder: dict[str, Any], operation: Any) -> None:
    name, path = operation["op"], ["", *_steps(operation["path"])]
    match name:
        case "add":
            _add(holder, path, operation["value"])
        case "remove":
            _remove(holder, path)
        case "replace":
            _remove(holder, path)
            _add(holder, path, operation["value"])
        case "move":
            _add(holder, path, _remove(holder, ["", *_steps(operation["from"])]))
        case "copy":
            _add(holder, path, copy.deepcopy(_at(holder, ["", *_steps(operation["from"])])))
        case "test":
            if _at(holder, path) != operation["value"]:
                raise ValueError(f"{operation['path']} is not {operation['value']!r}")
        case _:
            raise ValueError(f"there is no operation {name!r}")


def _steps(pointer: str) -> list[str]:
    if pointer == "":
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is no JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _at(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value[_index(value, step)] if isinstance(value, list) else value[step]
    return value


def _index(values: list[Any], step: str, *, end: bool = False) -> int:
    if end and step == "-":
        return len(values)
    if not step.isdigit() or int(step) > len(values) - (0 if end else 1):
        raise IndexError(f"there is no item {step!r}")
    return int(step)


def _add(holder: Any, path: list[str], value: Any) -> None:
    parent = _at(holder, path[:-1])
    if isinstance(parent, list):
        parent.insert(_index(parent, path[-1], end=True), value)
    else:
        parent[path[-1]] = value


def _remove(holder: Any, path: list[str]) -> Any:
    parent = _at(holder, path[:-1])
    if isinstance(parent, list):
        return parent.pop(_index(parent, path[-1]))
    return parent.pop(path[-1])
