"""Where a call is written down and whom it is passed on to: a file, or the call centre itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from madang.kernel import times
from madang.search.api import masked


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call stands that wants a person.

    state: active (`address` is called), waiting, closed, full.
    ahead: how many wait before it.
    """

    state: str
    address: str = ""
    ahead: int = 0


class Desk(Protocol):
    """What keeps a call and knows the people."""

    async def open(self, call: str, language: str, number: str) -> str:
        """Return the contact that a call becomes."""
        ...

    def line(
        self, contact: str, side: str, text: str, start_ms: int, end_ms: int, *, final: bool = True
    ) -> None:
        """Write down what somebody said; never waits."""
        ...

    def tell(self, contact: str, event: str, **facts: Any) -> None:
        """Write down what happened; never waits."""
        ...

    async def hand_over(self, contact: str, reason: str) -> Place:
        """Ask for a person."""
        ...

    async def place(self, contact: str) -> Place:
        """Ask again; whoever asks shows that the caller is still there."""
        ...

    async def call_back(self, contact: str, number: str) -> bool:
        """Promise to call a number back; return whether that can be kept."""
        ...

    async def end(self, contact: str, outcome: str, **facts: Any) -> None:
        """Close the contact."""
        ...

    async def close(self) -> None:
        """Write what is unwritten."""
        ...


class JSONLines:
    """Writes each call as lines of JSON; texts are masked, numbers shortened to their end.

    Parameters
    ----------
    path : file that lines are added to; None for standard error's neighbour, nothing.
    operator : address of the people that calls are passed on to; empty for none.
    """

    def __init__(self, path: Path | None, operator: str = "") -> None:
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None
        self._operator = operator
        self.watchers: list[Callable[[dict[str, Any]], None]] = []

    async def open(self, call: str, language: str, number: str) -> str:
        """See `Desk.open`."""
        self._write(call, "call", language=language, caller=shortened(number))
        return call

    def line(
        self, contact: str, side: str, text: str, start_ms: int, end_ms: int, *, final: bool = True
    ) -> None:
        """See `Desk.line`."""
        self._write(
            contact, "line", side=side, text=masked(text), start_ms=start_ms, end_ms=end_ms,
            final=final,
        )  # fmt: skip

    def tell(self, contact: str, event: str, **facts: Any) -> None:
        """See `Desk.tell`."""
        self._write(contact, event, **facts)

    async def hand_over(self, contact: str, reason: str) -> Place:
        """See `Desk.hand_over`."""
        place = Place("active", self._operator) if self._operator else Place("closed")
        self._write(contact, "hand-over", reason=reason, state=place.state)
        return place

    async def place(self, contact: str) -> Place:
        """See `Desk.place`."""
        return Place("active", self._operator) if self._operator else Place("closed")

    async def call_back(self, contact: str, number: str) -> bool:
        """See `Desk.call_back`; the number is whole here, for somebody has to dial it."""
        self._write(contact, "callback", number=number)
        return self._file is not None

    async def end(self, contact: str, outcome: str, **facts: Any) -> None:
        """See `Desk.end`."""
        self._write(contact, "end", outcome=outcome, **facts)

    async def close(self) -> None:
        """See `Desk.close`."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, call: str, event: str, **facts: Any) -> None:
        told = {"at": times.now().isoformat(timespec="milliseconds"), "call": call, "event": event,
                **facts}  # fmt: skip
        for watcher in self.watchers:
            watcher(told)
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(told, ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as fault:
            sys.stderr.write(f"voice: the file of calls cannot be written: {fault}\n")


def shortened(number: str) -> str:
    """Return the end of a telephone number, enough to tell calls apart.

    >>> shortened("01012345678"), shortened("110"), shortened("")
    ('…5678', '…', '')
    """
    if not number:
        return ""
    return f"…{number[-4:]}" if len(number) > 6 else "…"
