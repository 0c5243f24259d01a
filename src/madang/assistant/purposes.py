"""For what the assistant opens what residents wrote, and as whom."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from madang.access.api import purpose, system_actor

ASSISTANT = system_actor("assistant")
CONVERSE = "converse"
FORGET = "forget-conversations"
MEASURE = "measure-answers"


def opened(reason: str) -> AbstractContextManager[Any]:
    """Open the tables of this room for one of its jobs."""
    return purpose(ASSISTANT, reason)
