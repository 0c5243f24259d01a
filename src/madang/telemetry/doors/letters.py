"""Refused rows as dead letters: what was refused, by whom it was sent, and why.

Rows of one request that were refused for one reason code travel together, as many as fit into the
4 KiB that a dead letter keeps, so that a flood of bad rows costs little and none is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from madang.kernel.bus.message import Outgoing
from madang.telemetry.doors.rows import RefusedRow
from madang.telemetry.refusals import PAYLOAD_LIMIT, Refusal, shown


@dataclass(frozen=True)
class Sender:
    """Who sent something, through which door, and when it came [ms since 1970-01-01 UTC]."""

    gateway: str
    door: str
    received_ms: int


def letters(sender: Sender, refused: Iterable[RefusedRow], msg_id: str = "") -> list[Outgoing]:
    """Return the dead letters of a request.

    Parameters
    ----------
    msg_id : makes the letters' ids, where the same request may come again.
    """
    packs = [pack for code_rows in _by_code(refused) for pack in _packs(code_rows)]
    return [
        Outgoing(
            f"madang.dead.{sender.door}",
            _letter(sender, pack).encode(),
            msg_id=f"{msg_id}-dead-{number}" if msg_id else "",
        )
        for number, pack in enumerate(packs)
    ]


def _by_code(refused: Iterable[RefusedRow]) -> Iterable[list[RefusedRow]]:
    found: dict[str, list[RefusedRow]] = {}
    for item in refused:
        found.setdefault(item.code, []).append(item)
    return found.values()


def _packs(refused: list[RefusedRow]) -> Iterator[list[RefusedRow]]:
    pack: list[RefusedRow] = []
    size = 0
    for item in refused:
        length = len(item.payload) + 1
        if pack and size + length > PAYLOAD_LIMIT:
            yield pack
            pack, size = [], 0
        pack.append(item)
        size += length
    yield pack


def _letter(sender: Sender, pack: list[RefusedRow]) -> Refusal:
    first = pack[0]
    more = "" if len(pack) == 1 else f" (and {len(pack) - 1} more rows of the same request)"
    return Refusal(
        received_ms=sender.received_ms,
        door=sender.door,
        gateway=sender.gateway,
        reason=f"row {first.row}: {first.reason}{more}",
        code=first.code,
        payload=shown(b"\n".join(item.payload for item in pack)),
    )
