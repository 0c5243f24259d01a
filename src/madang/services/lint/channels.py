"""Channels, fees, deadline, retention, office: whether everybody reaches the service alike."""

from __future__ import annotations

from collections.abc import Iterator

from madang.city.api import deadline_of, read_limit
from madang.kernel.errors import MadangError
from madang.kernel.times import now
from madang.services.life_events import life_events
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.process import Process
from madang.services.packages.service import OFFLINE, Channel
from madang.services.packages.walk import first_state

_FILE = "service.yaml"
_CITY = "city"
_FOUND_BY_OFFICE = ("counter", "visit", "post")
_ANSWERED = ("counter", "phone")  # ways that are open at hours


def is_complete(channel: Channel) -> bool:
    """Return whether somebody who reads of the channel can go there.

    A counter, a visit and a letter are found by the competent office; a call is not.
    """
    reached = channel.phone or channel.address or channel.kind in _FOUND_BY_OFFICE
    return bool(reached and (channel.hours or channel.kind not in _ANSWERED))


def channels(subject: Subject) -> Iterator[Fault]:
    """Yield faults of the channels."""
    service = subject.package.service
    offline = [channel for channel in service.channels if channel.kind in OFFLINE]
    if not any(is_complete(channel) and channel.hours for channel in offline):
        message = (
            "nobody without a computer reaches the service: it needs a counter, phone, post or "
            "visit with hours, and a phone number, an address or an office"
        )
        yield subject.fault("no-offline-channel", _FILE, ("channels",), message)
    seen = set()
    for number, channel in enumerate(service.channels):
        path = ("channels", channel.kind)
        if channel.kind in OFFLINE and not is_complete(channel):
            lacks = "hours" if channel.phone or channel.kind != "phone" else "a phone number"
            yield subject.fault("channel-incomplete", _FILE, path, f"{channel.kind} lacks {lacks}")
        if channel.kind in seen:
            place = ("channels", number) if not subject.sources.below else path
            message = f"{channel.kind} is there twice; put both into one"
            yield subject.fault("channel-twice", _FILE, place, message)
        seen.add(channel.kind)
        yield from _same(subject, channel)
    for number, closed in enumerate(service.not_offered):
        if closed.kind in seen:
            message = f"{closed.kind} is among the channels, or closed twice"
            yield subject.fault("channel-closed", _FILE, ("not_offered", number), message)
        seen.add(closed.kind)


def _same(subject: Subject, channel: Channel) -> Iterator[Fault]:
    path = ("channels", channel.kind)
    if channel.fee is not None:
        message = f"{channel.kind} has a fee of its own; every way costs the same"
        yield subject.fault("other-fee", _FILE, (*path, "fee"), message)
    if channel.deadline and channel.deadline != subject.package.service.deadline:
        message = f"{channel.kind} has a time limit of its own; every way takes as long"
        yield subject.fault("other-deadline", _FILE, (*path, "deadline"), message)


def fees(subject: Subject) -> Iterator[Fault]:
    """Yield faults of the fees."""
    package = subject.package
    parameters = {item.id: item for item in package.parameters}
    for fee in package.service.fees:
        path = ("fees", fee.id)
        stated = [fee.amount is not None, bool(fee.parameter), bool(fee.decision)]
        if sum(stated) != 1:
            message = f"{fee.id!r} must have one of amount, parameter and decision"
            yield subject.fault("fee-unclear", _FILE, path, message)
        if fee.parameter and fee.parameter not in parameters:
            message = f"there is no parameter {fee.parameter!r}"
            yield subject.fault("unknown-parameter", _FILE, (*path, "parameter"), message)
        elif fee.parameter and not isinstance(parameters[fee.parameter].values[-1].value, int):
            message = f"{fee.parameter!r} must be whole minor units"
            yield subject.fault("fee-unclear", _FILE, (*path, "parameter"), message)
        if fee.decision and package.decision(fee.decision) is None:
            message = f"there is no decision {fee.decision!r}"
            yield subject.fault("unknown-decision", _FILE, (*path, "decision"), message)
        if fee.per and fee.per not in package.facts:
            message = f"there is no fact {fee.per!r}"
            yield subject.fault("unknown-fact", _FILE, (*path, "per"), message)
        elif fee.per and package.facts[fee.per].type != "number":
            message = f"{fee.per!r} is no number"
            yield subject.fault("fee-unclear", _FILE, (*path, "per"), message)
        if bool(fee.waived) != bool(fee.waiver):
            message = "a waiver is a condition (waived) and its law (waiver)"
            yield subject.fault("waiver-without-law", _FILE, path, message)
        for state in _unpayable(package.process, fee.due):
            message = f"{fee.id!r} is due in {state!r}, where no verb of kind pay takes it"
            yield subject.fault("fee-not-payable", _FILE, path, message)


def _unpayable(process: Process, due: str) -> list[str]:
    """Return the states in which a fee becomes due, and in which it cannot be paid."""
    takes = {source for verb in process.verbs if verb.kind == "pay" for source in verb.sources}
    if due == "submit":
        here = [first_state(process)]
    else:
        leads = {verb.to for verb in process.verbs if verb.kind in ("grant", "complete")}
        here = [state.id for state in process.states if state.id in leads]
    return [state for state in here if state not in takes]


def limits(subject: Subject) -> Iterator[Fault]:
    """Yield time limits that cannot be read or counted."""
    process = subject.package.process
    yield from _limit(subject, _FILE, ("deadline",), subject.package.service.deadline)
    for state in process.states:
        if state.limit:
            path = ("states", state.id, "limit")
            yield from _limit(subject, "process.yaml", path, state.limit)
    for timer in process.timers:
        yield from _limit(subject, "process.yaml", ("timers", timer.id, "after"), timer.after)
    for document in subject.package.documents:
        if document.valid:
            file = f"documents/{document.id}.yaml"
            yield from _readable(subject, file, ("valid",), document.valid)


def _readable(subject: Subject, file: str, path: tuple[str, ...], text: str) -> Iterator[Fault]:
    try:
        read_limit(text)
    except MadangError as error:
        yield subject.fault("bad-limit", file, path, str(error))


def _limit(subject: Subject, file: str, path: tuple[str, ...], text: str) -> Iterator[Fault]:
    try:
        deadline_of(now(), read_limit(text), of=subject.profile)
    except MadangError as error:
        yield subject.fault("bad-limit", file, path, str(error))


def office(subject: Subject) -> Iterator[Fault]:
    """Yield what the city does not have: department, level, life events, district."""
    service, profile = subject.package.service, subject.profile
    departments = {item.id for item in profile.city.departments}
    if service.handled_by.department not in departments:
        message = f"{profile.id} has no department {service.handled_by.department!r}"
        yield subject.fault("unknown-department", _FILE, ("handled_by", "department"), message)
    levels = {_CITY, "district", *(level.id for level in profile.levels)}
    if service.handled_by.level not in levels:
        message = f"{profile.id} has no level {service.handled_by.level!r}; " + _or(levels)
        yield subject.fault("unknown-level", _FILE, ("handled_by", "level"), message)
    place = service.handled_by.place
    if service.handled_by.by == "place" and place not in subject.package.facts:
        message = f"by place needs `place`, a fact; there is no {place!r}"
        yield subject.fault("unknown-fact", _FILE, ("handled_by", "place"), message)
    events = {event.id for event in life_events(profile)}
    for number, event in enumerate(service.life_events):
        if events and event not in events:
            message = f"{profile.id} has no life event {event!r}; " + _or(events)
            yield subject.fault("unknown-life-event", _FILE, ("life_events", number), message)
    district = subject.package.district
    if district and district not in {unit.code for unit in profile.districts()}:
        message = f"{profile.id} has no district {district!r}"
        yield subject.fault("unknown-district", _FILE, ("district",), message)


def _or(names: set[str]) -> str:
    return f"there are {', '.join(sorted(names))}"


def identity(subject: Subject) -> Iterator[Fault]:
    """Yield levels of identity that make no sense, keywords twice, and a missing retention."""
    service = subject.package.service
    asked = service.identity
    if asked.aal and not asked.ial:
        message = "aal without ial: nobody can be asked for a second factor before signing in"
        yield subject.fault("bad-identity", _FILE, ("identity", "aal"), message)
    if asked.ial and not asked.aal:
        message = "ial without aal: who is known must have signed in"
        yield subject.fault("bad-identity", _FILE, ("identity", "ial"), message)
    if asked.ial == 0 and any(fact.source == "register" for fact in service.facts):
        message = "registers are asked about nobody: with register facts, ial is at least 1"
        yield subject.fault("bad-identity", _FILE, ("identity", "ial"), message)
    seen = set()
    for number, word in enumerate(service.keywords):
        if word.casefold() in seen:
            message = f"{word!r} is there twice"
            yield subject.fault("keyword-twice", _FILE, ("keywords", number), message)
        seen.add(word.casefold())
    if service.retention is None:
        message = "lacks the field 'retention': years a closed case is kept, and the provision"
        yield subject.fault("missing-retention", _FILE, ("retention",), message)
