"""What the drill announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class Counted(Event, frozen=True, kw_only=True):
    """A number was counted."""

    NAME: ClassVar[str] = "drill.counted"
    number: int
