"""The chain of a case: each event's hash covers its content and the hash before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from madang.kernel.canonical import canonical, utc_text

if TYPE_CHECKING:
    from madang.cases.case_models import CaseEvent

START = "0" * 64
_COLUMNS = (
    "id", "case_id", "position", "actor", "through", "mandate", "subject", "verb", "kind",
    "state_from", "state_to", "package", "looked_s", "content", "previous",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Where a chain does not hold, and why."""

    case: str
    position: int
    why: str


def event_hash(event: CaseEvent) -> str:
    """Return the hash that follows from an event's content (SHA-256 over RFC 8785 JSON)."""
    content: dict[str, Any] = {name: getattr(event, name) for name in _COLUMNS}
    content["at"] = utc_text(event.at)
    return sha256(b"\x03" + canonical(content)).hexdigest()


def fact_digest(salt: str, name: str, value: object, source: str, as_of: datetime) -> str:
    """Return the digest by which an event names a version of a fact."""
    said = {"salt": salt, "name": name, "value": value, "source": source, "at": utc_text(as_of)}
    return sha256(b"\x04" + canonical(said)).hexdigest()


def faults(
    number: str, events: Iterable[CaseEvent], head: str, count: int, digests: Mapping[str, str]
) -> Iterator[Fault]:
    """Yield what is wrong with the chain of a case.

    Parameters
    ----------
    head, count : last hash and number of events, as the case has them.
    digests : of the versions of facts as they stand, by `name/version`.
    """
    import msgspec

    previous, position = START, 0
    named: dict[str, str] = {}
    for event in events:
        position += 1
        if event.position != position:
            yield Fault(number, position, "an event is missing")
            return
        if event.previous != previous:
            yield Fault(number, position, "does not follow from the event before")
        if event.hash != event_hash(event):
            yield Fault(number, position, "its content is not what was hashed")
        previous = event.hash
        named |= msgspec.json.decode(event.content).get("facts", {})
    if (previous, position) != (head, count):
        yield Fault(number, position, "the end is not the one that the case names")
    for name, digest in sorted(named.items()):
        if digests.get(name) != digest:
            yield Fault(number, 0, f"fact {name} is not the one that an event names")
