"""Everything that does not fit a struct, not only the first thing."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from madang.kernel.data_files import FieldPath

Mismatch = tuple[FieldPath, str]


def mismatches(value: Any, kind: Any, path: FieldPath = ()) -> Iterator[Mismatch]:
    """Yield path and message of every part of `value` that does not fit the type `kind`."""
    try:
        msgspec.convert(value, kind)
        return
    except msgspec.ValidationError as error:
        message = str(error).split(" - at `")[0]
    inner = typing.get_args(kind)[0] if typing.get_origin(kind) is Annotated else kind
    found = list(_inside(value, inner, path))
    yield from found or [(path, _plain(message))]


def _inside(value: Any, kind: Any, path: FieldPath) -> Iterator[Mismatch]:
    arguments = typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        yield from _struct(value, kind, path)
    elif typing.get_origin(kind) is tuple and isinstance(value, list):
        for number, item in enumerate(value):
            yield from mismatches(item, arguments[0], (*path, number))
    elif typing.get_origin(kind) is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from mismatches(name, arguments[0], (*path, name))
            yield from mismatches(item, arguments[1], (*path, name))


def _struct(
    value: dict[Any, Any], kind: type[msgspec.Struct], path: FieldPath
) -> Iterator[Mismatch]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in value:
        if name not in fields:
            yield (*path, name), f"is no field here; fields are {', '.join(fields)}"
    for name, field in fields.items():
        if name in value:
            yield from mismatches(value[name], field.type, (*path, name))
        elif field.required:
            yield path, f"lacks the field {name!r}"


def _plain(message: str) -> str:
    """Return msgspec's words as ours: what was wanted, then what stood there."""
    return message.replace("Expected ", "must be ").replace("`", "'").replace(", got ", ", not ")
