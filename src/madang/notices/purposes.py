"""For what notices open the data of people, and as whom.

Example::

    @opened("sign-up")
    def confirm(key): ...
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ContextDecorator
from typing import Any

from madang.access.api import purpose, system_actor

NOTICES = system_actor("notices")

DELIVER = "deliver-notices"
SIGN_UP = "sign-up"
WATCH = "watch-notices"
PLAN_CALLS = "plan-calls"
CALL_BACK = "call-back"
FORGET = "forget-notices"


class opened(ContextDecorator):  # noqa: N801 - reads as the decorator that it is
    """Open the tables of this room for one of its jobs, for a block or a function."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self._open: list[AbstractContextManager[Any]] = []

    def _recreate_cm(self) -> opened:
        return opened(self.reason)

    def __enter__(self) -> None:
        scope = purpose(NOTICES, self.reason)
        scope.__enter__()
        self._open.append(scope)

    def __exit__(self, *fault: Any) -> None:
        self._open.pop().__exit__(*fault)
