"""Decided at once where law, facts and money allow it; by a person everywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.db import transaction

from madang.access.api import Actor
from madang.cases import api, case_jobs, case_money, registers
from madang.cases.api import Asked
from madang.cases.case_explaining import explanation
from madang.cases.models import Case, CaseDecision, CaseDocument, RegisterFact
from madang.cases.register_feed import Sent, checked_key, new_key, read_file, take_in
from madang.kernel import times
from madang.kernel.errors import BadInput, Forbidden, Unauthenticated
from madang.kernel.models import OutboxEntry
from madang.records.events import PaymentCaptured
from madang.services import api as services
from madang.services.packages.service import Evidence
from tests.cases.packages import lent
from tests.cases.people import KIM, officer
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}
THEN = datetime(2026, 1, 5, 3, tzinfo=UTC)


@pytest.fixture
def known():
    """Registers that say all that the service asks."""
    take_in("residents", [Sent(KIM.person, "is_registered", True, THEN)], "test")
    take_in("welfare", [Sent(KIM.person, "basic_security", True, THEN)], "test")


def opened(key="k", **more):
    given = {
        "package_hash": lent().hash, "subject": KIM.person, "facts": FACTS, "actor": KIM,
        "channel": "web", "key": key,
    }  # fmt: skip
    return api.open_case(**given | more)


def test_with_all_facts_and_no_fee_the_rules_grant_at_once(known):
    made = opened()
    assert (made.state, made.outcome, made.decided, made.fee) == ("granted", "granted", True, 0)
    decision = rows(CaseDecision).get()
    assert (decision.decided_by, decision.outcome) == ("system:rules", "granted")
    assert decision.said["rows"] == ["outcome.registered"]
    assert decision.inputs["is_registered"]["source"] == "register:residents"
    assert decision.said["reasons"]["outcome"]
    assert rows(CaseDocument).get().document == "registration-copy"
    assert api.verify().faults == ()


def test_what_the_rules_would_refuse_waits_for_a_person(known):
    take_in("residents", [Sent(KIM.person, "is_registered", False, THEN + timedelta(1))], "test")
    made = opened()
    assert (made.state, made.outcome, made.decided) == ("received", "", False)


@pytest.mark.parametrize("way", ["person", "consent", "doubt", "switch", "discretion", "class"])
def test_each_reason_alone_brings_the_case_to_a_person(known, way):
    more = {"wants_person": True} if way == "person" else {}
    if way == "consent":
        more = {"consent": False}
    if way == "doubt":
        more = {"facts": FACTS | {"copies": 11}}
    if way == "discretion":
        package = lent()
        automation = package.process.automation
        changed = lent(automation=msgspec.structs.replace(automation, discretion=True))
        more = {"package_hash": changed.hash}
    if way == "class":
        more = {"package_hash": lent(decision_class="R2").hash}
    if way == "switch":
        services_stop("resident-registration-copy")
    assert opened(**more).state == "received"


def services_stop(service: str) -> None:
    from madang.services.models import AutomationStop

    AutomationStop.objects.create(
        service=service, stopped_at=times.now(), stopped_by="account:x", reason="doubt"
    )
    assert not services.automation_is_on(service)


def test_a_fact_that_no_register_knows_brings_the_case_to_a_person():
    take_in("welfare", [Sent(KIM.person, "basic_security", True, THEN)], "test")
    assert opened().state == "received"


def with_paper_of_tenants() -> str:
    """Return the hash of a service that wants a paper only of whom a register calls a tenant."""
    package = lent().package
    service = package.service
    tenant = msgspec.structs.replace(
        next(fact for fact in service.facts if fact.id == "is_registered"),
        id="is_tenant", title="세입자 여부", register="residents.is_tenant",
    )  # fmt: skip
    paper = Evidence(id="lease", title="임대차계약서", when="is_tenant")
    service = msgspec.structs.replace(
        service, facts=(*service.facts, tenant), evidence=(*service.evidence, paper)
    )
    return api.lend(replace(package, service=service), "test-paper-of-tenants").hash


@pytest.mark.parametrize(
    ("said", "state"), [(False, "granted"), (True, "received"), (None, "received")]
)
def test_a_paper_that_a_silent_register_would_ask_for_brings_the_case_to_a_person(
    known, said, state
):
    if said is not None:
        take_in("residents", [Sent(KIM.person, "is_tenant", said, THEN)], "test")
    assert opened(package_hash=with_paper_of_tenants()).state == state
    why = rows(Case).get().why_person.split(",")
    assert ("evidence" in why) is (state == "received")


def test_a_paid_fee_goes_on_with_the_case_once_however_often_it_is_told(known):
    take_in("welfare", [Sent(KIM.person, "basic_security", False, THEN + timedelta(1))], "test")
    made = opened()
    assert (made.state, made.fee) == ("received", 800)
    assert made.pay_url
    case = rows(Case).get()
    event = PaymentCaptured(
        intent=case.intent, case=made.number, service="x", amount=800, currency="KRW"
    )
    for _ in range(3):
        case_money.captured(event)
    found = api.case_of(made.number)
    assert (found.state, found.paid, found.version) == ("granted", 800, 3)
    assert len(rows(CaseDecision)) == 1


def test_a_crash_between_payment_and_case_leaves_nothing_half_and_heals(known, monkeypatch):
    take_in("welfare", [Sent(KIM.person, "basic_security", False, THEN + timedelta(1))], "test")
    number = opened().number
    intent = rows(Case).get().intent
    event = PaymentCaptured(intent=intent, case=number, service="x", amount=800, currency="KRW")
    saved = case_money.records.refund
    from madang.cases import case_acting

    def dies(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(case_acting, "decide_if_settled", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            case_money.captured(event)
    assert (api.case_of(number).paid, api.case_of(number).version) == (0, 1)
    case_money.captured(event)
    assert api.case_of(number).state == "granted"
    assert saved is case_money.records.refund


def test_an_officer_who_departs_from_the_proposal_says_why_and_it_is_kept():
    number = opened().number
    api.act(number, "refuse", officer(), Asked(reasons="x", departs="새 서류"))
    decision = rows(CaseDecision).get()
    assert (decision.proposal, decision.departs) == ("referred", "새 서류")


def test_an_explanation_names_rule_law_facts_and_where_they_came_from(known):
    found = explanation(KIM, opened().number)
    assert found is not None
    assert found.by_rules
    assert found.rules[0].because == "서울시에 주민등록이 되어 있습니다."
    assert found.rules[0].law == "주민등록법 제29조"
    sources = {fact.title: fact.source for fact in found.facts}
    assert sources["서울시 주민등록 여부"] == "register:residents"
    assert found.parameters[0].law == "주민등록법 시행규칙 제18조"


def test_no_case_no_look_in_a_register_without_consent(known):
    opened(consent=False)
    names = {fact.name for fact in api.facts_for(KIM, rows(Case).get().number)}
    assert names == set(FACTS)


def test_identity_answers_for_the_person_register_what_it_knows():
    from tests.identity.residents import resident

    person = resident("김하늘").person_id
    package = lent().package
    import msgspec

    fact = msgspec.structs.replace(
        package.service.facts[0], id="born", type="date", source="register",
        register="residents.birth_date",
    )  # fmt: skip
    service = msgspec.structs.replace(package.service, facts=(fact,))
    from dataclasses import replace

    said = registers.look_up(replace(package, service=service), person, "2026-0000001-0")
    assert (said["born"].value, said["born"].source) == ("1980-05-01", "register:residents")


def test_a_register_is_written_with_its_own_key_once_and_never_by_something_older():
    key = new_key("residents", "population office", by="account:x")
    assert checked_key("residents", key).owner == "population office"
    with pytest.raises(Unauthenticated):
        checked_key("welfare", key)
    one = Sent("p", "is_registered", True, THEN)
    assert take_in("residents", [one], "x") == 1
    assert take_in("residents", [one], "x") == 0
    assert take_in("residents", [Sent("p", "is_registered", False, THEN - timedelta(1))], "x") == 0
    assert rows(RegisterFact).get().value is True


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("p,is_registered,true,2026-01-05", "no offset"),
        ("p,is_registered,true,yesterday", "no moment"),
        (",is_registered,true,2026-01-05T00:00:00+09:00", "needs subject"),
        ("p,is_registered", "needs subject"),
    ],
)
def test_a_wrong_line_of_a_file_is_named(tmp_path, line, said):
    path = tmp_path / "facts.csv"
    path.write_text(f"subject,field,value,as_of\n{line}\n")
    with pytest.raises(BadInput, match=f"facts.csv:2: .*{said}"):
        read_file(path)


def test_a_late_case_is_announced_once():
    number = opened().number
    with times.fixed_clock(times.now() + timedelta(days=10)):
        case_jobs.clock()
        case_jobs.clock()
    told = OutboxEntry.objects.filter(name="cases.overdue")
    assert [number in one.payload for one in told] == [True]


def test_a_timer_reminds_once_for_each_stay():
    number = opened().number
    api.act(number, "ask", officer(), Asked(reasons="?", missing=("copies",)))
    with times.fixed_clock(times.now() + timedelta(days=12)):
        case_jobs.clock()
        case_jobs.clock()
    told = OutboxEntry.objects.filter(name="cases.notice_due", payload__contains="reminder")
    assert told.count() == 1


def test_a_temporary_holiday_moves_open_deadlines(monkeypatch):
    made = opened()
    assert case_jobs.recount() == 0
    from madang.cases import case_clocks

    real = case_clocks.deadline_of

    def with_holiday(received, limit, **more):
        found = real(received, limit, **more)
        from dataclasses import replace

        return found and replace(found, due=found.due + timedelta(days=1))

    monkeypatch.setattr(case_clocks, "deadline_of", with_holiday)
    assert case_jobs.recount() == 1
    assert api.case_of(made.number).due == made.due + timedelta(days=1)


def test_only_staff_says_when_something_reached_the_city():
    with pytest.raises(Forbidden):
        opened(received_at=THEN)
    desk = Actor("account:desk", roles=frozenset({"clerk"}), aal=2, ial=2)
    made = opened(actor=desk, channel="post", received_at=THEN)
    assert api.case_of(made.number).received_at == THEN
