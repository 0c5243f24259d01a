"""What a scope leaves behind: audit leaves, looks, emergencies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from madang.access import models, records
from madang.access.api import (
    AccessDenied,
    Actor,
    NoPurpose,
    emergencies,
    emergency,
    looks_at,
    maintenance,
    purpose,
    query,
    review,
)
from madang.kernel import audit, times
from madang.kernel.audit_check import verify
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.models import AuditEntry, OutboxEntry
from tests.access.conftest import CLERK, JOB, MAPO, OFFICER, OPERATOR
from tests.access.register.models import Resident, Visit

pytestmark = pytest.mark.django_db
PRIVACY = Actor("account:70", "seo", frozenset({"privacy-officer"}), aal=2)


def leaves() -> list[dict]:
    return [
        {"actor": e.actor, "object": e.object, "purpose": e.purpose, **json.loads(e.detail)}
        for e in AuditEntry.objects.filter(verb="access.decide").order_by("at", "id")
    ]


def looked(person: Resident) -> list[tuple[str, str]]:
    return [(look.actor, look.dataset) for look in looks_at(str(person.pk))]


def test_each_decision_is_a_leaf_with_its_policies(people):
    with purpose(CLERK, "serve-resident", case="C-9"):
        list(Resident.objects.all())
        Resident.objects.count()
        with pytest.raises(AccessDenied), transaction.atomic():
            Visit.objects.filter(pk=0).update(note="x")
    read, change = leaves()[0], leaves()[-1]
    assert read["actor"] == CLERK.id
    assert read["object"] == "dataset:register.resident"
    assert read["purpose"] == "serve-resident"
    assert read["policies"] == ["register.clerk"]
    assert read["rows"] == ["own-districts"]
    assert read["columns"] == ["name", "plain"]
    assert read["case"] == "C-9"
    assert change["object"] == "dataset:register.visit"
    assert len({(e["object"], e["action"]) for e in leaves()}) == len(leaves())


def test_a_denial_is_a_leaf_too(people):
    with purpose(OPERATOR, "serve-resident"), pytest.raises(AccessDenied):
        Resident.objects.count()
    assert [leaf["allowed"] for leaf in leaves()] == [False]


def test_the_leaves_are_in_the_log_that_is_verified(people):
    with purpose(OFFICER, "serve-resident"):
        list(Resident.objects.all())
    audit.seal_audit()
    assert verify().ok
    look = looks_at(str(people[0].pk))[0]
    assert audit.prove_inclusion(look.decision).entry == look.decision


READS = {
    "rows": lambda: list(Resident.objects.filter(district=MAPO)),
    "values": lambda: list(Resident.objects.filter(district=MAPO).values("family_name")),
    "a slice": lambda: list(Resident.objects.order_by("district", "-id").values("phone")[3:]),
    "iterator": lambda: list(Resident.objects.filter(district=MAPO).iterator()),
    "raw": lambda: list(
        Resident.objects.raw("SELECT * FROM register_resident WHERE district = %s", [MAPO])
    ),
    "grouped": lambda: list(
        Resident.objects.filter(district=MAPO).order_by().values("family_name").distinct()
    ),
    "union": lambda: list(
        Resident.objects.order_by()
        .filter(district=MAPO)
        .values_list("phone")
        .union(Resident.objects.order_by().filter(district=MAPO).values_list("family_name"))
    ),
    "joined": lambda: list(
        Visit.objects.filter(resident__district=MAPO).select_related("resident")
    ),
    "values across": lambda: list(
        Visit.objects.filter(resident__district=MAPO).values("resident__family_name")
    ),
    "prefetched": lambda: list(Resident.objects.filter(district=MAPO).prefetch_related("visits")),
}


@pytest.mark.parametrize("way", READS.values(), ids=READS.keys())
def test_whoever_was_seen_can_read_who_looked(people, way):
    with purpose(OFFICER, "serve-resident", case="C-3"):
        way()
    for i, person in enumerate(people):
        seen = {actor for actor, _ in looked(person)}
        assert seen == ({OFFICER.id} if i % 2 == 0 else set()), person.pk
    look = looks_at(str(people[0].pk))[0]
    assert look.purpose_title == "To serve you"
    assert look.legal_basis == "Act 5"
    assert look.case == "C-3"
    assert look.columns == ("contact", "name", "plain")


def test_counting_looks_at_nobody(people):
    with purpose(OFFICER, "serve-resident"):
        Resident.objects.filter(family_name="Kim").count()
        Resident.objects.filter(family_name="Kim").exists()
    assert not models.Look.objects.exists()


def test_many_reads_in_one_scope_are_one_look_per_data_set(people):
    with purpose(OFFICER, "serve-resident"):
        for one in people:
            Resident.objects.get(pk=one.pk)
        list(Visit.objects.all())
    assert sorted(looked(people[0])) == [
        (OFFICER.id, "register.resident"), (OFFICER.id, "register.visit"),
    ]  # fmt: skip


def test_a_look_at_oneself_is_no_look(people):
    me = Actor("account:1", person=str(people[0].pk))
    with purpose(me, "own-data"):
        assert Resident.objects.count() == len(list(Resident.objects.all())) == 1
    assert looked(people[0]) == []
    for_child = replace(me, on_behalf_of=str(people[1].pk))
    with purpose(for_child, "own-data"):
        list(Resident.objects.all())
    assert looked(people[1]) == [("account:1", "register.resident")]


def test_a_job_over_many_is_one_entry_and_all_can_read_it(people, monkeypatch):
    monkeypatch.setattr(records, "FEW", 3)
    with purpose(JOB, "count-residents"):
        list(Resident.objects.all())
    assert models.Look.objects.get().of_everybody
    assert not models.LookSubject.objects.exists()
    assert all(looked(one) == [(JOB.id, "register.resident")] for one in people)
    with purpose(JOB, "count-residents"):
        list(Resident.objects.all()[:2])
    assert len(looked(people[0])) == 2
    assert len(looked(people[5])) == 1


def test_what_happens_with_every_request_is_one_leaf_and_no_look(people):
    for _ in range(3):
        with purpose(JOB, "every-request"):
            list(Resident.objects.all())
    assert len(leaves()) == 1
    assert not models.Look.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failed_scope_pays_what_it_owes_when_the_next_opens(people):
    work = purpose(OFFICER, "serve-resident")
    with pytest.raises(ZeroDivisionError), transaction.atomic(), work:
        list(Resident.objects.all())
        raise ZeroDivisionError
    assert looked(people[0]) == []
    records.write_owed()
    assert looked(people[0]) == [(OFFICER.id, "register.resident")]
    assert len(leaves()) == 1


@pytest.mark.asvs("7.5.3")
def test_an_emergency_needs_a_reason_and_strength(people):
    with purpose(OFFICER, "emergency"), pytest.raises(NoPurpose, match="reason"):
        list(Resident.objects.all())
    weak = replace(OFFICER, aal=1)
    with purpose(weak, "emergency", reason="fire"), pytest.raises(AccessDenied):
        list(Resident.objects.all())
    with purpose(OPERATOR, "emergency", reason="fire"), pytest.raises(AccessDenied):
        list(Resident.objects.all())
    assert not models.Emergency.objects.exists()


def test_an_emergency_is_told_at_once_and_reviewed_by_another(people):
    with purpose(OFFICER, "emergency", reason="gas leak, house 7") as scope:
        row = Resident.objects.get(pk=people[1].pk)
        assert row.phone == "010-1"
        told = OutboxEntry.objects.get(name="access.emergency_opened")
        assert scope.decision_id("register.resident", "read") in told.payload
    (item,) = emergencies(PRIVACY)
    assert (item.reason, item.people, item.is_overdue) == ("gas leak, house 7", 1, False)
    assert (item.due_at - item.opened_at).total_seconds() == 24 * 3600
    assert looks_at(str(people[1].pk))[0].is_emergency
    with pytest.raises(Invalid):
        review(PRIVACY, item.id, "", "fine")
    with pytest.raises(Invalid):
        review(PRIVACY, item.id, "justified", " ")
    both = replace(OFFICER, roles=frozenset({"officer", "privacy-officer"}))
    with pytest.raises(Forbidden):
        review(both, item.id, "justified", "it was me")
    review(PRIVACY, item.id, "justified", "fire brigade confirms")
    with pytest.raises(Conflict):
        review(PRIVACY, item.id, "justified", "once more")
    assert emergencies(PRIVACY) == []
    assert emergency(PRIVACY, item.id).finding == "justified"
    with pytest.raises(Forbidden):
        emergencies(Actor("account:1", roles=frozenset({"administrator"}), aal=2))


def told_of() -> list[list[str]]:
    rows = OutboxEntry.objects.filter(name="access.subjects_looked_at").order_by("id")
    return [json.loads(row.payload)["subjects"] for row in rows]


def look_in_an_emergency(case: str = "", *people: Resident) -> None:
    with purpose(OFFICER, "emergency", reason="gas leak, house 7", case=case):
        list(Resident.objects.filter(pk__in=[one.pk for one in people]))
        list(Visit.objects.filter(resident__in=[one.pk for one in people]))


def test_who_was_looked_at_is_told_once_for_each_reason(people, monkeypatch):
    first, second = sorted(people[:2], key=lambda one: str(one.pk))
    begun = times.now()
    look_in_an_emergency("", first)
    assert told_of() == [[str(first.pk)]], "two data sets, one look"
    look_in_an_emergency("", first, second)
    assert told_of()[1:] == [[str(second.pk)]]
    look_in_an_emergency("C-2", first)
    assert told_of()[2:] == [[str(first.pk)]]
    monkeypatch.setattr(times, "now", lambda: begun + records.TOLD_FOR + timedelta(minutes=5))
    look_in_an_emergency("", first)
    assert told_of()[3:] == [[str(first.pk)]]


def test_many_people_looked_at_are_told_in_several_events(people, monkeypatch):
    monkeypatch.setattr(records, "FEW", 4)
    look_in_an_emergency("", *people)
    assert [len(part) for part in told_of()] == [4, 2]
    assert {one for part in told_of() for one in part} == {str(one.pk) for one in people}


def test_nobody_is_told_where_no_policy_says_so(people):
    with purpose(OFFICER, "serve-resident"):
        list(Resident.objects.all())
    assert looked(people[0])
    assert told_of() == []


def test_a_question_answers_with_all_it_hangs_on(people):
    found = query(
        "register.resident",
        fields=("family_name", "phone", "district"),
        where={"family_name": "Kim"},
        actor=CLERK,
        purpose="serve-resident",
        case="C-5",
    )
    assert found.rows == [{"family_name": "Kim", "district": MAPO}] * 2
    assert found.columns == ("family_name", "district")
    assert found.masked == ("phone",)
    assert found.rows_filter == ("own-districts",)
    assert AuditEntry.objects.get(pk=found.decision_id).verb == "access.decide"
    assert looked(people[0]) == [(CLERK.id, "register.resident")]
    ask = {"actor": CLERK, "purpose": "serve-resident"}
    with pytest.raises(Invalid, match="no column"):
        query("register.resident", fields=("shoe_size",), **ask)
    with pytest.raises(NotFound):
        query("register.nothing", **ask)
    with pytest.raises(AccessDenied):
        query("register.resident", fields=("register_number",), **ask)
    with pytest.raises(AccessDenied):
        query("register.resident", where={"phone": "010-0"}, **ask)


def test_maintenance_leaves_no_look(people):
    with maintenance("test"):
        list(Resident.objects.all())
    assert not models.Look.objects.exists()
    assert leaves() == []
