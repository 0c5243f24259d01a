"""Whether this installation can issue documents."""

from __future__ import annotations

from madang.city.api import profile
from madang.kernel.errors import MadangError
from madang.records.fonts import fonts
from madang.records.signing_keys import signing_key


def problem() -> str | None:
    """Return what keeps documents from being issued, None where nothing does."""
    if profile().city.default_language == "ko" and not fonts().has_hangul:
        return "Korean documents are off: their fonts are not installed (make assets)"
    try:
        signing_key()
    except MadangError as error:
        return error.message
    return None
