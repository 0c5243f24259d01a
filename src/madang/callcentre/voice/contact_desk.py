"""The call centre as a call sees it: its contact, the lines as they are said, the queue of people.

The database is asked in one thread, in order, so that sound never waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connections

from madang.callcentre import callbacks, contacts
from madang.callcentre.voice.desk import Place
from madang.kernel.errors import MadangError

log = logging.getLogger(__name__)

Value = TypeVar("Value")
_MOST_UNWRITTEN = 2_000
_REASONS = {"pressed": "asked", "not-understood": "failed", "answerer": "failed"}
_OUTCOMES = {
    "callback": "callback",
    "no-person": "not-reached",
    "failed": "failed",
    "stopped": "failed",
}
"""How contacts call the ends of calls; all others are answered, or given up without an answer."""


class ContactDesk:
    """Keeps calls as contacts of the call centre."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="contacts")
        self._unwritten = 0
        self._languages: dict[str, str] = {}

    async def open(self, call: str, language: str, number: str) -> str:
        """See `Desk.open`."""
        contact = await self._asked(lambda: contacts.open_contact("phone", language, number=number))
        self._languages[contact] = language
        return contact

    def line(
        self, contact: str, side: str, text: str, start_ms: int, end_ms: int, *, final: bool = True
    ) -> None:
        """See `Desk.line`."""
        if self._unwritten >= _MOST_UNWRITTEN:
            return  # a database that stands still does not end calls; the words are lost
        self._unwritten += 1
        written = self._thread.submit(
            _alone, lambda: contacts.line(contact, side, text, start_ms, end_ms, final=final)
        )
        written.add_done_callback(self._written)

    def tell(self, contact: str, event: str, **facts: Any) -> None:
        """See `Desk.tell`."""
        if event == "language":
            language = self._languages[contact] = str(facts["language"])
            self._thread.submit(_alone, lambda: contacts.speaks(contact, language))
        if event == "missed" and facts.get("number"):
            language = self._languages.get(contact, "ko")
            self._thread.submit(_alone, lambda: _wanted_back(language, facts["number"]))

    async def hand_over(self, contact: str, reason: str) -> Place:
        """See `Desk.hand_over`."""
        said = _REASONS.get(reason, reason)
        return _place(await self._asked(lambda: contacts.hand_over(contact, said)))

    async def place(self, contact: str) -> Place:
        """See `Desk.place`."""
        return _place(await self._asked(lambda: contacts.place_of(contact)))

    async def call_back(self, contact: str, number: str) -> bool:
        """See `Desk.call_back`."""
        language = self._languages.get(contact, "ko")
        return await self._asked(lambda: _wanted_back(language, number))

    async def end(self, contact: str, outcome: str, **facts: Any) -> None:
        """See `Desk.end`."""
        self._languages.pop(contact, None)
        if outcome == "handed-over":
            return  # it is the operator's now, who ends it
        answered = "answered" if facts.get("answers") else "abandoned"
        said = _OUTCOMES.get(outcome, answered)
        await self._asked(lambda: contacts.end(contact, said))

    async def close(self) -> None:
        """See `Desk.close`; the thread's connection to the database ends with it."""
        self._thread.submit(connections.close_all)
        await asyncio.to_thread(self._thread.shutdown)

    async def _asked(self, work: Callable[[], Value]) -> Value:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _alone, work)

    def _written(self, done: Any) -> None:
        self._unwritten -= 1
        fault = done.exception()
        if isinstance(fault, MadangError):
            log.warning("voice: a line was not kept: %s", fault.message)
        elif fault is not None:
            log.error("voice: a line was not kept", exc_info=fault)


def _alone(work: Callable[[], Value]) -> Value:
    """Do work with the database and let go of a connection that is too old."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


def _wanted_back(language: str, number: str) -> bool:
    """Promise a call as soon as operators are there; return whether it can be kept."""
    contact = contacts.open_contact("callback", language, number=number)
    try:
        callbacks.ask(contact, number)
    except MadangError as fault:
        log.warning("voice: no call could be promised: %s", fault.message)
        contacts.end(contact, "not-reached")
        return False
    return True


def _place(found: Any) -> Place:
    return Place(found.state, found.address, max(0, found.number - 1))
