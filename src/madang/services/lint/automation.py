"""What a machine may decide (General Act on Public Administration art. 20), and the process."""

from __future__ import annotations

from collections.abc import Iterator

from madang.kernel.data_files import FieldPath
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.process import Process
from madang.services.packages.walk import after_by, states_from

_FILE = "process.yaml"
_DECIDES = ("grant", "complete")


def automation(subject: Subject) -> Iterator[Fault]:
    """Yield what lets a machine decide more than the law does."""
    process = subject.package.process
    by_rule = [verb for verb in process.verbs if verb.kind in _DECIDES and "rule" in verb.by]
    own = by_rule_of(subject)
    stated = process.automation
    for verb in process.verbs:
        if verb.kind == "refuse" and set(verb.by) & {"rule", "clock"}:
            message = f"{verb.id!r} refuses: only people do, never rule or clock"
            yield subject.fault("machine-refusal", _FILE, ("verbs", verb.id, "by"), message)
    for_machines = process.decision_class in ("R0", "R1") and by_rule
    if stated is not None and stated.discretion and (stated.basis or own or for_machines):
        message = "the law leaves discretion here: no machine decides"
        yield subject.fault(
            "automation-with-discretion", _FILE, ("automation", "discretion"), message
        )
    if process.decision_class in ("R2", "R3"):
        if stated is not None and stated.basis:
            message = f"class {process.decision_class} is decided by people: no automation"
            yield subject.fault("automation-class", _FILE, ("automation",), message)
        yield from _own_rule_verbs(subject, "automation-class", own)
    elif stated is None or not stated.basis:
        decides = subject.package.decision("outcome") is not None and by_rule
        if process.decision_class == "R1" and (decides or own):
            message = (
                "rules may grant, but `automation.basis` names no statute that says so; name it, "
                "or let officers decide: verbs of kind grant with by: [officer]"
            )
            yield subject.fault("automation-without-law", _FILE, ("automation",), message)
        else:
            yield from _own_rule_verbs(subject, "automation-without-law", own)


def by_rule_of(subject: Subject) -> list[str]:
    """Return verbs by rule that the package itself states (the house's are held back by class)."""
    document = subject.sources.files.get(_FILE)
    stated = document.value.get("verbs", []) if document else []
    return [v["id"] for v in stated if "rule" in v.get("by", ()) and v["kind"] in _DECIDES]


def _own_rule_verbs(subject: Subject, code: str, verbs: list[str]) -> Iterator[Fault]:
    for name in verbs:
        message = f"{name!r} is by rule: class R0 or R1 with a statute (`automation.basis`) may"
        yield subject.fault(code, _FILE, ("verbs", name, "by"), message)


def process(subject: Subject) -> Iterator[Fault]:
    """Yield faults of states, verbs and timers."""
    found = subject.package.process
    states = {state.id: state for state in found.states}
    if found.first not in states:
        message = f"there is no state {found.first!r} to begin with"
        yield subject.fault("no-start", _FILE, ("first",), message)
    if not any(verb.kind == "submit" for verb in found.verbs):
        yield subject.fault("no-start", _FILE, ("verbs",), "no verb is of kind submit")
    for verb in found.verbs:
        names: list[tuple[FieldPath, str]] = [
            (("from", number), name) for number, name in enumerate(verb.sources)
        ]
        names += [(("to",), verb.to)] if verb.to else []
        for path, name in names:
            if name not in states:
                message = f"{verb.id!r}: there is no state {name!r}"
                yield subject.fault("unknown-state", _FILE, ("verbs", verb.id, *path), message)
    yield from _timers(subject, found)
    for state in found.states:
        if (state.kind == "final") != (state.outcome is not None):
            message = "a final state has an outcome, others have none"
            yield subject.fault("final-without-outcome", _FILE, ("states", state.id), message)
    if not any(state.kind == "final" for state in found.states):
        yield subject.fault("no-final-state", _FILE, ("states",), "no state is final")
    elif found.first in states:
        yield from _ways(subject, found)


def _timers(subject: Subject, found: Process) -> Iterator[Fault]:
    states = {state.id for state in found.states}
    verbs = {verb.id: verb for verb in found.verbs}
    for timer in found.timers:
        path = ("timers", timer.id)
        if timer.state not in states:
            message = f"{timer.id!r}: there is no state {timer.state!r}"
            yield subject.fault("unknown-state", _FILE, (*path, "state"), message)
        if bool(timer.verb) == bool(timer.notice):
            message = f"{timer.id!r} has either a verb or a notice"
            yield subject.fault("timer-unclear", _FILE, path, message)
        if timer.verb and timer.verb not in verbs:
            message = f"{timer.id!r}: there is no verb {timer.verb!r}"
            yield subject.fault("unknown-verb", _FILE, (*path, "verb"), message)
        elif timer.verb and "clock" not in verbs[timer.verb].by:
            message = f"{timer.verb!r} is not by the clock"
            yield subject.fault("timer-unclear", _FILE, (*path, "verb"), message)


def _ways(subject: Subject, found: Process) -> Iterator[Fault]:
    reached = states_from(found, found.first)
    final = {state.id for state in found.states if state.kind == "final"}
    offline = states_from(found, found.first, after_by("officer", "rule", "clock"))
    for state in found.states:
        path = ("states", state.id)
        if state.id not in reached:
            message = f"no verbs lead to {state.id!r}"
            yield subject.fault("unreachable-state", _FILE, path, message)
        elif not states_from(found, state.id) & final:
            message = f"from {state.id!r} no case can end"
            yield subject.fault("dead-end", _FILE, path, message)
        elif state.kind == "final" and state.id not in offline:
            message = (
                f"{state.id!r} is reached only by verbs of the applicant: at a counter, by phone, "
                "post or visit an officer does them too (`by: [applicant, officer]`)"
            )
            yield subject.fault("offline-dead-end", _FILE, path, message)
