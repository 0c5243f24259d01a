"""A case from its opening to its end: once for each key, one after the other, on a chain."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from madang.access.api import Actor, maintenance, system_actor
from madang.cases import api, case_triggers
from madang.cases.api import Asked
from madang.cases.case_errors import CaseChanged, NotPossible, UnknownCase
from madang.cases.models import Case, CaseDecision, CaseEvent, CaseFact
from madang.kernel.errors import Conflict, Forbidden, Invalid
from tests.cases.packages import lent
from tests.cases.people import KIM, LEE, clerk, officer
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}


def opened(key: str = "k1", actor: Actor = KIM, **more):
    given = {
        "package_hash": lent().hash,
        "subject": KIM.person,
        "facts": FACTS,
        "actor": actor,
        "channel": "web",
        "key": key,
    }
    return api.open_case(**given | more)


def test_a_case_is_opened_with_number_state_and_deadline():
    made = opened()
    assert made.state == "received"
    assert made.number.startswith("2026-") or made.number[:4].isdigit()
    assert made.due is not None
    assert not made.decided
    found = api.case_of(made.number)
    assert (found.subject, found.service, found.version) == (
        KIM.person,
        "resident-registration-copy",
        1,
    )


def test_the_same_key_opens_one_case_and_another_body_is_refused():
    first, again = opened(), opened()
    assert (again.number, again.is_replay) == (first.number, True)
    with pytest.raises(Conflict):
        opened(facts=FACTS | {"copies": 3})
    assert len(rows(Case)) == 1
    assert opened(key="k2").number != first.number


def test_nobody_applies_for_somebody_else_without_a_right():
    with pytest.raises(Forbidden):
        opened(actor=LEE)
    with pytest.raises(Forbidden):
        opened(actor=system_actor("cases"))
    assert opened(actor=clerk(), channel="counter").state == "received"


def test_unknown_facts_channels_and_register_facts_are_refused_field_by_field():
    with pytest.raises(Invalid) as error:
        opened(facts=FACTS | {"is_registered": True, "colour": "red"}, channel="app")
    assert set(error.value.fields) == {"is_registered", "colour", "channel"}


def test_an_officer_refuses_with_reasons_and_the_record_says_who_and_why():
    number = opened().number
    with pytest.raises(NotPossible) as error:
        api.act(number, "refuse", officer(), Asked())
    assert ("needs", "reasons") in error.value.why
    acted = api.act(
        number, "refuse", officer(), Asked(reasons="서울에 주민등록이 없습니다.", looked_s=42)
    )
    assert (acted.state, acted.outcome) == ("refused", "refused")
    decision = rows(CaseDecision).get()
    assert (decision.decided_by, decision.outcome, decision.looked_s) == (
        "account:han",
        "refused",
        42,
    )
    assert decision.inputs["copies"]["source"] == "applicant"


def test_of_two_officers_the_second_learns_who_was_first_and_nothing_is_done():
    number = opened().number
    version = api.case_of(number).version
    api.act(number, "assign", officer("han"), Asked(target="me", expects_version=version))
    with pytest.raises(CaseChanged, match="account:han") as error:
        api.act(number, "refuse", officer("cho"), Asked(reasons="x", expects_version=version))
    assert error.value.version == version + 1
    assert api.case_of(number).state == "in-review"


def test_a_verb_sent_twice_has_one_effect():
    number = opened().number
    asked = Asked(reasons="사본이 필요합니다", missing=("copies",), key="ask-1")
    first = api.act(number, "ask", officer(), asked)
    again = api.act(number, "ask", officer(), asked)
    assert (again.version, again.is_replay) == (first.version, True)
    with pytest.raises(Conflict):
        api.act(number, "refuse", officer(), Asked(reasons="x", key="ask-1"))


def test_asking_stops_the_clock_and_an_answer_starts_it_again():
    number = opened().number
    api.act(number, "ask", officer(), Asked(reasons="몇 통입니까?", missing=("copies",)))
    assert api.case_of(number).due is None
    api.act(number, "answer", KIM, Asked(facts={"copies": 3}))
    assert api.case_of(number).due is not None
    versions = [(f.version, f.value) for f in api.facts_for(KIM, number) if f.name == "copies"]
    assert versions == [(1, 2), (2, 3)]


def test_whose_case_it_is_not_sees_none():
    number = opened().number
    for actor in (LEE, Actor()):
        with pytest.raises(UnknownCase):
            api.act(number, "withdraw", actor, Asked())
        with pytest.raises(UnknownCase):
            api.case_for(actor, number)
    elsewhere = officer(districts=frozenset({"11680"}))
    with pytest.raises(UnknownCase):
        api.case_for(elsewhere, number)
    assert api.case_for(KIM, number).number == number
    assert api.case_for(officer(), number).number == number


def test_an_officer_decides_nothing_of_their_own():
    number = opened().number
    self_served = officer("kim", person=KIM.person)
    with pytest.raises(NotPossible):
        api.act(number, "grant", self_served, Asked())


def test_an_appeal_goes_to_another_officer_than_the_first():
    number = opened().number
    api.act(number, "refuse", officer("han"), Asked(reasons="등록 없음"))
    api.act(number, "appeal", KIM, Asked(reasons="어제 전입했습니다"))
    with pytest.raises(NotPossible) as error:
        api.act(number, "refuse", officer("han"), Asked(reasons="여전히 없음"))
    assert error.value.why == (("barred", ""),)
    assert api.act(number, "refuse", officer("cho"), Asked(reasons="없음")).outcome == "refused"


def test_merged_cases_name_each_other():
    one, two = opened("k1").number, opened("k2").number
    api.act(one, "duplicate", officer(), Asked(links=(two,)))
    assert api.case_of(one).merged_into == two
    assert api.case_of(one).state == "moved"
    assert api.events_for(officer(), two)[-1].content == {"from": one}
    with pytest.raises(Invalid):
        api.act(two, "merge", officer(), Asked(links=(two,)))


def test_a_part_becomes_a_case_of_its_own():
    number = opened().number
    api.act(number, "split", officer(), Asked(reasons="두 가지 용건"))
    part = next(one for one in api.cases_of(KIM.person) if one.parent == number)
    assert part.received_at == api.case_of(number).received_at
    assert {f.name for f in api.facts_for(KIM, part.number)} == set(FACTS)


def test_the_chain_verifies_and_shows_what_was_changed_behind_its_back():
    number = opened().number
    api.act(number, "assign", officer(), Asked(target="me"))
    found = api.verify()
    assert (found.cases, found.events, found.faults) == (1, 2, ())
    with maintenance("tampering"):
        CaseFact.objects.filter(fact="copies").update(value=9)
    assert [fault.why for fault in api.verify().faults] == [
        "fact copies/1 is not the one that an event names"
    ]


def test_the_database_lets_nobody_change_or_delete_what_happened():
    opened()
    with maintenance("tampering"):
        with pytest.raises(DatabaseError, match=case_triggers.KEPT), transaction.atomic():
            CaseEvent.objects.update(verb="grant")
        with pytest.raises(DatabaseError, match=case_triggers.LASTS), transaction.atomic():
            CaseEvent.objects.all()._raw_delete("default")
    assert case_triggers.missing(connection) == []


def test_a_chain_cut_off_behind_the_triggers_back_is_found():
    number = opened().number
    api.act(number, "assign", officer(), Asked(target="me"))
    with maintenance("tampering"):
        case_triggers.remove(connection)
        CaseEvent.objects.filter(position=2)._raw_delete("default")
        case_triggers.install(connection)
    assert api.verify(number).faults[0].why == "the end is not the one that the case names"


def test_no_machine_refuses_even_in_the_database():
    opened()
    with maintenance("tampering"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.update(outcome="refused", decided_by="system:rules")
        case = Case.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseDecision.objects.create(
                case=case, subject=case.subject, at=case.received_at, outcome="refused",
                decided_by="system:clock", package=case.package, event="x",
            )  # fmt: skip
