"""Where a language model plugs in; without one the assistant does all of it by rules.

A model may only reword what was asked, fill in facts and word what stands in passages. What it
says is checked against its passages before anybody reads it; whoever plugs one in does that in
`word`, which raises where the check fails. `assistant.llm` is the plug for chat servers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from madang.assistant.engine.dialogue import Exchange, Passage
from madang.assistant.llm.wording import Worded


@dataclass(frozen=True, slots=True)
class WantedFact:
    """A fact that may be filled in: `options` are the titles of a choice by its values."""

    name: str
    type: str
    ask: str
    options: Mapping[str, str]


class Llm(Protocol):
    """What a model does for the assistant.

    Each may raise `madang.kernel.errors.Unavailable`: then it is done without, and said so.
    """

    def rewrite(self, text: str, recent: Sequence[Exchange], *, language: str) -> str | None:
        """Return the question as it stands alone, None to leave it as it is."""
        ...

    def fill_facts(
        self, text: str, wanted: Sequence[WantedFact], *, language: str, today: str
    ) -> Mapping[str, Any]:
        """Return the values of facts that the text says, by name; `today` is an ISO 8601 day."""
        ...

    def word(self, question: str, passages: Sequence[Passage], *, language: str) -> Worded | None:
        """Return an answer from the passages only, None where it stands in none of them."""
        ...


_plugged: list[Llm] = []


def llm() -> Llm | None:
    """Return the model that is plugged in, else the one that settings name; None for none."""
    from madang.assistant.llm.model import configured

    return _plugged[-1] if _plugged else configured()


@contextmanager
def plugged(model: Llm) -> Iterator[None]:
    """Have a model plugged in inside the block."""
    _plugged.append(model)
    try:
        yield
    finally:
        _plugged.pop()
