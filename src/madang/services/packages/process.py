"""`process.yaml`: states, verbs, guards, timers, and how far a machine may decide.

`like` names a process of the house (`madang/services/processes/`), whose states, verbs and timers
the file changes or adds to, by id. The kinds of verbs are closed: what each does to a case is the
business of the cases room, and every channel has the same ones.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from madang.services.packages.words import Feel, Law, Slug

DecisionClass = Literal["R0", "R1", "R2", "R3"]
StateKind = Literal["open", "waiting", "final"]
Outcome = Literal["granted", "refused", "withdrawn", "done", "moved"]
# Notices that the house can write for every service; a package may word its own.
HOUSE_NOTICES = frozenset(
    {
        "received",
        "asked",
        "reminder",
        "granted",
        "refused",
        "done",
        "withdrawn",
        "moved",
        "appealed",
    }
)
VerbKind = Literal[
    "submit", "pay", "ask", "answer", "assign", "forward", "grant", "refuse", "complete", "correct",
    "withdraw", "split", "merge", "duplicate", "appeal", "reopen", "close",
]  # fmt: skip
By = Literal["applicant", "officer", "rule", "clock"]
Need = Literal["reasons", "payment", "second-officer", "evidence", "place", "date"]


class Automation(Struct, frozen=True, forbid_unknown_fields=True):
    """What lets a machine decide (General Act on Public Administration art. 20).

    basis: statutes that say so.
    discretion: whether the law leaves a choice; with one, no machine decides.
    """

    basis: tuple[Law, ...] = ()
    discretion: bool = False


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a case stands.

    id: short name.
    kind: `open` (the office's turn), `waiting` (the applicant's; the clock stands), `final`.
    title: what people read; the states of the house have texts of their own.
    outcome: what a final state means.
    limit: time limit of the state itself.
    """

    id: Slug
    kind: StateKind = "open"
    title: str = ""
    outcome: Outcome | None = None
    limit: str = ""


class Verb(Struct, frozen=True, forbid_unknown_fields=True, rename={"sources": "from"}):
    """Something that can be done to a case.

    id: short name.
    kind: what it does.
    sources: states it is possible in (`from` in the file).
    to: state it leads to; the same state without one.
    by: who may do it; a refusal is never by rule or clock.
    guard: condition on the facts.
    needs: what must be there.
    issues: documents that are issued.
    notices: notices that are sent.
    title: what its button says; the kinds have texts of their own.
    """

    id: Slug
    kind: VerbKind
    sources: tuple[Slug, ...] = ()
    to: Slug | None = None
    by: tuple[By, ...] = ("officer",)
    guard: Feel | None = None
    needs: tuple[Need, ...] = ()
    issues: tuple[Slug, ...] = ()
    notices: tuple[Slug, ...] = ()
    title: str = ""


class Timer(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happens when a case has stood in a state for a while.

    id: short name.
    state: where it runs.
    after: how long, as a time limit.
    verb: what is done by the clock; or `notice`, what is sent.
    """

    id: Slug
    state: Slug
    after: str
    verb: Slug | None = None
    notice: Slug | None = None


class Process(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file.

    decision_class: R0 information, R1 bound and favourable, R2 bound but adverse, R3 discretion.
    like: process of the house that this one starts from.
    automation: what lets a machine decide.
    first: state of a new case.
    issues: documents that verbs of kind `grant` and `complete` issue, unless they name their own.
    states, verbs, timers: replaced whole where the process it is like has one of the same id.
    """

    decision_class: DecisionClass
    like: Slug | None = None
    automation: Automation | None = None
    first: Slug = "received"
    issues: tuple[Slug, ...] = ()
    states: tuple[State, ...] = ()
    verbs: tuple[Verb, ...] = ()
    timers: tuple[Timer, ...] = ()
