"""What can go wrong in the assistant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from madang.kernel.data_files import Problem
from madang.kernel.errors import Invalid, NotFound, Unavailable

_MOST_SHOWN = 30


class InvalidProcedures(Invalid):
    """The procedures of a city cannot be used; `problems` lists all that is wrong with them."""

    code = "invalid-procedures"

    def __init__(self, city: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems[:_MOST_SHOWN])
        count = len(self.problems)
        super().__init__(f"procedures of city {city!r} have {count} problem(s):\n{lines}")


class UnknownEvent(NotFound):
    """The city has no procedures for such an event."""

    code = "unknown-event"

    def __init__(self, event: str, known: Iterable[str]) -> None:
        names = list(known)
        near = get_close_matches(event, names, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        there = ", ".join(names) if names else "none"
        super().__init__(f"there is no event {event!r}{hint} (events: {there})")


class InvalidFacts(Invalid):
    """Facts that cannot be; `fields` says what is wrong with each."""

    code = "invalid-facts"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()), fields)


class LLMUnavailable(Unavailable):
    """The language model does not answer; the assistant does without."""

    code = "llm-unavailable"


class LLMUnusable(Unavailable):
    """What the language model says cannot be used; the assistant does without.

    `reason` is one word for counts: `broken`, `refused`, `ungrounded`, `language`, `instructions`.
    """

    code = "llm-unusable"

    def __init__(self, message: str, reason: str = "broken") -> None:
        super().__init__(message)
        self.reason = reason


class TextTooLong(Invalid):
    """More than anybody asks in one turn."""

    code = "text-too-long"

    def __init__(self, length: int, most: int) -> None:
        text = f"has {length:,} characters; write at most {most:,} at once"
        super().__init__(f"text {text}", {"text": text})


class UnknownConversation(NotFound):
    """There is no such conversation, or it is past its time of keeping."""

    code = "unknown-conversation"

    def __init__(self) -> None:
        super().__init__("there is no such conversation, or it has been forgotten")


class UnknownReview(NotFound):
    """There is no such answer to judge, or it is somebody else's."""

    code = "unknown-review"
