"""The watch on this instance: reports counted, tasks opened, pages for those who answer for it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.test import Client

from madang.cases import api
from madang.cases.api import Asked
from madang.cases.audit import aims, blind, kept, monitoring
from madang.cases.audit.decisions import decisions, facts_of
from madang.cases.audit.models import AuditItem, AuditReport, AuditTask
from madang.cases.models import Case, CaseDecision
from madang.cases.register_feed import Sent, take_in
from madang.city.api import profile
from madang.kernel.models import OutboxEntry
from tests.cases.audit.sampled import FACTS, THEN, drawn, granted, person
from tests.cases.booking import MONDAY
from tests.cases.packages import lent
from tests.cases.people import officer
from tests.identity.residents import client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HAN = officer("han")


def to_person(number: int) -> str:
    return api.open_case(
        package_hash=lent().hash, subject=person(number).person, facts=FACTS,
        actor=person(number), channel="phone", key="k",
    ).number  # fmt: skip


def test_decisions_become_rows_without_whose_they_are():
    granted(2)
    take_in("welfare", [Sent(person(50).person, "basic_security", True, THEN)], "test")
    number = to_person(50)
    api.act(number, "ask", HAN, Asked(reasons="?"))
    api.act(number, "answer", HAN, Asked())
    api.act(number, "refuse", HAN, Asked(reasons="nicht registriert"))
    api.act(number, "appeal", HAN, Asked(reasons="doch"))
    api.act(number, "grant", officer("cho"), Asked(reasons="jetzt registriert"))
    found = decisions(MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
    assert found.height == 3
    assert "subject" not in found.columns
    (row,) = found.filter(found["decided_by"] == "person").to_dicts()
    assert (row["outcome"], row["appealed"], row["overturned"], row["asked"]) == (
        "refused", True, True, True,
    )  # fmt: skip
    assert (row["why_person"], row["channel"]) == ("missing", "phone")
    known = facts_of(lent().package.id, MONDAY - timedelta(days=1), MONDAY + timedelta(days=1))
    assert known.height == 3
    assert "fact:is_registered" in known.columns
    assert "fact:show_numbers" not in known.columns, "no rule rests on it"


def test_age_language_and_origin_are_those_of_the_person_and_nothing_more():
    from madang.access.api import Actor

    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "", person=account.person_id, ial=2, aal=2)
    api.open_case(
        package_hash=lent().hash, subject=actor.person, facts=FACTS, actor=actor, channel="web",
        key="k",
    )  # fmt: skip
    number = rows(Case).get().number
    api.act(number, "refuse", HAN, Asked(reasons="x"))
    (row,) = decisions(MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)).to_dicts()
    assert (row["age"], row["age_band"]) == (46, "35-49")
    assert account.person_id not in str(row)


def test_the_reports_are_kept_and_what_drifts_opens_one_task_and_one_event(clock):
    """Fourteen weeks at ten cases by rules, then a week in which people decided all."""
    granted(6)
    numbers = list(rows(Case).values_list("pk", flat=True))
    weeks = [MONDAY - timedelta(weeks=14 - n // 10) for n in range(150)]
    copied(numbers[0], weeks)
    clock(MONDAY + timedelta(days=7))
    monitoring.watch(profile().today())
    assert set(rows(AuditReport).values_list("kind", flat=True)) == {"share", "drift", "groups"}
    drift = kept.newest("drift").content
    auto = next(one for one in drift["charts"] if one["measure"] == "auto")
    assert auto["baseline_weeks"] == 12
    assert auto["state"] == "drifting"
    task = rows(AuditTask).get(kind="drift")
    assert task.values["measure"] == "auto"
    assert task.department == "administration"
    monitoring.watch(profile().today())
    assert rows(AuditTask).filter(kind="drift").count() == 1
    told = rows(AuditTask).filter(kind__in=("drift", "facts")).count()
    assert rows(OutboxEntry).filter(name="cases.decisions_drifted").count() == told


def copied(key: str, weeks: list) -> None:
    """Put copies of a decided case into weeks; those of the newest were decided by a person."""
    from madang.access.api import maintenance
    from madang.kernel.events import new_id

    with maintenance("test"):
        case, decision = Case.objects.get(pk=key), CaseDecision.objects.get(case_id=key)
        CaseDecision.objects.exclude(pk=decision.pk).update(at=weeks[0])
        cases, taken = [], []
        for number, at in enumerate(weeks):
            made = new_id()
            by = "account:x" if at == weeks[-1] else "system:rules"
            cases.append(
                Case(**{f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
                     | {"id": made, "number": f"t{number}", "intake": f"t{number}",
                        "received_at": at, "decided_by": by})
            )  # fmt: skip
            taken.append(
                CaseDecision(**{f.attname: getattr(decision, f.attname)
                                for f in CaseDecision._meta.concrete_fields}
                             | {"id": new_id(), "case_id": made, "at": at, "decided_by": by})
            )  # fmt: skip
        Case.objects.bulk_create(cases)
        CaseDecision.objects.bulk_create(taken)


def test_the_dashboard_opens_to_those_who_answer_for_it_only():
    for role, status in (("officer", 200), ("privacy-officer", 200), ("operator", 200),
                         ("clerk", 403)):  # fmt: skip
        assert client_of(staff(role, role)).get("/audits/").status_code == status
    assert client_of(resident("김하늘")).get("/audits/").status_code == 403
    privacy = client_of(staff("p2", "privacy-officer"))
    for path in ("/audits/next/", "/audits/findings/"):
        assert privacy.get(path).status_code == 403


def test_an_officer_goes_from_the_dashboard_to_a_finding_and_another_settles_it():
    numbers = granted(3)
    drawn()
    monitoring.watch(profile().today() + timedelta(days=1))
    rows(AuditItem).filter(planted__isnull=False).delete()
    han, cho = (client_of(staff(name, "officer")) for name in ("han", "cho"))
    page = han.get("/audits/").content.decode()
    assert "/audits/next/" in page
    assert "100" in page
    assert han.get("/audits/groups/").status_code == 200
    address = han.post("/audits/next/")["Location"]
    blind_page = han.get(address)
    body = blind_page.content.decode()
    assert "no-store" in blind_page["Cache-Control"]
    assert "통수" in body
    assert "주민등록법" in body
    assert not any(number in body for number in numbers)
    for word in ("발급됨", "승인됨", "granted", "registration-copy", "system:rules"):
        assert word not in body, word
    number = rows(AuditItem).filter(reviewer__gt="").values_list("case__number", flat=True)[0]
    for path in (
        f"/casework/{number}/",
        f"/api/v1/cases/{number}",
        f"/api/v1/cases/{number}/events",
        f"/api/v1/cases/{number}/explanation",
    ):
        assert han.get(path).status_code == 404, path  # fmt: skip
    assert "<tbody" not in han.get(f"/casework/?number={number}").content.decode()
    assert cho.get(address).status_code == 404
    wrong = han.post(address, {"act": "decide", "outcome": "refuse", "reasons": ""})
    assert wrong.status_code == 422
    assert 'value="refuse" checked' in wrong.content.decode()
    han.post(address, {"act": "decide", "outcome": "refuse", "reasons": "말소", "fee": ""})
    compared = han.get(address).content.decode()
    assert number in compared
    (finding,) = [part.split('"')[0] for part in
                  cho.get("/audits/findings/").content.decode().split('href="/audits/findings/')[1:]
                  if len(part.split('"')[0]) > 30]  # fmt: skip
    where = f"/audits/findings/{finding}"
    assert "말소" in cho.get(where).content.decode()
    assert han.post(where, {"verdict": "machine-right", "said": "x"}).status_code == 422
    sent = {"verdict": "machine-wrong", "said": "말소가 맞습니다", "follows": ["review-rule"]}
    assert cho.post(where, sent).status_code == 302
    task = rows(AuditTask).get()
    assert cho.post(f"/audits/tasks/{task.pk}/", {"said": "규칙을 고쳤습니다"}).status_code == 302
    assert rows(AuditTask).get().done_by.startswith("account:")


def test_everybody_sees_the_share_and_the_error_rate_and_no_small_number():
    granted(3)
    monitoring.watch(profile().today() + timedelta(days=1))
    page = Client().get("/decisions/automated/")
    assert page.status_code == 200
    said = Client().get("/api/v1/automated-decisions").json()
    assert said["share"]["target"] == 0.6
    assert said["share"]["services"][0]["suppressed"]
    assert said["share"]["services"][0]["cases"] is None
    assert said["samples"]["state"] == "undetermined"
    assert "strata" not in said["samples"]
    assert "seed" not in json.dumps(said)


def test_the_rules_of_a_city_say_how_closely_it_watches(tmp_path):
    found = aims.aims()
    assert (found.aim.error_rate, found.automated_share, found.period_days) == (0.01, 0.6, 7)
    assert aims.faults_of_file(profile().folder / aims.FILE, profile()) == []
    wrong = tmp_path / "decision_audit.yaml"
    wrong.write_text("period_days: 0\naim:\n  error_rate: 2\ncolour: red\n")
    lines = {line for line, _message in aims.faults_of_file(wrong, profile())}
    assert {1, 3} <= lines


def test_periods_end_on_mondays_and_a_week_is_drawn_once_it_is_over():
    from madang.cases.audit.drawing import draw_due, period_end

    assert period_end(date(2026, 11, 29), 7) == date(2026, 11, 23)
    assert period_end(date(2026, 11, 30), 7) == date(2026, 11, 30)
    granted(1)
    assert draw_due(profile().today()) == [], "the week is not over"
    assert blind.waiting(HAN) == 0
