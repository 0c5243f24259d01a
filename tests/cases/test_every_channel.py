"""Every package, by every channel, to every end: the same outcome, fee, time limit and papers.

The cases come in as people bring them (`every_way`), and are driven by the verbs that officers, the
resident and clerks do. What a channel may not change is compared with the web.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from django.conf import settings

from madang.access.api import Actor
from madang.cases import api, case_money
from madang.cases.api import Asked
from madang.cases.models import Case, CaseDecision, CaseDocument
from madang.city.api import profile
from madang.kernel import times
from madang.records import api as records
from madang.services.packages.package import Package
from madang.services.packages.process import Verb
from madang.services.packages.service import OFFLINE
from madang.services.packages.trial import received
from madang.services.packages.walk import state_after, verbs_in
from madang.services.publishing import publish_ready
from madang.services.ready import unlinted
from tests.cases.applying import OFFICE, SHIPPED
from tests.cases.every_way import ASSISTED, WAYS, Matter, People, best_test, case, undone
from tests.cases.people import officer
from tests.looking import rows

FOLDERS = sorted(path.parent.name for path in SHIPPED.glob("*/service.yaml"))
# every end by every channel on SQLite; a slice of the packages on a server, which is slower
IS_SERVER = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
SLICE = FOLDERS[::8] if IS_SERVER else FOLDERS
HAN, CHO = officer("han"), officer("cho")
BODY = "body:국민권익위원회"


@dataclass(frozen=True)
class End:
    """What came out of a case; `verbs` are those that led there."""

    verbs: tuple[str, ...]
    state: str
    outcome: str
    decision: str
    documents: tuple[str, ...]
    fee: int


@dataclass(frozen=True)
class Begun:
    """A case once it was received and, where that is due first, paid."""

    state: str
    fee: int
    due: datetime | None
    department: str
    district: str


@dataclass(frozen=True)
class Course:
    """What a channel made of an application: at once, and at each end."""

    received: tuple[Begun, ...]
    ends: dict[str, End]


class Drive:
    """Takes one case to each end that its process has."""

    def __init__(self, matter: Matter, opened: Case, applicant: Actor, other: str) -> None:
        self.matter, self.number, self.applicant = matter, opened.number, applicant
        self.other, self.ends = other, {}

    def to_every_end(self) -> dict[str, End]:
        """Return what comes out at each final state, by state."""
        process = self.matter.package.process
        finals = {state.id for state in process.states if state.kind == "final"}
        self._from(case(self.number).state, (), finals)
        return self.ends

    def _from(self, state: str, done: tuple[Verb, ...], finals: set[str]) -> None:
        """Go each shortest way on; what a branch wrote is taken back behind it."""
        process = self.matter.package.process
        ways = shortest(process, state, finals - set(self.ends))
        firsts = {way[0].id: way[0] for way in ways.values()}
        for _name, verb in sorted(firsts.items()):

            def branch(verb: Verb = verb) -> None:
                self._do(verb)
                there = case(self.number).state
                assert there == state_after(state, verb), verb.id
                if there in finals:
                    self.ends.setdefault(there, self._end((*done, verb)))
                else:
                    self._from(there, (*done, verb), finals)

            undone(branch)

    def _do(self, verb: Verb) -> None:
        """Do a verb as who may: the applicant or a clerk for them, else officers."""
        is_own = "applicant" in verb.by
        asked = Asked(
            reasons="서류를 보고 정했습니다.",
            target=BODY if verb.kind == "forward" else "me",
            links=(self.other,) if verb.kind in ("merge", "duplicate") else (),
            facts={} if is_own else self.matter.told_by_office,
            looked_s=60,
        )
        acted = api.act(self.number, verb.id, self.applicant if is_own else HAN, asked)
        if acted.awaits_second:
            api.act(self.number, verb.id, CHO, asked)

    def _end(self, verbs: tuple[Verb, ...]) -> End:
        found = case(self.number)
        assert api.verify(self.number).faults == ()
        assert found.due is None
        assert found.closed_at is not None
        decision = rows(CaseDecision).filter(case=found).order_by("-at").first()
        if found.outcome == "refused":
            assert decision.decided_by in (HAN.id, CHO.id), "a refusal has a human actor"
            assert decision.reasons
        papers = rows(CaseDocument).filter(case=found).values_list("document", flat=True)
        return End(
            tuple(verb.id for verb in verbs), found.state, found.outcome,
            decision.outcome if decision else "", tuple(sorted(papers)), found.fee,
        )  # fmt: skip


def shortest(process, state: str, ends: set[str]) -> dict[str, tuple[Verb, ...]]:
    """Return the shortest ways to states by verbs of people, without paying (money is no verb)."""
    ways: dict[str, tuple[Verb, ...]] = {}
    waiting: list[tuple[str, tuple[Verb, ...]]] = [(state, ())]
    seen = {state}
    while waiting:
        here, way = waiting.pop(0)
        if here in ends and way:
            ways[here] = way
        for verb in verbs_in(process, here, by=("officer", "applicant")):
            there = state_after(here, verb)
            if verb.kind not in ("pay", "split") and there not in seen:
                seen.add(there)
                waiting.append((there, (*way, verb)))
    return ways


def course(matter: Matter, way: str, other: str) -> Course:
    """Return what a channel makes of an application."""
    process = matter.package.process
    finals = {state.id for state in process.states if state.kind == "final"}
    ends: dict[str, End] = {}
    first: list[Begun] = []

    def begun(opened: Case) -> Case:
        pay(opened, matter)
        found = case(opened.number)
        due = opened.due or found.closed_at
        first.append(Begun(found.state, found.fee, due, found.department, found.district))
        return found

    def with_rules() -> None:
        found = begun(matter.comes_by(way, wants_person=False)[0])
        if found.state in finals:
            assert found.decided_by == "system:rules"
            papers = rows(CaseDocument).filter(case=found).values_list("document", flat=True)
            ends[f"{found.state} by rules"] = End(
                (), found.state, found.outcome, "granted", tuple(sorted(papers)), found.fee
            )

    def with_people() -> None:
        opened, applicant = matter.comes_by(way, wants_person=True)
        assert begun(opened).channel == way
        ends.update(Drive(matter, opened, applicant, other).to_every_end())

    if may_be_automatic(matter.package):  # else a person decides in any case
        undone(with_rules)
    undone(with_people)
    assert finals <= {end.state for end in ends.values()}, (matter.service, way)
    return Course(tuple(first), ends)


def may_be_automatic(package: Package) -> bool:
    """Return whether rules could decide cases of a package at all."""
    return any(
        verb.kind in ("grant", "complete") and "rule" in verb.by for verb in package.process.verbs
    ) and package.process.decision_class in ("R0", "R1")


def pay(opened: Case, matter: Matter) -> None:
    """Pay at a counter what is due before the case is looked at."""
    if opened.intent and opened.state_kind != "final":
        receipt = f"R-{opened.number}"
        records.paid_at_counter(opened.intent, receipt, by=matter.people.at_desk())
        assert case_money.missed_payments() == 1


def published(folder: str) -> Package:
    """Publish a package as it ships; a district's with the city's below it."""
    ready = unlinted(SHIPPED / folder)
    if ready.package.district:
        published(ready.package.id)
    publish_ready(ready, OFFICE)
    return ready.package


@pytest.mark.long
@pytest.mark.data
@pytest.mark.parametrize("folder", SLICE)
def test_by_every_channel_it_comes_to_every_end_alike(folder, db):
    alike(folder, WAYS)


@pytest.mark.data
@pytest.mark.parametrize("folder", SLICE)
def test_by_the_web_and_another_channel_it_comes_to_every_end_alike(folder, db):
    """The others take turns, so that each is driven in each run."""
    place = FOLDERS.index(folder)
    others = open_ways(unlinted(SHIPPED / folder).package)[1:]
    alike(folder, ("web", *others[place % max(len(others), 1) :][:1]))


def open_ways(package: Package) -> tuple[str, ...]:
    closed = {one.kind for one in package.service.not_offered}
    return tuple(way for way in WAYS if way not in closed)


def alike(folder: str, ways: tuple[str, ...]) -> None:
    """Drive a package by channels, and compare what comes out of them with the web's."""
    package = published(folder)
    test = best_test(package)
    with times.fixed_clock(lambda: received(test, profile())):
        matter = Matter(package, test, People())
        matter.tell_registers()
        for way in ASSISTED:
            matter.people.assists(package.id, way)
        other, _actor = matter.comes_by("counter", wants_person=True)
        courses = {way: course(matter, way, other.number) for way in ways
                   if way in open_ways(package)}  # fmt: skip
    assert len(courses) > 1 or len(open_ways(package)) == 1, folder
    for way, found in courses.items():
        assert found == courses["web"], (folder, way)


def test_each_offline_way_is_offered_or_closed_by_a_law():
    from tests.cases.packages import shipped

    for folder in FOLDERS:
        service = shipped(folder).service
        offered = {one.kind for one in service.channels}
        assert offered | {one.kind for one in service.not_offered} >= OFFLINE, folder
        assert all(one.basis.law and one.basis.article for one in service.not_offered)
