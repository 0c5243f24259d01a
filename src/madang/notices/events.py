"""What notices announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class DeskChanged(Event, frozen=True, kw_only=True):
    """Something on the operators' desk is new or has changed: who shows it looks again.

    It says no more, because public events reach everybody who listens.
    """

    NAME: ClassVar[str] = "notices.desk_changed"
    PUBLIC: ClassVar[bool] = True
