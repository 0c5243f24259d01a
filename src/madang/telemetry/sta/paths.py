"""Resource paths: ``Things(1)/Datastreams(2)/Observations`` as a chain of segments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.model import SETS, TYPES, EntityType, Link

_SEGMENT = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<id>'(?:[^']|'')+'|-?\d+)\))?\Z")
_LONGEST = 20  # segments; the data model is reached in fewer


@dataclass(frozen=True)
class Segment:
    """An entity set or link; `id` is given where one entity of a set is meant."""

    kind: EntityType
    link: Link | None
    id: int | str | None

    @property
    def is_many(self) -> bool:
        """True where the segment names a set."""
        return self.id is None and (self.link is None or self.link.many)


@dataclass(frozen=True)
class Path:
    """The segments; then perhaps a property (with its inner path), ``$value`` or ``$ref``."""

    segments: tuple[Segment, ...]
    inner: tuple[str, ...] = ()
    value: bool = False
    ref: bool = False

    @property
    def last(self) -> Segment:
        """Return the segment that the path asks for."""
        return self.segments[-1]


def parse_path(text: str) -> Path:
    """Return the path below the service root.

    Raises
    ------
    InvalidQuery
        If a segment is not in the data model; its status is 404, as for what does not exist.
    """
    parts = _parts(text)
    ref = parts[-1] == "$ref"
    value = parts[-1] == "$value"
    if ref or value:
        parts.pop()
    segments: list[Segment] = []
    while parts:
        segment = _segment(parts[0], segments[-1] if segments else None)
        if segment is None:
            break
        segments.append(segment)
        parts.pop(0)
    path = Path(tuple(segments), tuple(parts), value, ref)
    _check(path, text)
    return path


def _parts(text: str) -> list[str]:
    # a text id may hold a slash
    parts = re.findall(r"(?:'(?:[^']|'')*'|[^/'])+", text)
    if not parts or len(parts) > _LONGEST or "/".join(parts) != text.strip("/"):
        raise UnknownPath(f"there is nothing at {text!r}")
    return parts


def _segment(text: str, before: Segment | None) -> Segment | None:
    """Return the segment, or None where a property of the entity before begins."""
    match = _SEGMENT.match(text)
    if before is None:
        if match is None or match["name"] not in SETS:
            known = ", ".join(SETS)
            raise UnknownPath(f"there is no entity set {text!r}; there are {known}")
        return Segment(SETS[match["name"]], None, _id(SETS[match["name"]], match["id"]))
    if match is None or match["name"] not in before.kind.links_by_name:
        return None
    if before.is_many:
        raise UnknownPath(f"{before.kind.set_name} needs an id before {text!r}")
    link = before.kind.links_by_name[match["name"]]
    kind = TYPES[link.target]
    if match["id"] and not link.many:
        raise UnknownPath(f"{link.name} is a single entity; it takes no id")
    return Segment(kind, link, _id(kind, match["id"]))


def _id(kind: EntityType, text: str | None) -> int | str | None:
    if text is None:
        return None
    quoted = text.startswith("'")
    if kind.text_id:
        return text[1:-1].replace("''", "'") if quoted else text
    if quoted:
        raise UnknownPath(f"ids of {kind.set_name} are whole numbers, {text} is a text")
    return int(text)


def _check(path: Path, text: str) -> None:
    if not path.segments:
        raise UnknownPath(f"there is nothing at {text!r}")
    kind = path.last.kind
    if path.inner:
        if path.last.is_many:
            raise UnknownPath(f"{kind.set_name} needs an id before {path.inner[0]!r}")
        if path.inner[0] not in (*kind.by_name, "id", "@iot.id"):
            raise UnknownPath(f"{kind.name} has no property or link {path.inner[0]!r}")
    if path.value and not path.inner:
        raise UnknownPath("$value follows a property")
    if path.ref and path.inner:
        raise UnknownPath("$ref follows an entity set or a link")


class UnknownPath(InvalidQuery):
    """A path leads nowhere."""

    code = "not-found"
    http_status = 404
