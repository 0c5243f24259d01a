"""A question that stands alone, from one that leans on the turns before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from madang.assistant.engine.grounding import unsupported
from madang.assistant.engine.injection import instructions_in
from madang.assistant.engine.plain_text import visible
from madang.assistant.errors import LLMUnusable
from madang.assistant.llm.replies import read_object

LONGEST = 300
MOST_TOKENS = 150
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHARED = 2  # letters: Korean stems keep that many through their endings

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


def read_rewriting(reply: str, text: str, recent: Sequence[str]) -> str:
    """Return the question of a reply, checked: nothing exact in it that nobody said.

    Raises
    ------
    LLMUnusable
        If it may not stand; `reason` says why.
    """
    question = " ".join(visible(read_object(reply, {"question": str})["question"]).split())
    if not question or len(question) > LONGEST:
        raise LLMUnusable("the language model rewrites to nothing, or to too much", "refused")
    if instructions_in(question):
        raise LLMUnusable("the language model's question gives orders", "instructions")
    said = [text, *recent]
    wrong = unsupported(question, said)
    if wrong:
        raise LLMUnusable(f"nobody said {wrong[0].text}", "ungrounded")
    if not _starts(question) & _starts(" ".join(said)):
        raise LLMUnusable("the language model's question is about something else", "ungrounded")
    return question


def _starts(text: str) -> set[str]:
    return {word[:_SHARED] for word in _WORD.findall(text.casefold())}
