"""What a caller does, as events: utterances with their text on the way, digits, interruptions."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.engine.voice_activity import FRAME_MS, Ear, Turn
from madang.callcentre.voice.errors import NoVoice
from madang.callcentre.voice.hearing import Stt
from madang.callcentre.voice.line import Line
from madang.callcentre.voice.whisper import Heard
from madang.kernel.errors import Unavailable

_EARLY = 15
"""Silent frames after which an utterance is looked at though it may go on: it is half over then."""

_PARTLY_EVERY = 60  # frames of speech between two looks at what is being said
_WINDOW = 8 * 8000  # samples that such a look takes in
_MOST_EVENTS = 64
_ONSET, _ONSET_TALKING = 4, 12
"""Voiced frames that begin an utterance; more while we talk, for a telephone's echo is short."""


@dataclass(slots=True)
class Utterance:
    """Something that was said; `early` is its text on the way. Times since the answer [ms]."""

    samples: Samples
    start_ms: int
    end_ms: int
    voiced: int
    early: asyncio.Task[Heard] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Digit:
    """A key that was pressed."""

    key: str


class Listening:
    """Ear and keypad of one call."""

    def __init__(self, line: Line, stt: Stt | None, languages: Sequence[str]) -> None:
        self._line, self._stt, self._languages = line, stt, languages
        self._loop = asyncio.get_running_loop()
        self._answered_at = self._loop.time()
        self._ear = Ear()
        self._events: deque[Utterance | Digit] = deque(maxlen=_MOST_EVENTS)
        self._arrived = asyncio.Event()
        self._early: tuple[int, asyncio.Task[Heard]] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._frames = self._began_ms = 0
        self.zero = asyncio.Event()
        self.may_interrupt = False
        self.interrupted: Callable[[float], None] | None = None
        self.partial: Callable[[str, int, int], None] | None = None

    @property
    def now_ms(self) -> int:
        """Time since the call was answered [ms]."""
        return round(1000 * (self._loop.time() - self._answered_at))

    @property
    def has_event(self) -> bool:
        """Whether the caller has done something that waits to be taken."""
        return bool(self._events)

    @property
    def hears_speech(self) -> bool:
        """Whether the caller speaks now."""
        return self._ear.is_open

    @property
    def wants_quiet(self) -> bool:
        """Whether the caller has pressed a key, or speaks while they may interrupt."""
        speaks = self.may_interrupt and self._ear.is_open
        return speaks or any(isinstance(event, Digit) for event in self._events)

    def forget_zero(self) -> None:
        """Take the wish for a person as granted."""
        kept = [e for e in self._events if not (isinstance(e, Digit) and e.key == "0")]
        self._events.clear()
        self._events.extend(kept)
        self.zero.clear()

    def pressed(self, digit: str) -> None:
        """Take a digit; it silences us at once."""
        self._line.hush()
        if digit == "0":
            self.zero.set()
        self._put(Digit(digit))

    def hear(self, frame: Samples) -> None:
        """Take 20 ms of the caller."""
        ear, talking = self._ear, self._line.is_talking
        onset = _ONSET_TALKING if talking else _ONSET
        if ear.onset != onset:
            ear.ask_for_longer_onset(onset)
        turn = ear.hear(frame)
        if turn is Turn.NOTHING:
            if ear.is_open:
                self._look()
        elif turn is Turn.BEGAN:
            self._began_ms = self.now_ms - len(ear.utterance()) // 8
            self._frames = 0
            if talking and self.may_interrupt:
                unsaid_s = self._line.hush()
                if self.interrupted is not None:
                    self.interrupted(unsaid_s)
        else:
            self._finish(turn)

    async def next(self, within_s: float) -> Utterance | Digit | None:
        """Return what the caller does next; None where it is nothing."""
        if not self._events:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), within_s)
            except TimeoutError:
                return None
        event = self._events.popleft()
        if isinstance(event, Digit) and event.key == "0":
            self.zero.clear()
        return event

    def put_back(self, event: Utterance | Digit) -> None:
        """Take an event again later; it comes first."""
        self._events.appendleft(event)

    async def understood(self, said: Utterance, language: str) -> Heard:
        """Return the text of an utterance; raises Unavailable."""
        if said.early is not None:
            try:
                return await said.early
            except Unavailable:
                said.early = None
        if self._stt is None:
            raise NoVoice("this line understands no speech")
        return await self._stt.hear(said.samples, self._languages, language)

    def close(self) -> None:
        """Stop looking."""
        self._drop_early()
        if self._looking is not None:
            self._looking.cancel()

    def _put(self, event: Utterance | Digit) -> None:
        self._events.append(event)
        self._arrived.set()

    def _look(self) -> None:
        """Begin to understand before the end is certain, or while somebody still speaks."""
        ear, stt = self._ear, self._stt
        self._frames += 1
        if stt is None or ear.voiced < ear.habits.least:
            return
        if ear.silent == _EARLY and stt.is_idle:
            self._drop_early()
            task = asyncio.ensure_future(stt.hear(ear.utterance(), self._languages))
            task.add_done_callback(_seen)
            self._early = (ear.voiced, task)
        elif ear.silent == 0 and self._frames % _PARTLY_EVERY == 0 and stt.is_idle:
            self._looking = asyncio.ensure_future(self._partly(stt, ear.utterance()[-_WINDOW:]))

    async def _partly(self, stt: Stt, samples: Samples) -> None:
        began, until = self._began_ms, self.now_ms
        try:
            heard = await stt.hear(samples, self._languages)
        except Unavailable:
            return
        if self.partial and heard.text and self._ear.is_open and self._began_ms == began:
            self.partial(heard.text, began, until)

    def _finish(self, turn: Turn) -> None:
        ear = self._ear
        early = None
        if self._early is not None and self._early[0] == ear.voiced:
            early, self._early = self._early[1], None
        self._drop_early()
        silent_ms = FRAME_MS * ear.silent if turn is Turn.ENDED else 0
        self._put(
            Utterance(ear.utterance(), self._began_ms, self.now_ms - silent_ms, ear.voiced, early)
        )

    def _drop_early(self) -> None:
        if self._early is not None:
            self._early[1].cancel()
            self._early = None


def _seen(task: asyncio.Task[Heard]) -> None:
    """Look at how a look ahead ended, so that its failure is not reported as forgotten."""
    if not task.cancelled():
        task.exception()
