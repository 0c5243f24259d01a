"""What can go wrong with voices; each message says what is left to callers."""

from __future__ import annotations

from madang.kernel.errors import Unavailable

WHAT_IS_LEFT = "text chat and callbacks by people are what is left to callers"


class NoVoice(Unavailable):
    """A model or program that hears or speaks is not here, or does not answer."""

    code = "no-voice"
