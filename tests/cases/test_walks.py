"""Random walks: whatever anybody does to a case, in any order, it never breaks.

Each step takes a verb, an actor and what comes with it by chance (seeded, so that a walk that fails
fails again). Either it is done and the case is sound, or it is refused and nothing has changed.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum

from madang.access.api import ANONYMOUS, Actor, system_actor
from madang.cases import api, case_jobs, case_money
from madang.cases.api import Asked
from madang.cases.case_clocks import clocks
from madang.cases.case_errors import CaseChanged, NotPossible, UnknownCase
from madang.cases.case_packages import Pinned
from madang.cases.models import Case, CaseDecision, CaseEvent, CaseFact
from madang.cases.rules import is_officer
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.records import api as records
from madang.records.models import Entry, Journal
from tests.cases.every_way import best_test, plain
from tests.cases.packages import SERVICES, all_shipped, lent
from tests.cases.people import KIM, LEE, clerk, officer
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SHORT, LONG = 10, 40
# one package for each process of the house takes the long walk
OF_EACH_PROCESS = (
    "resident-registration-copy", "streetlight-report", "facility-booking",
    "property-tax-payment", "property-tax-appeal",
)  # fmt: skip
ONE_PROOF = Actor("account:one", "one", frozenset({"officer"}), aal=1, ial=2)
ELSEWHERE = officer("far", departments=frozenset({"no-such"}))
PEOPLE = (
    KIM, KIM, LEE, clerk(), officer("han"), officer("han"), officer("cho"), officer("oh"),
    ONE_PROOF, ELSEWHERE, ANONYMOUS, system_actor("rules"),
)  # fmt: skip
REFUSED = (NotPossible, CaseChanged, UnknownCase, Invalid, Conflict, Forbidden)
TABLES = (CaseEvent, CaseFact, CaseDecision, Journal)


class Walk:
    """One case, and chance."""

    def __init__(self, found: Pinned, seed: int, clock: Any) -> None:
        self.found, self.chance, self.clock = found, random.Random(seed), clock
        self.keys: list[str] = []
        self.trail: list[str] = []
        self.verified, self.states = 0, set[str]()
        facts = best_test(found.package).facts
        asked = found.package.questions
        self.facts = {name: plain(value) for name, value in facts.items() if name in asked}
        self.number, self.other = self._opened("a"), self._opened("b")

    def _opened(self, key: str) -> str:
        made = api.open_case(
            package_hash=self.found.hash, subject=KIM.person, facts=self.facts,
            actor=clerk(), channel="counter", key=key, wants_person=True,
        )  # fmt: skip
        return made.number

    @property
    def case(self) -> Case:
        return rows(Case).get(number=self.number)

    def step(self) -> None:
        """Do something by chance; see that the case is sound whatever came of it."""
        what = self.chance.random()
        if what < 0.06:
            self.clock(times.now() + timedelta(days=self.chance.choice((0, 1, 3, 8))))
            case_jobs.clock()
        elif what < 0.12:
            self._pay()
        else:
            self._act()
        self._is_sound()

    def _pay(self) -> None:
        intent = self.case.intent
        if not intent:
            return
        self.trail.append("pay")
        try:
            records.paid_at_counter(intent, f"R-{len(self.trail)}-{self.number}", by=clerk())
        except REFUSED:
            return
        case_money.missed_payments()

    def _act(self) -> None:
        chance, process, case = self.chance, self.found.process, self.case
        here = [verb.id for verb in process.verbs if case.state in verb.sources]
        every = [*(verb.id for verb in process.verbs), "no-such-verb"]
        verb = chance.choice(here) if here and chance.random() < 0.7 else chance.choice(every)
        actor = chance.choice(PEOPLE)
        asked = self._asked(case)
        self.trail.append(f"{actor.id}: {verb} {asked}")
        before = state_of_all()
        try:
            acted = api.act(self.number, verb, actor, asked)
        except REFUSED as error:
            assert error.message
            assert state_of_all() == before, "what is refused changes nothing"
            return
        if acted.is_replay:
            assert state_of_all() == before
            return
        self._was_done(verb, actor, case.version)

    def _asked(self, case: Case) -> Asked:
        chance = self.chance
        key = chance.choice(["", "", f"key-{len(self.trail)}", *self.keys[-2:]])
        if key:
            self.keys.append(key)
        names = list(self.facts)
        facts = {name: self.facts[name] for name in names[: chance.randrange(3)]}
        if chance.random() < 0.1:
            facts["no_such_fact"] = 1
        return Asked(
            expects_version=chance.choice((None, None, case.version, case.version - 1)),
            reasons=chance.choice(("", "  ", "법 제3조에 따라 정했습니다.", "법 제3조.")),
            facts=facts,
            links=chance.choice(((), (self.other,), (self.other,), (self.number,), ("2026-x",))),
            target=chance.choice(("me", "me", "", "unit:11440", "unit:0", "department:tax",
                                  "body:감사원", "account:cho", "nobody")),
            key=key,
        )  # fmt: skip

    def _was_done(self, name: str, actor: Actor, version: int) -> None:
        case = self.case
        verb = next(one for one in self.found.process.verbs if one.id == name)
        events = list(rows(CaseEvent).filter(case=case, position__gt=version).order_by("position"))
        assert (events[0].actor, events[0].verb) == (actor.id, name)
        assert verb.kind != "pay", "nobody but the ledger says that money came in"
        if verb.kind == "refuse" or (case.outcome == "refused" and case.version > version):
            assert is_officer(actor)
            if case.outcome == "refused":
                assert case.decided_by.startswith("account:")
        assert actor not in (LEE, ANONYMOUS, ONE_PROOF)

    def _is_sound(self) -> None:
        case, process = self.case, self.found.process
        state = next(one for one in process.states if one.id == case.state)  # of the chart
        if case.version != self.verified:
            assert api.verify(self.number).faults == ()
            self.verified = case.version
        self.states.add(case.state)
        is_over = state.kind == "final"
        assert (case.state_kind, case.closed_at is not None) == (state.kind, is_over)
        assert case.outcome == (state.outcome or "")
        again = clocks(
            process, case.state, received=case.received_at, limit=case.limit,
            since=case.state_since, pauses=case.pauses, done=case.timers_done,
        )  # fmt: skip
        assert (case.due, case.state_due) == (again.due, again.state_due)
        if is_over or state.kind == "waiting":
            assert case.due is None
        assert (Entry.objects.aggregate(n=Sum("amount"))["n"] or 0) == 0
        # what is on its way back is not held any more
        held = sum(records.refundable(one.id) for one in records.intents_of(self.number))
        assert case.paid == held, "the case says what the ledger holds"


def state_of_all() -> dict[str, Any]:
    """Return what is in the tables that a verb may change."""
    found: dict[str, Any] = {model.__name__: rows(model).count() for model in TABLES}
    found["cases"] = [
        sorted((name, str(value)) for name, value in row.items())
        for row in rows(Case).order_by("number").values()
    ]
    return found


def walked(found: Pinned, steps: int, clock: Any, seed: int) -> Walk:
    """Return a walk of so many steps; where it fails, it prints how it came to that."""
    walk = Walk(found, seed, clock)
    try:
        for _step in range(steps):
            walk.step()
    except BaseException:
        print("\n".join(walk.trail))  # noqa: T201 - how it came to this
        raise
    assert api.verify().faults == ()
    return walk


@pytest.mark.parametrize("name", all_shipped())
def test_a_short_walk_on_any_package_never_breaks(name, clock):
    walked(lent(name), SHORT, clock, sum(name.encode()))


@pytest.mark.parametrize("name", OF_EACH_PROCESS)
def test_a_long_walk_on_a_package_of_each_process_never_breaks(name, clock):
    walk = walked(lent(name), LONG, clock, 20_261_123)
    assert len(walk.states) >= 3, "it did not walk on the spot"


def test_each_process_that_packages_are_like_takes_a_long_walk():
    assert {process_of(name) for name in OF_EACH_PROCESS} == set(map(process_of, all_shipped()))


def process_of(name: str) -> str:
    """Return the process of the house that a package is like."""
    folder = SERVICES / name
    if not (folder / "process.yaml").exists():  # a district's
        folder = SERVICES / lent(name).package.id
    return (folder / "process.yaml").read_text("utf-8").split("like:")[1].split()[0]
