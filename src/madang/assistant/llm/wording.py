"""An answer in words from numbered passages: what is asked for, and what of the reply may stand.

No used passage means no answer; a token of a link that was never given is taken out; everything
exact must stand in the passages that the answer names, not merely in any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from madang.assistant.engine.grounding import unsupported
from madang.assistant.engine.injection import instructions_in
from madang.assistant.engine.plain_text import visible
from madang.assistant.errors import LLMUnusable
from madang.assistant.llm.replies import read_object

LONGEST = 1_200
MOST_TOKENS = 500
COMPLETENESS = ("complete", "partial", "none")
_TOKEN = re.compile(r"[\[(<]?\blink_(\d{1,3})\b[\])>]?")
_ADDRESS = re.compile(r"https?://\S+|(?<!\S)/[\w/.-]+|\S+@\S+")

# Letters of languages that have an alphabet of their own: an answer in another one is no answer.
_SCRIPTS = {
    "ko": r"[가-힣]", "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "zh": r"[\u4e00-\u9fff]",
    "th": r"[\u0e00-\u0e7f]", "km": r"[\u1780-\u17ff]", "my": r"[\u1000-\u109f]",
    "ru": r"[\u0400-\u04ff]", "mn": r"[\u0400-\u04ff]", "hi": r"[\u0900-\u097f]",
    "ne": r"[\u0900-\u097f]", "bn": r"[\u0980-\u09ff]", "si": r"[\u0d80-\u0dff]",
    "ar": r"[\u0600-\u06ff]", "ur": r"[\u0600-\u06ff]", "am": r"[\u1200-\u137f]",
}  # fmt: skip
_LEAST_OWN = 0.5


@dataclass(frozen=True, slots=True)
class Worded:
    """An answer in words; `used` are the numbers of its passages, counted from 1."""

    text: str
    used: tuple[int, ...]
    is_partial: bool


def schema(count: int) -> dict[str, Any]:
    """Return the JSON schema of an answer from so many passages."""
    return {
        "type": "object",
        "properties": {
            "answer": {"type": "string"},
            "sources_used": {
                "type": "array",
                "items": {"type": "integer", "enum": list(range(1, count + 1))},
                "maxItems": count,
            },
            "completeness": {"type": "string", "enum": list(COMPLETENESS)},
        },
        "required": ["answer", "sources_used", "completeness"],
        "additionalProperties": False,
    }


def read_wording(
    reply: str, passages: Sequence[str], links: Mapping[int, str], language: str
) -> Worded:
    """Return the answer of a reply, checked.

    Parameters
    ----------
    passages : as they were given, in order; what an answer may draw on.
    links : addresses of the pages by number of the passage.
    language : tag of the reader's language.

    Raises
    ------
    LLMUnusable
        If it may not stand; `reason` says why.
    """
    kinds = {"answer": str, "sources_used": list, "completeness": str}
    found = read_object(reply, kinds)
    used = _used(found["sources_used"], len(passages))
    answer = _linked(visible(found["answer"]), {n: links[n] for n in used if n in links})
    if found["completeness"] not in COMPLETENESS:
        raise LLMUnusable("completeness in the language model's reply is none that was offered")
    if found["completeness"] == "none" or not used or not answer:
        raise LLMUnusable("the language model finds no answer in the passages", "refused")
    if len(answer) > LONGEST:
        raise LLMUnusable("the language model's answer is too long")
    if instructions_in(answer) or "--- data" in answer:
        raise LLMUnusable("the language model's answer gives orders", "instructions")
    if not is_in(answer, language):
        raise LLMUnusable(f"the language model does not answer in {language}", "language")
    sources = [*(passages[number - 1] for number in used), *links.values()]
    wrong = unsupported(answer, sources, passages=len(passages))
    if wrong:
        said = ", ".join(one.text for one in wrong[:5])
        raise LLMUnusable(f"in none of the passages it names: {said}", "ungrounded")
    return Worded(answer, used, found["completeness"] == "partial")


def is_in(text: str, language: str) -> bool:
    """Return whether a text is written in the script of a language; yes where it has no own one."""
    script = _SCRIPTS.get(language.partition("-")[0].partition("_")[0].casefold())
    letters = re.findall(r"[^\W\d_]", _ADDRESS.sub(" ", text))
    if script is None or not letters:
        return True
    return len(re.findall(script, text)) >= _LEAST_OWN * len(letters)


def _used(numbers: Sequence[Any], count: int) -> tuple[int, ...]:
    for one in numbers:
        if isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= count:
            raise LLMUnusable("the language model names a passage that was not given")
    return tuple(dict.fromkeys(numbers))


def _linked(text: str, links: Mapping[int, str]) -> str:
    """Return a text with its link tokens as addresses; those of no used passage are taken out."""
    text = _TOKEN.sub(lambda token: links.get(int(token[1]), ""), text)
    return re.sub(r"[^\S\n]{2,}", " ", re.sub(r"\s+([.,!?])", r"\1", text)).strip()
