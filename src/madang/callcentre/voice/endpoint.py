"""The endpoint: takes calls up to what it can hear, lets some wait, refuses the rest, ends all."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path

from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.line import Line
from madang.callcentre.voice.pacer import Pacer
from madang.callcentre.voice.recording import Recording, forget_old
from madang.callcentre.voice.sip.description import (
    Offer,
    Unacceptable,
    answer_text,
    offer_text,
)
from madang.callcentre.voice.sip.leg import Leg, State
from madang.callcentre.voice.sip.server import SipServer
from madang.callcentre.voice.talk import Parts, Talk
from madang.kernel import times
from madang.kernel.errors import Unavailable

log = logging.getLogger(__name__)

_RETRY_S = "30"
_WATCH_S = 0.5
_SWEEP_EVERY = 7200
"""Watches between two looks for recordings that are too old: an hour."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an endpoint takes on.

    calls, waiting: calls led at once, and held ringing until one ends.
    wait_s: how long a call rings at most before it is told that we are busy.
    silent_s: a call that sends no sound for so long, and is not on hold, is ended.
    held_s: a call on hold for so long is ended.
    """

    calls: int = 20
    waiting: int = 10
    wait_s: float = 60.0
    silent_s: float = 20.0
    held_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Where:
    """Where an endpoint listens.

    told: address that telephones are told for the sound, where it is not `host`.
    """

    host: str = "127.0.0.1"
    port: int = 5060
    rtp: range = range(16384, 16784)
    told: str = ""
    t1: float = 0.5


class Call:
    """One call of the endpoint: its owner towards SIP."""

    def __init__(self, endpoint: Endpoint, leg: Leg) -> None:
        self._endpoint, self.leg = endpoint, leg
        self.line: Line | None = None
        self.talk: Talk | None = None
        self._leading: asyncio.Task[str] | None = None
        self.came_at = asyncio.get_running_loop().time()
        self._held_at: float | None = None
        self._session, self._version = secrets.randbits(31), 1
        self._recording: Recording | None = None
        self._ending = False
        self.why = ""

    async def answer(self) -> None:
        """Answer the call."""
        endpoint, leg = self._endpoint, self.leg
        line = Line(self._hears, self.pressed)
        try:
            line.open(endpoint.where.host, endpoint.where.rtp)
        except Unavailable as fault:
            log.warning("voice: %s", fault.message)
            leg.refuse(503, {"Retry-After": _RETRY_S})
            return
        self.line = line
        await line.listen()
        if leg.state is State.OVER:  # its caller gave up meanwhile
            line.close()
            return
        host = endpoint.told
        if leg.offer is None:
            leg.answer(offer_text(host, line.port, self._session))
        else:
            line.speak_to(leg.offer)
            leg.answer(answer_text(leg.offer, host, line.port, self._session, self._version))

    def reoffered(self, offer: Offer) -> str:
        """See `Owner.reoffered`."""
        if self.line is None:
            raise Unacceptable("no sound yet")
        self.line.speak_to(offer)
        loop = asyncio.get_running_loop()
        if offer.is_held and self._held_at is None:
            self.line.hush()
            self._held_at = loop.time()
        elif not offer.is_held:
            self._held_at = None
        if self.talk is not None:
            self._endpoint.parts.desk.tell(self.talk.contact, "hold", held=offer.is_held)
        self._version += 1
        return answer_text(offer, self._endpoint.told, self.line.port, self._session, self._version)

    def accepted(self, offer: Offer) -> None:
        """See `Owner.accepted`."""
        if self.line is not None:
            self.line.speak_to(offer)

    def confirmed(self) -> None:
        """See `Owner.confirmed`."""
        if self.line is None or self._leading is not None:
            return
        self.line.heard_at = asyncio.get_running_loop().time()
        self.talk = Talk(self.leg, self.line, self._endpoint.parts, self._record())
        self._leading = asyncio.ensure_future(self._lead(self.talk))

    def pressed(self, digit: str) -> None:
        """See `Owner.pressed`."""
        if self.talk is not None:
            self._endpoint.parts.desk.tell(self.talk.contact, "digit", digit=digit)
            self.talk.listening.pressed(digit)

    def transferred(self, status: int) -> None:
        """See `Owner.transferred`."""
        if self.talk is not None:
            self.talk.transferred(status)

    def over(self, why: str) -> None:
        """See `Owner.over`."""
        self.why = self.why or why
        if self._leading is None:
            self._close()
            self._endpoint.gone(self, why)
        elif not self._ending:
            self._leading.cancel()

    def watch(self, now: float) -> None:
        """End the call where its telephone has gone silent."""
        limits, line = self._endpoint.limits, self.line
        if line is None or self.talk is None:
            return
        if self._held_at is not None:
            if now - self._held_at > limits.held_s:
                self.leg.hang_up("held-too-long")
        elif now - line.heard_at > limits.silent_s:
            self.leg.hang_up("no-sound")

    def _hears(self, frame: Samples) -> None:
        if self.talk is not None:
            self.talk.listening.hear(frame)

    async def _lead(self, talk: Talk) -> str:
        outcome = "failed"
        try:
            outcome = await talk.run()
            await talk.until_said()
            self.why = outcome
        except asyncio.CancelledError:
            outcome = self.why or "stopped"
        except Exception:
            log.exception("voice: a call could not be led")
            self._endpoint.counts["failed"] += 1
        finally:
            self._ending = True
            talk.listening.close()
            self.leg.hang_up(outcome)
            await talk.ended(outcome)
            self._close()
            self._endpoint.gone(self, outcome)
        return outcome

    def _record(self) -> Callable[[], None] | None:
        folder = self._endpoint.recordings
        if folder is None:
            return None

        def begin() -> None:
            name = f"{times.now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.wav"
            self._recording = Recording(folder / name)
            if self.line is not None:
                self.line.taps.append(self._recording)

        return begin

    def _close(self) -> None:
        if self.line is not None:
            self.line.close()
        if self._recording is not None:
            self._recording.close()
            self._recording = None


class Endpoint:
    """All calls.

    Parameters
    ----------
    recordings : folder of recordings; None records nothing.
    """

    def __init__(
        self, where: Where, limits: Limits, parts: Parts, recordings: Path | None = None
    ) -> None:
        self.where, self.limits, self.parts = where, limits, parts
        self.recordings = recordings
        self.sip = SipServer(self._newcomer, where.t1)
        self.counts: Counter[str] = Counter()
        self._live: set[Call] = set()
        self._waiting: deque[Call] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.pacer = Pacer(self._ticks)
        self.ended: Callable[[int], None] | None = None

    @property
    def told(self) -> str:
        """Address that telephones are told."""
        return self.sip.here[0]

    @property
    def live(self) -> int:
        """Calls that are led now."""
        return len(self._live)

    async def open(self) -> None:
        """Listen; raises OSError where the port is taken."""
        await self.sip.open(self.where.host, self.where.port, self.where.told)
        self._spawn(self.pacer.run())
        self._spawn(self._watch())

    async def close(self) -> None:
        """End all calls and stop."""
        for call in [*self._live, *self._waiting]:
            call.leg.hang_up("stopped")
        for _ in range(100):
            if not self._live:
                break
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.sip.close()

    def gone(self, call: Call, why: str) -> None:
        """Let go of a call that has ended; the next one that waits is answered."""
        if call in self._waiting:
            self._waiting.remove(call)
        if call not in self._live:
            return
        self._live.discard(call)
        self.counts[why] += 1
        while self._waiting and len(self._live) < self.limits.calls:
            self._take(self._waiting.popleft())
        if self.ended is not None:
            self.ended(sum(self.counts.values()))

    def _newcomer(self, leg: Leg) -> None:
        call = Call(self, leg)
        leg.owner = call
        if len(self._live) < self.limits.calls:
            leg.progress(180)
            self._take(call)
        elif len(self._waiting) < self.limits.waiting:
            leg.progress(182)
            self._waiting.append(call)
        else:
            self.sip.counts["overload"] += 1
            self._missed(call)
            leg.refuse(503, {"Retry-After": _RETRY_S})

    def _missed(self, call: Call) -> None:
        """Note whom we could not take, so that they can be called back."""
        self.parts.desk.tell(call.leg.call_id, "missed", number=call.leg.caller)

    def _take(self, call: Call) -> None:
        self._live.add(call)
        self._spawn(call.answer())

    def _ticks(self) -> Iterable[Callable[[], None]]:
        return [call.line.tick for call in self._live if call.line is not None]

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        beat = 0
        while True:
            if self.recordings is not None and beat % _SWEEP_EVERY == 0:
                days = self.parts.manners.keep_days
                forget_old(self.recordings, days, times.now().timestamp())
            beat += 1
            await asyncio.sleep(_WATCH_S)
            now = loop.time()
            for call in list(self._live):
                call.watch(now)
            for call in list(self._waiting):
                if now - call.came_at > self.limits.wait_s:
                    self._waiting.remove(call)
                    self.sip.counts["overload"] += 1
                    self._missed(call)
                    call.leg.refuse(486)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
