"""A call kept as sound, after its caller agreed: two channels, the caller left, we right."""

from __future__ import annotations

import contextlib
import wave
from collections import deque
from pathlib import Path

import numpy as np

from madang.callcentre.voice.engine import g711
from madang.callcentre.voice.engine.voice_activity import FRAME

_MOST_BEHIND = 10
_DAY_S = 86_400.0


class Recording:
    """Writes a call beat by beat; a tap of `Line`.

    Parameters
    ----------
    path : of the WAV file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = wave.open(str(path), "wb")  # noqa: SIM115 - open for a whole call
        self._file.setnchannels(2)
        self._file.setsampwidth(2)
        self._file.setframerate(8000)
        self._theirs: deque[bytes] = deque(maxlen=_MOST_BEHIND)
        self.path = path

    def __call__(self, is_ours: bool, payload: bytes, is_mulaw: bool) -> None:
        """Take a frame; one of ours is a beat, with which the oldest of theirs is written."""
        if not is_ours:
            self._theirs.append(payload)
            return
        expand = g711.mulaw_samples if is_mulaw else g711.alaw_samples
        both = np.zeros((FRAME, 2), "<i2")
        both[:, 1] = expand(payload)[:FRAME]
        if self._theirs:
            heard = expand(self._theirs.popleft())[:FRAME]
            both[: len(heard), 0] = heard
        self._file.writeframes(both.tobytes())

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def forget_old(folder: Path, days: int, now_s: float) -> int:
    """Delete recordings older than what callers were told; return how many.

    Parameters
    ----------
    now_s : seconds since 1970, as files are stamped.
    """
    gone = 0
    for path in folder.glob("*.wav"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < now_s - days * _DAY_S:
                path.unlink()
                gone += 1
    return gone
