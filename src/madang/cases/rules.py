"""What may be done to a case, as pure rules: a verb leads to a `Change`, or to why it cannot.

Only a human refuses. A `Refusal` is made by an `Officer`, and an `Officer` only from somebody who
is signed in with a role and two proofs; rules, clocks and jobs are `Machine`s and have no way to
one, whatever a package says (행정기본법 제20조: a machine decides only where the law leaves nothing
to weigh, and the person concerned can always reach a human).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from madang.access.api import STAFF_AAL, Actor
from madang.kernel.errors import Forbidden
from madang.services.api import Process, State, Verb

DECIDES = frozenset({"officer", "department-head"})
RECEIVES = DECIDES | {"clerk"}
SETTLES = frozenset({"grant", "refuse", "complete"})
REFUSED = "refused"


@dataclass(frozen=True)
class Officer:
    """A human of the city who may decide.

    Raises
    ------
    Forbidden
        If the actor is no account of staff, signed in with two proofs and a role that decides.
    """

    actor: Actor

    def __post_init__(self) -> None:
        """Check that a human stands behind it."""
        if not is_officer(self.actor):
            raise Forbidden("only an officer who is signed in with two proofs decides")


@dataclass(frozen=True)
class Applicant:
    """Whose case it is, whoever acts for them by mandate, or a clerk at their side."""

    actor: Actor


@dataclass(frozen=True)
class Viewer:
    """Somebody whose mandate lets them see a case, and do nothing to it."""

    actor: Actor


@dataclass(frozen=True)
class Machine:
    """The rules of a package, its clock, or an event such as a payment."""

    kind: Literal["rule", "clock", "event"]


By = Officer | Applicant | Viewer | Machine


@dataclass(frozen=True)
class Grant:
    """A yes, or a done; `by` may be the rules."""

    by: Officer | Machine


@dataclass(frozen=True)
class Refusal:
    """A no: by a human, with reasons."""

    by: Officer
    reasons: str

    def __post_init__(self) -> None:
        """Refuse to be made by anything but a human who says why."""
        if not isinstance(self.by, Officer):
            raise TypeError("only an officer refuses")
        if not self.reasons.strip():
            raise ValueError("a refusal says why")


@dataclass(frozen=True)
class Given:
    """What comes with a verb.

    links: numbers of other cases; `target`: whom it is assigned to or which office gets it.
    """

    reasons: str = ""
    facts: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    target: str = ""
    evidence: int = 0


@dataclass(frozen=True)
class Standing:
    """A case as far as the rules need it.

    is_paid: whether everything that is due before a decision is paid.
    has_evidence, has_place, has_date: what the case knows.
    holds: says whether a condition of the package holds; without one, every condition does.
    proposed: verb and account of a first officer, where a second one is needed.
    barred: accounts that took the decision which is appealed.
    """

    number: str
    state: str
    is_paid: bool = True
    has_evidence: bool = False
    has_place: bool = False
    has_date: bool = False
    proposed: tuple[str, str] | None = None
    barred: frozenset[str] = frozenset()
    holds: Callable[[str], bool] = field(default=bool, compare=False)


@dataclass(frozen=True)
class Change:
    """What a verb does. `awaits_second` is true where another officer has to confirm it."""

    verb: Verb
    to: State
    decision: Grant | Refusal | None = None
    awaits_second: bool = False


@dataclass(frozen=True)
class Impossible:
    """Why a verb cannot be done now; `why` are words of `case_words.WHY`, with a detail each."""

    why: tuple[tuple[str, str], ...]


def is_officer(actor: Actor) -> bool:
    """Return whether a human who may decide acts, for nobody else."""
    return (
        actor.id.startswith("account:")
        and bool(actor.roles & DECIDES)
        and actor.aal >= STAFF_AAL
        and not actor.on_behalf_of
    )


def step(
    process: Process, now: Standing, verb_id: str, by: By, given: Given
) -> Change | Impossible:
    """Return what a verb does to a case, or every reason why it cannot be done."""
    verb = next((one for one in process.verbs if one.id == verb_id), None)
    if verb is None:
        return Impossible((("unknown-verb", verb_id),))
    states = {state.id: state for state in process.states}
    to = states[verb.to or now.state]
    why = [
        *_place(verb, now),
        *_who(verb, to, by, now),
        *_lacks(verb, now, given),
    ]
    if verb.guard and not why and not now.holds(verb.guard):
        why.append(("guard", verb.guard))
    if why:
        return Impossible(tuple(why))
    if "second-officer" in verb.needs and isinstance(by, Officer):
        if now.proposed is None or now.proposed[0] != verb.id:
            return Change(verb, states[now.state], awaits_second=True)
        if now.proposed[1] == by.actor.id:
            return Impossible((("same-officer", ""),))
    return Change(verb, to, _decision(verb, to, by, given))


def is_adverse(verb: Verb, to: State) -> bool:
    """Return whether it ends in a no, whatever the verb is called."""
    return verb.kind == "refuse" or to.outcome == REFUSED


def possible(process: Process, state: str) -> list[Verb]:
    """Return the verbs that a state has, in the package's order."""
    return [verb for verb in process.verbs if state in verb.sources]


def _place(verb: Verb, now: Standing) -> list[tuple[str, str]]:
    if verb.kind == "submit" and not now.state:
        return []
    return [] if now.state in verb.sources else [("state", now.state)]


def _who(verb: Verb, to: State, by: By, now: Standing) -> list[tuple[str, str]]:
    if is_adverse(verb, to) and not isinstance(by, Officer):
        return [("human-only", verb.id)]
    if isinstance(by, Viewer):
        return [("by", verb.id)]
    if isinstance(by, Machine):
        allowed = by.kind in verb.by or (by.kind == "event" and verb.kind == "pay")
    else:
        allowed = ("officer" if isinstance(by, Officer) else "applicant") in verb.by
        allowed &= verb.kind != "pay"  # only the ledger says that money came in
    if not allowed:
        return [("by", verb.id)]
    settles = verb.kind in SETTLES
    if settles and isinstance(by, Officer) and by.actor.id in now.barred:
        return [("barred", "")]
    return []


def _lacks(verb: Verb, now: Standing, given: Given) -> list[tuple[str, str]]:
    has = {
        "reasons": bool(given.reasons.strip()),
        "payment": now.is_paid,
        "second-officer": True,
        "evidence": now.has_evidence or given.evidence > 0,
        "place": now.has_place,
        "date": now.has_date,
    }
    lacks: list[tuple[str, str]] = [("needs", need) for need in verb.needs if not has[need]]
    if verb.kind == "refuse" and not has["reasons"] and ("needs", "reasons") not in lacks:
        lacks.append(("needs", "reasons"))
    if verb.kind in ("merge", "duplicate") and not given.links:
        lacks.append(("needs", "links"))
    if verb.kind in ("assign", "forward") and not given.target:
        lacks.append(("needs", "target"))
    return lacks


def _decision(verb: Verb, to: State, by: By, given: Given) -> Grant | Refusal | None:
    if is_adverse(verb, to):
        assert isinstance(by, Officer)
        return Refusal(by, given.reasons or verb.id)
    if verb.kind in SETTLES and isinstance(by, Officer | Machine):
        return Grant(by)
    return None
