"""Passing a call on to a person: by REFER, after a wait, or by calling back later."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from madang.kernel.errors import Unavailable

if TYPE_CHECKING:
    from madang.callcentre.voice.desk import Place
    from madang.callcentre.voice.talk import Talk

_ASK_EVERY_S = 2.0
_TELL_EVERY_S = 20.0
_LONGEST_NUMBER = 20


class Handing:
    """What becomes of one call whose caller wants a person."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._status: asyncio.Queue[int] = asyncio.Queue()

    def transferred(self, status: int) -> None:
        """Know how the telephone gets on with calling the person."""
        self._status.put_nowait(status)

    async def pass_on(self, reason: str) -> str:
        """Pass the call on; return its outcome."""
        talk = self._talk
        talk.listening.may_interrupt = False
        talk.listening.forget_zero()
        try:
            place = await talk.desk.hand_over(talk.contact, reason)
            place = await self._waited(place)
        except Unavailable as fault:
            talk.desk.tell(talk.contact, "degraded", why=fault.message)
            return await self.call_back()
        if place.address and await self._referred(place.address):
            return "handed-over"
        return await self.call_back()

    async def call_back(self) -> str:
        """Offer to call back; return the outcome."""
        talk = self._talk
        number = talk.leg.caller
        await talk.say("nobody" if number else "nobody-number")
        await talk.until_said()
        if number:
            wanted = await talk.next_digit(talk.manners.silence_s) == "1"
        else:
            number = await self._keyed_in()
            wanted = bool(number)
        if not wanted:
            await talk.say("goodbye")
            return "no-person"
        noted = await talk.desk.call_back(talk.contact, number)
        await talk.say("called-back" if noted else "no-callback")
        await talk.say("goodbye")
        return "callback" if noted else "no-person"

    async def _waited(self, place: Place) -> Place:
        """Return the place when somebody has the call, or will not have it."""
        talk = self._talk
        loop = asyncio.get_running_loop()
        until, told = loop.time() + talk.manners.queue_s, 0.0
        while place.state in ("waiting", "offered") and loop.time() < until:
            if loop.time() >= told and not talk.line.is_talking:
                await talk.say("waiting", ahead=str(max(0, place.ahead)))
                told = loop.time() + _TELL_EVERY_S
            await asyncio.sleep(_ASK_EVERY_S)
            place = await talk.desk.place(talk.contact)
        return place

    async def _referred(self, address: str) -> bool:
        """Have the telephone call the person; return whether it got through."""
        talk = self._talk
        await talk.say("connecting")
        await talk.until_said()
        while not self._status.empty():
            self._status.get_nowait()
        talk.desk.tell(talk.contact, "refer", target=address)
        talk.leg.refer(address)
        status = 0
        try:
            async with asyncio.timeout(talk.manners.transfer_s):
                while status < 200:
                    status = await self._status.get()
        except TimeoutError:
            status = 408
        talk.desk.tell(talk.contact, "referred", status=status)
        return status < 300

    async def _keyed_in(self) -> str:
        talk = self._talk
        number = ""
        while len(number) < _LONGEST_NUMBER:
            digit = await talk.next_digit(talk.manners.silence_s)
            if digit in ("#", ""):
                break
            number += digit if digit.isdigit() else ""
        return number if len(number) >= 4 else ""
