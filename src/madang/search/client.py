"""Asking the search process from any other, over its Unix socket. Light: web pages import this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from madang.kernel.config import settings
from madang.kernel.errors import Unavailable
from madang.kernel.lake.client import LakeClient
from madang.search.found import FirstQuestions, Found, Suggested

PATIENCE_S = 3.0
"""A reader rather sees the plain list than waits longer."""

_REBUILD_S = 600.0


def find(wish: Mapping[str, Any]) -> Found:
    """Return what the process answers to a question; see ``search.api.find``."""
    return msgspec.msgpack.decode(_here().body("search", "find", **wish), type=Found)


def suggest(prefix: str, language: str, limit: int) -> Suggested:
    """Return what the process suggests."""
    asked = {"prefix": prefix, "language": language, "limit": limit}
    return msgspec.msgpack.decode(_here().body("search", "suggest", **asked), type=Suggested)


def chosen(told: Mapping[str, Any]) -> None:
    """Tell the process what was chosen for a question."""
    _here().body("search", "chosen", **told)


def first_questions() -> FirstQuestions:
    """Return how first questions ended."""
    return msgspec.msgpack.decode(_here().body("search", "first-questions"), type=FirstQuestions)


def unknown(keys: Sequence[str]) -> list[str]:
    """Return which keys the index does not hold."""
    return msgspec.msgpack.decode(
        _here().body("search", "unknown", keys=list(keys)), type=list[str]
    )


def status() -> dict[str, Any]:
    """Return what the process says about itself."""
    return _here().status()


def rebuild() -> dict[str, Any]:
    """Have all sources read anew; return how many entries there are then."""
    found: dict[str, Any] = msgspec.msgpack.decode(_client(_REBUILD_S).body("search", "rebuild"))
    return found


def problem() -> str | None:
    """Return what is wrong with search, or None (health check)."""
    client = _client(PATIENCE_S)
    try:
        client.status()
    except Unavailable as error:
        return error.message
    finally:
        client.close()
    return None


@cache
def _here() -> LakeClient:
    return _client(PATIENCE_S)


def _client(timeout_s: float) -> LakeClient:
    return LakeClient(settings().search_socket, timeout_s=timeout_s, name="search")
