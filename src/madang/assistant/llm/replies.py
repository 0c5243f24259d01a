"""Replies in JSON, read strictly: one object, known members, no member twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from madang.assistant.errors import LLMUnusable


def read_object(reply: str, members: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """Return the members of a reply, each of its type, none missing and none besides.

    Raises
    ------
    LLMUnusable
        Naming what is wrong.
    """
    try:
        found = json.loads(reply, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise LLMUnusable(f"the language model's reply is no JSON: {fault}") from None
    if not isinstance(found, dict):
        raise LLMUnusable("the language model's reply is no object")
    if set(found) != set(members):
        wrong = ", ".join(sorted(set(found) ^ set(members)))
        raise LLMUnusable(f"the language model's reply lacks or adds {wrong[:200]}")
    for name, kind in members.items():
        if not isinstance(found[name], kind) or (isinstance(found[name], bool) and kind is int):
            raise LLMUnusable(f"{name} in the language model's reply has the wrong type")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")
