"""Whether the telephone line answers; light, for the page of health asks it."""

from __future__ import annotations

from pathlib import Path

from madang.kernel.config import Settings, settings


def ready_file(here: Settings) -> Path:
    """Return the file that is there while the line answers."""
    return here.data / "run" / "voice.ready"


def problem() -> str | None:
    """Return what is wrong with the line, or None (health check)."""
    here = settings()
    if not here.telephone or ready_file(here).exists():
        return None
    return "the telephone line does not answer; the log of the process 'voice' says why"
