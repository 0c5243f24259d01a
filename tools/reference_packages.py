"""The page docs/reference/service-package.md, from the structs of the format."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from tools.reference_city import _default, _form, _structs

LEAD = """\
A service is a folder of data: `service.yaml` and `process.yaml`, and where it needs them
`pages.yaml`, `rules/`, `parameters/`, `documents/`, `notices/`, `i18n/` and `tests/` with one YAML
file (1.2, UTF-8) each. Keys that are not here are refused, with file and line. A district's package
states `extends` (the id of the city's package, in the folder beside it) and `district` (its code),
and only what differs: texts, fees, hours and offices. What `madang services lint` refuses beyond
the form: [faults](service-faults.md)."""

_ENTRY = re.compile(r"\n(?=[a-z0-9_, ]+: )")


def service_package() -> tuple[str, str, list[str]]:
    """Return title, lead and lines of the page."""
    from madang.services.packages.reader import KINDS

    lines: list[str] = []
    done: set[Any] = set()
    for file, kind in KINDS.items():
        title = file if file.endswith(".yaml") else f"{file}/*.yaml"
        lines += [f"## `{title}`", "", *_section(kind), ""]
        done.add(kind)
        for inner in _under(kind):
            if inner not in done:
                done.add(inner)
                lines += [f"### {inner.__name__}", "", *_section(inner), ""]
    return "Service packages", LEAD, lines


def _under(kind: Any) -> Iterable[Any]:
    for field in msgspec.structs.fields(kind):
        for inner in _structs(field.type):
            yield inner
            yield from _under(inner)


def _section(kind: Any) -> Iterable[str]:
    first, texts = _docstring(kind)
    yield first
    yield ""
    yield "| field | form | meaning |"
    yield "|---|---|---|"
    for field in msgspec.structs.fields(kind):
        default = "*needed*" if field.required else _default(field)
        meaning = texts.get(field.name, "").replace("|", "\\|")
        form = str(_form(field.type)).replace("|", "\\|")
        yield f"| `{field.encode_name}` | {form}; {default} | {meaning} |"


def _docstring(kind: Any) -> tuple[str, dict[str, str]]:
    """Return what stands above the fields, and the text of each field that has one."""
    texts: dict[str, str] = {}
    above = []
    for paragraph in inspect.cleandoc(kind.__doc__ or "").split("\n\n"):
        entries = _ENTRY.split(paragraph)
        if not all(": " in entry.split("\n")[0] for entry in entries):
            above.append(" ".join(paragraph.split()))
            continue
        for entry in entries:
            names, _, text = entry.partition(": ")
            texts |= {name.strip(): " ".join(text.split()) for name in names.split(",")}
    return " ".join(above), texts
