"""What a conversation is made of: its state, and what one turn answers. Plain values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AnswerStatus(StrEnum):
    """What became of a turn; the counts of these are the funnel of the assistant.

    ANSWERED: from the sections of a source, cited. PARTLY: the source says nothing of just that.
    CHOICES: up to three to choose from. ASKED_FACT: a fact is asked; PLANNED: nothing is left to
    ask. CLARIFIED: a fact was corrected or forgotten. DEGRADED_SEARCH: search does not answer.
    """

    ANSWERED = "answered"
    PARTLY = "partly"
    CHOICES = "choices"
    ASKED_FACT = "asked_fact"
    PLANNED = "planned"
    CLARIFIED = "clarified"
    NO_ANSWER = "no_answer"
    TALKED = "talked"
    UNCLEAR = "unclear"
    CRISIS = "crisis"
    REFUSED_INJECTION = "refused_injection"
    REFUSED_OPINION = "refused_opinion"
    REFUSED_OTHERS_DATA = "refused_others_data"
    REFUSED_ACCOUNT_DATA = "refused_account_data"
    REFUSED_DISPUTE = "refused_dispute"
    HANDED_OVER = "handed_over"
    WITH_PERSON = "with_person"
    DEGRADED_SEARCH = "degraded_search"


FAILED = frozenset({AnswerStatus.NO_ANSWER, AnswerStatus.UNCLEAR, AnswerStatus.DEGRADED_SEARCH})
"""Turns that helped nobody: two in a row, and a person is offered."""

FOR_A_PERSON = frozenset(
    {
        AnswerStatus.REFUSED_OPINION,
        AnswerStatus.REFUSED_OTHERS_DATA,
        AnswerStatus.REFUSED_ACCOUNT_DATA,
        AnswerStatus.REFUSED_DISPUTE,
    }
)
"""What only a person may answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage stands: `version` and `date` are empty where the source has none."""

    key: str
    title: str
    url: str
    version: str = ""
    date: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a source as they stand there; `section` says under which heading."""

    section: str
    lines: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: `key` is sent back as the choice of the next turn."""

    key: str
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact as it is shown for correction; `value` as a form sends it, `shown` as people read it.

    source: said, profile, inferred.
    """

    name: str
    label: str
    value: str
    shown: str
    source: str


@dataclass(frozen=True, slots=True)
class AskedFact:
    """The one fact that is asked for; `why` are the titles of the steps it decides."""

    name: str
    ask: str
    type: str
    options: tuple[Choice, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of a plan in a line: what, by when (ISO 8601, empty for no day), where."""

    id: str
    title: str
    due: str
    due_text: str
    office: str
    apply: str


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The plan so far: checklist at `url`, calendar file at `ics`; both take the facts by POST.

    facts: what these forms send, by name.
    steps: those that are certain, in order; `maybe` counts those that still depend on facts.
    """

    event: str
    title: str
    url: str
    ics: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[PlannedStep, ...]
    maybe: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of several answers that stand side by side, never merged: a district or a service."""

    label: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A number to call, with what it is for and when it answers (empty: always)."""

    number: str
    title: str
    hours: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Where a person takes over: `ticket` is empty where nobody can take it now.

    position: how many wait before; wait_s: estimate, None where nobody knows.
    lines: numbers to call; `call_back` is the address where one asks to be called.
    """

    ticket: str = ""
    position: int | None = None
    wait_s: float | None = None
    lines: tuple[Line, ...] = ()
    call_back: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn as the next one remembers it: masked words, and what they were about."""

    text: str
    status: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """All that a turn needs of those before it.

    event, facts: what is planned, and what is known by name: (value, source).
    open_fact: the fact that was asked last; `skipped` are those nobody wants to answer.
    month: (year, month) that was said without a day, for the fact in `month_of`.
    focus: key of what was answered from last; `candidates` what was offered to choose from.
    asked: the question that the candidates answer.
    last_fact: the fact that was said or corrected last.
    failed: turns in a row that helped nobody.
    person_offered: whether a person was offered just now (a yes takes it).
    ticket: of the hand-over, empty while the machine answers.
    recent: the turns before, newest last; few.
    """

    language: str = "ko"
    channel: str = "web"
    district: str = ""
    number: int = 0
    event: str = ""
    facts: dict[str, tuple[str, str]] = field(default_factory=dict)
    open_fact: str = ""
    skipped: tuple[str, ...] = ()
    month: tuple[int, int] | None = None
    month_of: str = ""
    focus: str = ""
    focus_title: str = ""
    candidates: tuple[str, ...] = ()
    asked: str = ""
    last_fact: str = ""
    failed: int = 0
    person_offered: bool = False
    ticket: str = ""
    recent: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What one turn answers.

    text: plain and short. speech: the same for a voice, without addresses.
    sure: how likely right, 0 to 1; None where nothing was looked up.
    topic: of a crisis, a refusal: its name.
    degraded: parts that did not work and were done without ("search", "llm").
    state: what the next turn starts from; not for residents.
    conversation, number: empty and 0 without storage.
    """

    status: AnswerStatus
    text: str
    speech: str = ""
    passages: tuple[Passage, ...] = ()
    choices: tuple[Choice, ...] = ()
    facts: tuple[KnownFact, ...] = ()
    question: AskedFact | None = None
    plan: PlanCard | None = None
    sides: tuple[Side, ...] = ()
    lines: tuple[Line, ...] = ()
    sure: float | None = None
    topic: str = ""
    hand_over: HandOver | None = None
    degraded: tuple[str, ...] = ()
    language: str = ""
    conversation: str = ""
    number: int = 0
    state: State = field(default_factory=State)


def as_values(answered: Answered) -> dict[str, Any]:
    """Return an answer as plain values, as programs read it: without the state."""
    import dataclasses

    found = dataclasses.asdict(answered)
    del found["state"]
    found["status"] = answered.status.value
    return found
