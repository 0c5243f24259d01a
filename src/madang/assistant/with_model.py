"""What a plugged-in model adds to what is found: the question alone, an answer in better words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from madang.assistant.asking import Asking, plain_of
from madang.assistant.engine.dialogue import Passage
from madang.kernel.errors import Unavailable


def rewritten(asking: Asking) -> Asking:
    """Return a turn whose question stands alone; as it is without a model, or turns before."""
    if asking.llm is None or not asking.state.recent:
        return asking
    try:
        text = asking.llm.rewrite(asking.text, asking.state.recent, language=asking.language)
    except Unavailable:
        asking.degraded.append("llm")
        return replace(asking, llm=None)
    return replace(asking, text=text, plain=plain_of(text)) if text else asking


def worded(asking: Asking, passages: Sequence[Passage]) -> str:
    """Return an answer in a model's words, empty where the passages are to stand as they are."""
    if asking.llm is None or not passages:
        return ""
    try:
        return asking.llm.word(asking.text, passages, language=asking.language) or ""
    except Unavailable:
        asking.degraded.append("llm")
        return ""
