"""What does not fit in a file of a room, part by part, each with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from madang.city.documents import Document, field_name, read_yaml
from madang.city.shapes import mismatches

Fault = tuple[int | None, str]


def checked_file(path: Path, kind: type[msgspec.Struct]) -> tuple[Any, Document, list[Fault]]:
    """Return what a file says, as `kind`; the document, which knows lines; and its faults.

    The first is None where there are faults.
    """
    document, problems = read_yaml(path, path.name)
    if problems:
        return None, document, [(one.line, _told(one.field, one.message)) for one in problems]
    faults: list[Fault] = [
        (document.line(place), _told(field_name(place), message))
        for place, message in mismatches(document.value, kind)
    ]
    if faults:
        return None, document, faults
    return msgspec.convert(document.value, kind), document, []


def _told(field: str, message: str) -> str:
    return f"{field}: {message}" if field else message
