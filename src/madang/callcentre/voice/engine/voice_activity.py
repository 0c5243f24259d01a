"""When somebody speaks on a line: energy above a noise floor that follows the line.

The floor falls fast and rises slowly, so that a hum counts as noise after some seconds and speech
does not. Made for frames of 20 ms at 8 kHz.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np

from madang.callcentre.voice.engine.g711 import Samples

FRAME = 160
"""Samples of 20 ms at 8 kHz."""

FRAME_MS = 20


class Turn(Enum):
    """What a frame changed."""

    NOTHING = 0
    BEGAN = 1
    ENDED = 2
    CUT = 3
    """It lasted as long as one utterance may; what follows is the next one."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How the ear decides; lengths in frames, levels in dB.

    preroll: frames kept from before the onset: without 400 ms the first syllable is cut off.
    onset: voiced frames of the last `onset + 2` that begin an utterance.
    hangover: silent frames that end it.
    least: voiced frames below which it was a click.
    most: frames of one utterance.
    above: how far speech stands above the floor.
    quietest: nothing below is speech (dB of full scale): 45 dB below the nominal level of a line.
    """

    preroll: int = 20
    onset: int = 4
    hangover: int = 35
    least: int = 10
    most: int = 1250
    above: float = 8.0
    quietest: float = -52.0


_FALL, _RISE, _RISE_IN_SPEECH = 0.2, 0.06, 0.008  # share of the way; dB a frame
_START_FLOOR, _LOWEST = -50.0, -75.0


class Ear:
    """Cuts a stream of frames into utterances."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.habits = habits or Habits()
        self.floor = _START_FLOOR
        self.onset = self.habits.onset
        self._before: deque[Samples] = deque(maxlen=self.habits.preroll)
        self._recent: deque[bool] = deque(maxlen=self.habits.onset + 2)
        self._frames: list[Samples] = []
        self._silent = self._voiced = 0
        self.is_open = False

    @property
    def silent(self) -> int:
        """Silent frames since the last voiced one of the utterance that is going on."""
        return self._silent

    @property
    def voiced(self) -> int:
        """Voiced frames of the utterance that is going on."""
        return self._voiced

    def hear(self, frame: Samples) -> Turn:
        """Take a frame of 20 ms and return what it changed.

        Parameters
        ----------
        frame : (160,) samples.
        """
        level = level_of(frame)
        voiced = level > max(self.floor + self.habits.above, self.habits.quietest)
        self._follow(level)
        if self.is_open:
            return self._go_on(frame, voiced)
        self._recent.append(voiced)
        self._before.append(frame)
        if voiced and sum(self._recent) >= self.onset:
            self._frames = list(self._before)
            self._before.clear()
            self._voiced, self._silent, self.is_open = sum(self._recent), 0, True
            self._recent.clear()
            return Turn.BEGAN
        return Turn.NOTHING

    def utterance(self) -> Samples:
        """Return the samples of the utterance so far, or of the one that has just ended."""
        return np.concatenate(self._frames) if self._frames else np.empty(0, np.int16)

    def ask_for_longer_onset(self, frames: int) -> None:
        """Take so many voiced frames for an onset: an echo of our own voice is short."""
        self.onset = frames
        self._recent = deque(self._recent, maxlen=frames + 2)

    def _go_on(self, frame: Samples, voiced: bool) -> Turn:
        self._frames.append(frame)
        self._voiced += voiced
        self._silent = 0 if voiced else self._silent + 1
        if self._silent >= self.habits.hangover:
            self.is_open = False
            self._before.extend(self._frames[-self.habits.preroll :])
            if self._voiced < self.habits.least:
                self._frames = []
                return Turn.NOTHING
            return Turn.ENDED
        if len(self._frames) >= self.habits.most:
            self.is_open = False
            return Turn.CUT
        return Turn.NOTHING

    def _follow(self, level: float) -> None:
        if level < self.floor:
            self.floor += (level - self.floor) * _FALL
        else:
            rise = _RISE_IN_SPEECH if self.is_open else _RISE
            self.floor = min(level, self.floor + rise)
        self.floor = max(self.floor, _LOWEST)


def level_of(frame: Samples) -> float:
    """Return the level of a frame [dB of full scale]; digital silence is -96.

    >>> round(level_of(np.full(160, 16384, np.int16)), 2)
    -6.02
    """
    values = frame.astype(np.float32)
    power = float(values @ values) / max(1, len(frame)) / 32768.0**2
    return 10.0 * float(np.log10(power + 2.5e-10))
