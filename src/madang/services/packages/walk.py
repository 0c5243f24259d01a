"""A case on its way through a process: which verbs are possible, and where they lead.

Nothing here opens a case; the cases room asks the same questions of the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from madang.services.packages.decide import Evaluation
from madang.services.packages.package import Package
from madang.services.packages.process import By, Process, State, Verb, VerbKind


@dataclass(frozen=True)
class Kind:
    """What verbs of a kind do to a case.

    begins: it makes the case; there is no state before it.
    decides: it says yes or no, so that the applicant may appeal.
    machine: rules or the clock may do it.
    stops_clock: the office waits from then on.
    """

    begins: bool = False
    decides: bool = False
    machine: bool = False
    stops_clock: bool = False


KINDS: dict[VerbKind, Kind] = {
    "submit": Kind(begins=True),
    "pay": Kind(),
    "ask": Kind(stops_clock=True),
    "answer": Kind(),
    "assign": Kind(machine=True),
    "forward": Kind(machine=True),
    "grant": Kind(decides=True, machine=True),
    "refuse": Kind(decides=True),
    "complete": Kind(decides=True, machine=True),
    "correct": Kind(),
    "withdraw": Kind(machine=True),
    "split": Kind(),
    "merge": Kind(),
    "duplicate": Kind(),
    "appeal": Kind(),
    "reopen": Kind(),
    "close": Kind(machine=True),
}


def state_named(process: Process, name: str) -> State | None:
    """Return a state by its id."""
    return next((state for state in process.states if state.id == name), None)


def verb_named(process: Process, name: str) -> Verb | None:
    """Return a verb by its id."""
    return next((verb for verb in process.verbs if verb.id == name), None)


def first_state(process: Process) -> str:
    """Return the state of a case that has just been submitted."""
    submit = next((verb for verb in process.verbs if verb.kind == "submit"), None)
    return submit.to if submit is not None and submit.to else process.first


def verbs_in(process: Process, state: str, by: Iterable[By] | None = None) -> list[Verb]:
    """Return the verbs that are possible in a state, to anybody or to some."""
    wanted = None if by is None else set(by)
    return [
        verb
        for verb in process.verbs
        if not KINDS[verb.kind].begins
        and state in verb.sources
        and (wanted is None or wanted & set(verb.by))
    ]


def state_after(state: str, verb: Verb) -> str:
    """Return the state that a verb leads to."""
    return verb.to or state


def after_by(*by: By) -> Callable[[Verb], bool]:
    """Return a test of whether a verb may be done by one of these."""
    return lambda verb: bool(set(by) & set(verb.by))


def states_from(
    process: Process, state: str, allows: Callable[[Verb], bool] = lambda _: True
) -> set[str]:
    """Return the states that verbs lead to from one, that one included."""
    found, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        for verb in verbs_in(process, here):
            there = state_after(here, verb)
            if allows(verb) and there not in found:
                found.add(there)
                waiting.append(there)
    return found


def automatic(package: Package, said: Evaluation, state: str) -> Verb | None:
    """Return the verb by which rules alone decide a case; None where a person does.

    Only a grant is ever decided so: in class R0 or R1, where a statute says that a machine may
    decide and leaves no discretion, and where nothing is in doubt.
    """
    process = package.process
    stated = process.automation
    if process.decision_class not in ("R0", "R1") or stated is None:
        return None
    if not stated.basis or stated.discretion or said.outcome != "grant" or said.doubts:
        return None
    for verb in verbs_in(process, state, by=("rule",)):
        if verb.kind in ("grant", "complete"):
            return verb
    return None


def issued(package: Package, verb: Verb) -> tuple[str, ...]:
    """Return the documents that a verb issues: its own, or of a decision those of the process."""
    if verb.issues:
        return verb.issues
    return package.process.issues if verb.kind in ("grant", "complete") else ()
