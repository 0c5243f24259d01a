"""What a visitor was asked and has not answered yet: kept in the session, answered once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from madang.kernel import times

_ASKED = "asked"
MOST = 6  # pages open side by side; the oldest question is forgotten
LASTS = timedelta(minutes=10)
CHALLENGE_BYTES = 32  # WebAuthn level 3, section 13.4.3: at least 16


def ask(request: HttpRequest, use: str, **about: Any) -> str:
    """Remember a fresh question and return its token (unguessable, hexadecimal)."""
    token = secrets.token_hex(CHALLENGE_BYTES)
    asked = [*request.session.get(_ASKED, []), _question(token, use, about)]
    request.session[_ASKED] = asked[-MOST:]
    return token


def answered(request: HttpRequest, use: str, token: str) -> dict[str, Any] | None:
    """Return what was remembered with a question and forget it; None for one asked too long ago."""
    asked = request.session.get(_ASKED, [])
    found = next((one for one in asked if one["token"] == token and one["use"] == use), None)
    if found is None:
        return None
    request.session[_ASKED] = [one for one in asked if one is not found]
    request.session.save()  # before the answer is looked at, so that it cannot come twice
    return found["about"] if _is_open(found) else None


def still_asked(request: HttpRequest, use: str, token: str) -> dict[str, Any] | None:
    """Return what was remembered with a question that may be answered again (a mistyped code)."""
    asked = request.session.get(_ASKED, [])
    found = next((one for one in asked if one["token"] == token and one["use"] == use), None)
    return found["about"] if found and _is_open(found) else None


def _question(token: str, use: str, about: dict[str, Any]) -> dict[str, Any]:
    until = (times.now() + LASTS).isoformat()
    return {"token": token, "use": use, "about": about, "until": until}


def _is_open(question: dict[str, Any]) -> bool:
    return datetime.fromisoformat(question["until"]) > times.now()
