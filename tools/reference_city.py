"""The page docs/reference/city-profile.md, from the structs of the schema and their docstrings."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

LEAD = """\
A profile is a folder: `city.yaml`, tables of units (CSV), and one `<domain>.yaml` per domain with
rules. Any section of `city.yaml` may stand in a file of its own name instead (`languages.yaml`).
Unknown fields are refused. `madang city check DIR` names everything wrong by file, line and field:
first what has not the right form, then what contradicts itself.

Texts for people (`names`) are maps from language tag to text and need the default language. Codes
are text: quote them in YAML. Days are ISO 8601. What must be filled is marked *needed*; all else
has the default shown.

`texts/<language>.yaml` holds texts of the profile, its sections and the files of the domains, in
one further language: the English text as the key, the translation as the value, its places
(`{name}`) kept. A text written in the section itself goes before it; one whose English was changed
since is found no more. What a person has read is `{text: ..., state: reviewed, by: NAME}`, or
`approved`; a plain text is a machine's. `madang city check DIR` names what a language lacks, what
is stale and which languages nobody has read; that is no fault."""

_PLAIN = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}


def city_profile() -> tuple[str, str, list[str]]:
    """Return title, lead and lines of the page."""
    from madang.city import schema

    lines: list[str] = []
    structs: list[type[msgspec.Struct]] = [schema.City, *_inside(schema.City), schema.UnitRow]
    for struct in dict.fromkeys(structs):
        lines += [f"## {_title(struct)}", "", *_section(struct), ""]
    return "City profile", LEAD, lines


def _inside(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield the structs that a struct holds, each followed by those inside it."""
    for field in msgspec.structs.fields(struct):
        for inner in _structs(field.type):
            yield inner
            yield from _inside(inner)


def _structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for argument in typing.get_args(kind):
        yield from _structs(argument)


def _title(struct: type[msgspec.Struct]) -> str:
    return "Tables of units" if struct.__name__ == "UnitRow" else struct.__name__


def _section(struct: type[msgspec.Struct]) -> Iterable[str]:
    first, texts = _docstring(struct)
    yield first
    yield ""
    yield "| field | form | meaning |"
    yield "|---|---|---|"
    for field in msgspec.structs.fields(struct):
        default = "*needed*" if field.required else _default(field)
        name = field.encode_name
        yield f"| `{name}` | {_form(field.type)}; {default} | {texts[name]} |"


def _docstring(struct: type[msgspec.Struct]) -> tuple[str, dict[str, str]]:
    """Return the first paragraph and the text of each field; a field without text is an error."""
    paragraphs = inspect.cleandoc(struct.__doc__ or "").split("\n\n")
    texts: dict[str, str] = {}
    for entry in re.split(r"\n(?=[a-z0-9_, ]+: )", paragraphs[1]):
        names, _, text = entry.partition(": ")
        for name in names.split(", "):
            texts[name] = " ".join(text.split()).replace("|", "\\|")
    return " ".join(paragraphs[0].split()), texts


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default
    if value is msgspec.NODEFAULT:
        value = field.default_factory() if callable(field.default_factory) else None
    if isinstance(value, msgspec.Struct):
        return "as its defaults"
    if value in ("", None, (), {}):
        return "none"
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"`{shown.lower() if isinstance(value, bool) else shown}`"


def _form(kind: Any) -> str:
    """Return in words what a field holds."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return " \\| ".join(f"`{item}`" if item != "" else "empty" for item in arguments)
    if origin is tuple:
        return f"list of {_form(arguments[0])}"
    if origin is dict:
        return f"map of {_form(arguments[1])}"
    if arguments:  # Annotated, or a union with None
        return _form(arguments[0])
    if issubclass(kind, msgspec.Struct):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return _PLAIN.get(kind.__name__, "day")
