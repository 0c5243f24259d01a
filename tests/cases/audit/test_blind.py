"""A sample of what rules granted, decided once more by an officer who does not know the outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from madang.access.api import Actor, purpose
from madang.access.errors import AccessDenied
from madang.cases import api, queues
from madang.cases.api import Asked
from madang.cases.audit import blind, drawing, findings, tasks
from madang.cases.audit.models import AuditDraw, AuditFinding, AuditItem, AuditTask
from madang.cases.audit.monitoring import sample_results
from madang.cases.case_explaining import explanation
from madang.cases.case_keeping import forget_closed
from madang.cases.case_looking import documents_for
from madang.cases.case_models import CaseDecision
from madang.cases.case_purposes import AUDIT
from madang.cases.errors import UnknownAudit, UnknownCase
from madang.cases.models import Case
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.models import OutboxEntry
from tests.cases.audit.sampled import NEXT_MONDAY, drawn, granted
from tests.cases.booking import MONDAY
from tests.cases.packages import lent
from tests.cases.people import KIM, clerk, officer
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HAN, CHO = officer("han"), officer("cho")


def taken(actor: Actor = HAN, *, planted: bool = False) -> AuditItem:
    """Give an officer an item, real or planted; the others of its kind are decided by nobody."""
    wanted = rows(AuditItem).filter(planted__isnull=not planted)
    rows(wanted).update(place="0")
    return rows(AuditItem).get(pk=blind.take(actor))


def test_many_granted_a_sample_drawn_a_person_disagrees_and_what_follows_is_chosen():
    numbers = granted(5)
    one = drawn()
    assert (one.population, sum(n for _all, n in one.strata.values())) == (5, 5)
    assert one.seed
    item = taken()
    found = blind.decide(HAN, item.pk, "refuse", "주민등록이 말소되었습니다")
    assert (found.machine, found.agrees, found.was_planted) == ("grant", False, False)
    assert found.number in numbers
    results = sample_results()
    assert (results["checked"], results["open"], results["wrong"]) == (1, 1, 0)
    assert results["state"] == "undetermined"
    (listed,) = findings.findings(CHO)
    assert (listed.kind, listed.decided, listed.reasons) == (
        "outcome", "refuse", "주민등록이 말소되었습니다",
    )  # fmt: skip
    settled = findings.settle(
        CHO, listed.id, "machine-wrong", ["correct-case", "review-rule", "propose-stop"], "맞습니다"
    )
    assert settled.verdict == "machine-wrong"
    assert api.case_of(found.number).state == "in-review", "opened again by the process's own verb"
    assert {one.kind for one in tasks.tasks()} == {"review-rule", "propose-stop"}
    names = set(rows(OutboxEntry).values_list("name", flat=True))
    assert {"cases.audit_disagreed", "cases.stop_proposed", "cases.sample_drawn"} <= names
    assert sample_results()["wrong"] == 1
    with pytest.raises(Conflict):
        findings.settle(CHO, listed.id, "machine-right", [], "doch nicht")


def test_a_draw_is_drawn_again_by_its_seed_and_once_a_period():
    granted(4)
    one = drawn()
    ids = set(rows(AuditItem).filter(planted__isnull=True).values_list("case_id", flat=True))
    assert set(drawing.redrawn(one).ids) == ids
    assert drawing.draw_due(NEXT_MONDAY) == []
    assert rows(AuditDraw).count() == 1


def test_what_an_officer_sees_before_deciding_has_no_outcome_anywhere():
    granted(3)
    drawn()
    item = taken()
    number = rows(AuditItem).filter(pk=item.pk).values_list("case__number", flat=True)[0]
    seen = blind.blind_case(HAN, item.pk)
    assert {fact.name for fact in seen.facts} == {
        "copy_kind", "copies", "show_numbers", "is_registered", "is_low_income",
    }  # fmt: skip
    assert number not in repr(seen)
    assert "granted" not in repr((seen.facts, seen.papers, seen.parameters))
    # by number it is nowhere else either, as long as they have it
    for look in (api.case_for, api.events_for, api.facts_for, explanation, documents_for):
        with pytest.raises(UnknownCase):
            look(HAN, number)
    assert queues.queue(HAN, number=number) == []
    with pytest.raises(UnknownCase):
        api.act(number, "reopen", HAN, Asked(reasons="neugierig"))
    with pytest.raises(UnknownAudit):
        blind.compared(HAN, item.pk)
    assert api.case_for(CHO, number).outcome == "granted", "others work on"
    blind.decide(HAN, item.pk, "grant", "등록되어 있습니다")
    assert api.case_for(HAN, number).outcome == "granted"
    assert blind.compared(HAN, item.pk).agrees


def test_the_purpose_of_a_blind_look_opens_no_decision_no_case_no_event():
    (number,) = granted(1)
    for model in (CaseDecision, Case):
        with purpose(HAN, AUDIT, case=number), pytest.raises(AccessDenied):
            model.objects.count()
    with purpose(HAN, AUDIT, case=number), pytest.raises(AccessDenied):
        AuditItem.objects.count()


def test_nobody_decides_again_what_they_worked_on_or_what_lies_elsewhere():
    (number,) = granted(1)
    drawn()
    rows(AuditItem).filter(planted__isnull=False).delete()
    api.act(number, "correct", HAN, Asked(facts={"copies": 1}, reasons="Tippfehler"))
    assert (blind.waiting(HAN), blind.take(HAN)) == (0, "")
    own = Actor("account:kim", "Kim", frozenset({"officer"}), person=api.case_of(number).subject,
                aal=2, ial=2)  # fmt: skip
    assert blind.take(own) == ""
    elsewhere = officer("x", departments=frozenset({"transport"}))
    assert blind.take(elsewhere) == ""
    assert blind.take(CHO)
    for who in (clerk(), KIM, Actor("account:w", "w", frozenset({"officer"}), aal=1)):
        with pytest.raises(Forbidden):
            blind.take(who)


def test_an_item_is_one_officers_and_their_word_stands():
    granted(2)
    drawn()
    item = taken()
    assert blind.take(HAN) == item.pk, "who has one gets it again"
    with pytest.raises(UnknownAudit):
        blind.blind_case(CHO, item.pk)
    with pytest.raises(UnknownAudit):
        blind.decide(CHO, item.pk, "grant", "x")
    with pytest.raises(Invalid) as wrong:
        blind.decide(HAN, item.pk, "maybe", " ", fee=-1)
    assert set(wrong.value.fields) == {"outcome", "reasons", "fee"}
    blind.decide(HAN, item.pk, "grant", "x")
    with pytest.raises(Conflict):
        blind.decide(HAN, item.pk, "refuse", "anders")
    assert rows(AuditFinding).count() == 0


def test_a_fee_reckoned_otherwise_is_a_finding_too():
    granted(1)
    drawn()
    item = taken()
    blind.decide(HAN, item.pk, "grant", "x", fee=800)
    assert rows(AuditFinding).get().kind == "fee"


def test_seconds_looked_are_those_between_the_first_look_and_the_decision(clock):
    granted(1)
    drawn()
    item = taken()
    clock(MONDAY + timedelta(seconds=95))
    assert blind.decide(HAN, item.pk, "grant", "x").looked_s == 95


def test_a_planted_case_looks_like_any_other_and_says_who_only_stamps():
    granted(20)
    drawn()
    planted = rows(AuditItem).filter(planted__isnull=False)
    assert len(planted) == 1, "5 % of 20"
    item = taken(planted=True)
    seen = blind.blind_case(HAN, item.pk)
    real = blind.blind_case(CHO, taken(CHO).pk)
    assert {f.name for f in seen.facts} == {f.name for f in real.facts}
    assert {f.source for f in seen.facts} == {f.source for f in real.facts}
    found = blind.decide(HAN, item.pk, "grant", "passt")
    assert (found.agrees, found.was_planted, found.finding) == (True, True, "")
    assert sample_results()["catch"] == {
        "aim": 0.9, "planted": 1, "caught": 0, "officers": 0, "median": None,
        "state": "undetermined",
    }  # fmt: skip
    assert sample_results()["checked"] == 0, "planted cases say nothing of the rules"


def test_who_knows_a_case_gives_it_back_and_never_gets_it_again():
    granted(1)
    drawn()
    rows(AuditItem).filter(planted__isnull=False).delete()
    item = blind.take(HAN)
    blind.give_back(HAN, item)
    assert blind.take(HAN) == ""
    assert blind.take(CHO) == item


def test_an_item_that_nobody_decides_goes_to_somebody_else(clock):
    granted(1)
    drawn()
    item = taken()
    assert blind.waiting(CHO) == len(rows(AuditItem)) - 1
    clock(MONDAY + timedelta(days=8))
    assert blind.take(CHO) == item.pk


def test_nobody_settles_their_own_finding_and_a_no_has_reasons():
    granted(1)
    drawn()
    blind.decide(HAN, taken().pk, "refer", "unklar")
    (found,) = findings.findings(CHO)
    with pytest.raises(Forbidden):
        findings.settle(HAN, found.id, "machine-right", [], "ich")
    with pytest.raises(Invalid) as wrong:
        findings.settle(CHO, found.id, "machine-right", ["propose-stop"], "")
    assert set(wrong.value.fields) == {"follows", "said"}
    elsewhere = officer("x", departments=frozenset({"transport"}))
    assert findings.findings(elsewhere) == []
    with pytest.raises(UnknownAudit):
        findings.finding(elsewhere, found.id)
    findings.settle(CHO, found.id, "machine-right", [], "Register stimmt")
    results = sample_results()
    assert (results["wrong"], results["open"], results["checked"]) == (0, 0, 1)


def test_a_task_is_answered_once_by_its_department():
    tasks.open_task(
        "drift", "s", "welfare", {"measure": "auto", "week": "w"}, about="auto", mark="w"
    )
    assert not tasks.open_task("drift", "s", "welfare", {}, about="auto", mark="v"), "still open"
    (task,) = tasks.tasks(officer("a", departments=frozenset({"welfare"})))
    with pytest.raises(Forbidden):
        tasks.close_task(officer("b", departments=frozenset({"finance"})), task.id, "x")
    with pytest.raises(Invalid):
        tasks.close_task(HAN, task.id, " ")
    tasks.close_task(HAN, task.id, "Neues Gesetz")
    with pytest.raises(Conflict):
        tasks.close_task(HAN, task.id, "noch einmal")
    assert not tasks.open_task("drift", "s", "welfare", {}, about="auto", mark="w"), "same week"
    assert tasks.open_task("drift", "s", "welfare", {}, about="auto", mark="v")
    assert rows(AuditTask).count() == 2


def test_the_database_keeps_decisions_without_a_person_out():
    granted(1)
    drawn()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows(AuditItem).update(decided_at=MONDAY)


def test_what_was_audited_goes_with_its_case(clock):
    granted(2)
    drawn()
    blind.decide(HAN, taken().pk, "refuse", "x")
    clock(MONDAY.replace(year=2032))
    assert forget_closed() == 2
    assert (rows(AuditFinding).count(), rows(AuditItem).filter(planted__isnull=True).count()) == (
        0,
        0,
    )


def test_a_register_that_contradicts_the_applicant_brings_the_case_to_a_person():
    from madang.cases.case_dossier import Dossier

    (number,) = granted(1)
    with purpose(officer(), "work-cases", case=number):
        case = Case.objects.get(number=number)
        dossier = Dossier.of(case)
    assert dossier.conflicts == set()
    dossier.learn({"copies": 3}, "register:residents", MONDAY)
    assert dossier.conflicts == {"copies"}
    dossier.learn({"copies": 2}, "office", MONDAY)
    assert dossier.conflicts == set(), "an officer has looked"


def test_why_a_case_went_to_a_person_is_kept_with_it():
    made = api.open_case(
        package_hash=lent().hash,
        subject=KIM.person, facts={"copy_kind": "household", "copies": 11, "show_numbers": False},
        actor=KIM, channel="web", key="k",
    )  # fmt: skip
    case = rows(Case).get(number=made.number)
    assert set(case.why_person.split(",")) == {"missing", "out-of-range"}
