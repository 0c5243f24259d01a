"""Leading one call: announce, ask for consent, listen, answer, pass on, say goodbye."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from madang.callcentre.voice.answering import ASKED, CHOICES, NOTHING, PERSON, Answerer, Spoken
from madang.callcentre.voice.desk import Desk
from madang.callcentre.voice.handing import Handing
from madang.callcentre.voice.hearing import Stt
from madang.callcentre.voice.line import Line
from madang.callcentre.voice.listening import Digit, Listening, Utterance
from madang.callcentre.voice.prompts import BEGINNING, prompt
from madang.callcentre.voice.sip.leg import Leg
from madang.callcentre.voice.speaking import Tts
from madang.callcentre.voice.wanting import agrees, wants_person
from madang.kernel.errors import MadangError, Unavailable

log = logging.getLogger(__name__)

_UNSURE = 0.35
"""Below this probability of a token Whisper mostly made its text up: measured on noise and hum."""

_LANGUAGE_SURE, _LANGUAGE_VOICED = 0.8, 40  # share among the city's; voiced frames (0.8 s)


@dataclass(frozen=True, slots=True)
class Manners:
    """How calls are led; times in seconds.

    keep_days: how long recordings are kept; 0 records nothing and asks nothing.
    patience: failures in a row after which a person is offered.
    """

    city: str = ""
    language: str = "ko"
    languages: tuple[str, ...] = ("ko", "en")
    keep_days: int = 0
    silence_s: float = 12.0
    consent_s: float = 8.0
    longest_s: float = 900.0
    patience: int = 2
    transfer_s: float = 30.0
    queue_s: float = 120.0


@dataclass(slots=True)
class Figures:
    """What a call was like: questions, failures, barge-ins; seconds from end of speech to sound."""

    utterances: int = 0
    failures: int = 0
    interruptions: int = 0
    answers: int = 0
    waits_s: list[float] = field(default_factory=list)
    stt_cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What every call of an endpoint uses."""

    stt: Stt | None
    tts: Tts
    answerer: Answerer
    desk: Desk
    manners: Manners


async def rehearse(parts: Parts) -> None:
    """Do once what every call does, so that the first one does not wait for it.

    Raises
    ------
    Unavailable
        If there is no voice, or what hears cannot be made ready.
    """
    manners = parts.manners
    if parts.stt is not None:
        await parts.stt.warm()
    with suppress(Unavailable):  # it may come later than the line
        await parts.answerer.answer("120", manners.language)
    for name in BEGINNING:
        text, language = prompt(name, manners.language, city=manners.city)
        for sentence in _sentences(text):
            await parts.tts.speak(sentence, language)


class Talk:
    """One call from answer to end.

    Parameters
    ----------
    record : begins to record; called after consent only.
    """

    def __init__(self, leg: Leg, line: Line, parts: Parts, record: Any = None) -> None:
        self.leg, self.line, self._parts = leg, line, parts
        self._record = record
        self.manners = parts.manners
        self.language = parts.manners.language
        self.contact = leg.call_id
        self.figures = Figures()
        self.outcome = ""
        self.listening = Listening(line, parts.stt, self.manners.languages)
        self._handing = Handing(self)
        self._state: Any = None
        self._choices: tuple[tuple[str, str], ...] = ()
        self._failed = 0
        self._begun = asyncio.get_running_loop().time()

    @property
    def desk(self) -> Desk:
        """Where the call is written down."""
        return self._parts.desk

    def transferred(self, status: int) -> None:
        """Know how passing the call on goes."""
        self._handing.transferred(status)

    async def run(self) -> str:
        """Lead the call; return its outcome."""
        self.contact = await self.desk.open(self.leg.call_id, self.language, self.leg.caller)
        self.listening.interrupted = self._interrupted
        self.listening.partial = self._partly
        try:
            async with asyncio.timeout(self.manners.longest_s):
                return await self._led()
        except TimeoutError:
            await self.say("goodbye")
            return "too-long"

    async def _led(self) -> str:
        await self._announce()
        await self.say("ask")
        silent = 0
        while True:
            event = await self._next(self.manners.silence_s)
            if event is None:
                silent += 1
                if silent > 2:
                    await self.say("goodbye")
                    return "silent"
                await self.say("still-there")
                continue
            silent = 0
            outcome = await self._turn(event)
            if outcome:
                return outcome

    async def _turn(self, event: Utterance | Digit) -> str:
        """Take what the caller did; a pressed zero ends whatever is being looked up."""
        if isinstance(event, Digit):
            return await self._pressed(event.key)
        work = asyncio.ensure_future(self._answered(event))
        zero = asyncio.ensure_future(self.listening.zero.wait())
        try:
            await asyncio.wait({work, zero}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            return await self._handing.pass_on("pressed")
        finally:
            for task in (work, zero):
                task.cancel()
            await asyncio.gather(work, zero, return_exceptions=True)

    async def _pressed(self, key: str) -> str:
        if key == "0":
            return await self._handing.pass_on("pressed")
        place = ord(key) - ord("1")
        if 0 <= place < len(self._choices):
            chosen = self._choices[place][0]
            return await self._tell(await self._asked("", choice=chosen), None)
        if self._parts.stt is None and key == "1":
            return await self._handing.call_back()
        return ""

    async def _answered(self, said: Utterance) -> str:
        self.figures.utterances += 1
        try:
            heard = await self.listening.understood(said, "")
        except Unavailable as fault:
            self.desk.tell(self.contact, "deaf", why=fault.message)
            return await self._failed_again("deaf", said)
        self.figures.stt_cpu_s += heard.cpu_s
        text = heard.text if heard.sure >= _UNSURE else ""
        if not text:
            self.desk.tell(self.contact, "not-understood", sure=round(heard.sure, 3))
            return await self._failed_again("say-again", said)
        if heard.language_sure >= _LANGUAGE_SURE and said.voiced >= _LANGUAGE_VOICED:
            self._speak_in(heard.language)
        self.desk.line(self.contact, "resident", text, said.start_ms, said.end_ms)
        if wants_person(text):
            return await self._handing.pass_on("asked")
        chosen = self._chosen(text)
        return await self._tell(await self._asked("" if chosen else text, choice=chosen), said)

    def _chosen(self, text: str) -> str:
        """Return the key of the choice that was named; empty for none."""
        named = [key for key, title in self._choices if title and title in text]
        return named[0] if len(named) == 1 else ""

    async def _asked(self, text: str, choice: str = "") -> Spoken | None:
        try:
            found = await self._parts.answerer.answer(text, self.language, self._state, choice)
        except Unavailable as fault:
            self.desk.tell(self.contact, "degraded", why=fault.message)
            return None
        self._state = found.state
        return found

    async def _tell(self, found: Spoken | None, said: Utterance | None) -> str:
        if found is None or found.status == PERSON:
            if found is not None and found.text:
                await self.speak(found.text, found.language)
            return await self._handing.pass_on("answerer")
        if found.status == NOTHING:
            if found.text:
                await self.speak(found.text, found.language, since=said)
            return await self._failed_again("" if found.text else "nothing", said)
        self._failed = 0
        self._choices = found.choices[:9]
        self.figures.answers += 1
        self.desk.tell(
            self.contact, "answer", status=found.status, sources=list(found.sources),
            sure=None if found.sure is None else round(found.sure, 3),
        )  # fmt: skip
        if found.text:
            await self.speak(found.text, found.language, since=said)
            said = None
        if found.status == CHOICES and not found.text:
            await self.say("choose", since=said)
        if self._choices:
            await self._offer()
        elif found.status not in (CHOICES, ASKED):
            await self.say("anything-else")
        return ""

    async def _offer(self) -> None:
        for place, (_key, title) in enumerate(self._choices, start=1):
            await self.say("choice", digit=str(place), title=title)

    async def _failed_again(self, name: str, said: Utterance | None) -> str:
        self._failed += 1
        self.figures.failures += 1
        if self._failed >= self.manners.patience:
            return await self._handing.pass_on("not-understood")
        if name:
            await self.say(name, since=said)
        return ""

    async def _announce(self) -> None:
        self.listening.may_interrupt = False
        await self.say("machine", city=self.manners.city)
        await self.say("person-any-time")
        if self._parts.stt is None:
            await self.say("deaf")
        if self.manners.keep_days and self._record is not None:
            await self._ask_consent()
        await self.until_said(leave_s=0.5)
        self.listening.may_interrupt = True

    async def _ask_consent(self) -> None:
        await self.say("consent", days=str(self.manners.keep_days))
        await self.until_said()
        event = await self._next(self.manners.consent_s)
        agreed: bool | None = None
        if isinstance(event, Digit):
            agreed = {"1": True, "2": False}.get(event.key)
            if event.key == "0":
                self.listening.put_back(event)
        elif event is not None and self._parts.stt is not None:
            heard = await self.listening.understood(event, "")
            agreed = agrees(heard.text)
            if agreed is None:
                self.listening.put_back(event)  # it was a question, or a wish for a person
        self.desk.tell(self.contact, "consent", recording=bool(agreed))
        if agreed:
            self._record()
        await self.say("recording" if agreed else "not-recording")

    async def say(self, name: str, since: Utterance | None = None, **values: Any) -> None:
        """Say one of the line's own sentences."""
        text, language = prompt(name, self.language, **values)
        await self.speak(text, language, since=since)

    async def speak(self, text: str, language: str, since: Utterance | None = None) -> None:
        """Say a text; where its language has no voice, what was written down is all there is.

        Parameters
        ----------
        since : what it answers: the time until it is heard is noted.
        """
        for sentence in _sentences(text):
            if self.listening.wants_quiet:
                return  # the caller went on; that is taken next
            try:
                samples = await self._parts.tts.speak(sentence, language)
            except Unavailable as fault:
                self.desk.tell(self.contact, "mute", language=language, why=fault.message)
                return
            begins = self.now_ms + round(1000 * self.line.untold_s)
            self.line.say(samples)
            if since is not None:
                waited = (begins - since.end_ms) / 1000
                self.figures.waits_s.append(waited)
                self.desk.tell(self.contact, "answer-begins", after_s=round(waited, 3))
                since = None
            self.desk.line(self.contact, "machine", sentence, begins, begins + len(samples) // 8)

    async def until_said(self, leave_s: float = 0.0) -> None:
        """Wait until the telephone has heard all of it, or almost."""
        while self.line.is_talking and self.line.untold_s > leave_s:
            await asyncio.sleep(min(0.1, max(0.02, self.line.untold_s - leave_s)))

    async def next_digit(self, within_s: float) -> str:
        """Return the next digit; empty where none comes. Speech meanwhile waits."""
        kept: list[Utterance] = []
        found = ""
        while event := await self._next(within_s):
            if isinstance(event, Digit):
                found = event.key
                break
            kept.append(event)
        for event in kept:
            self.listening.put_back(event)
        return found

    @property
    def now_ms(self) -> int:
        """Time since the call was answered [ms]."""
        return self.listening.now_ms

    async def _next(self, within_s: float) -> Utterance | Digit | None:
        """Return what the caller does next; None after silence that begins when we are quiet."""
        await self._quiet()
        while True:
            event = await self.listening.next(within_s)
            if event is not None:
                return event
            if not (self.line.is_held or self.line.is_talking or self.listening.hears_speech):
                return None

    async def _quiet(self) -> None:
        while self.line.is_talking and not self.listening.has_event:
            await asyncio.sleep(0.05)

    def _speak_in(self, language: str) -> None:
        if language != self.language and language in self.manners.languages:
            self.language = language
            self.desk.tell(self.contact, "language", language=language)

    def _interrupted(self, unsaid_s: float) -> None:
        self.figures.interruptions += 1
        self.desk.tell(self.contact, "interrupted", unsaid_s=round(unsaid_s, 2))

    def _partly(self, text: str, start_ms: int, end_ms: int) -> None:
        self.desk.line(self.contact, "resident", text, start_ms, end_ms, final=False)

    async def ended(self, outcome: str) -> None:
        """Write down how the call ended."""
        figures = asdict(self.figures)
        figures["stt_cpu_s"] = round(self.figures.stt_cpu_s, 3)
        figures["waits_s"] = [round(one, 3) for one in self.figures.waits_s]
        try:
            await self.desk.end(
                self.contact, outcome, seconds=round(self.now_ms / 1000, 2),
                unsaid_s=round(self.line.untold_s, 2),
                rtp=asdict(self.line.count), **figures,
            )  # fmt: skip
        except MadangError as fault:
            log.warning("voice: the end of a call was not written down: %s", fault.message)


def _sentences(text: str) -> Sequence[str]:
    """Return the sentences of a text, so that the first is heard while the next is made."""
    found: list[str] = []
    for part in text.replace("\n", " ").replace("? ", "?\n").replace(". ", ".\n").split("\n"):
        said = part.strip()
        if said and found and len(found[-1]) < 30:
            found[-1] = f"{found[-1]} {said}"
        elif said:
            found.append(said)
    return found
