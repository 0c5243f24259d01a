"""What somebody is told whose case changed under their hands: officer, applicant, program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.access.api import Actor
from madang.cases import api, case_jobs
from madang.cases.api import Asked
from madang.kernel import times
from madang.kernel.errors import Invalid, Unavailable
from madang.services.api import Timer, Verb
from tests.cases.packages import COPY, lent, shipped
from tests.cases.people import KIM, officer
from tests.identity.residents import client_of, resident
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}


def opened(actor: Actor = KIM, key: str = "k", package: str = "") -> str:
    return api.open_case(
        package_hash=package or lent().hash, subject=actor.person, facts=FACTS, actor=actor,
        channel="web", key=key,
    ).number  # fmt: skip


@pytest.fixture
def home():
    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    return client_of(account), actor


@pytest.mark.parametrize(("language", "said"), [
    ("ko", "여신 뒤에 민원이 바뀌었습니다: 거부되었습니다 (account:cho). 다시 읽으세요. "
           "아무것도 처리되지 않았습니다."),
    ("en", "The case changed since you opened it: It was refused (account:cho). "
           "Read it again; nothing was done."),
])  # fmt: skip
def test_an_officer_reads_what_happened_and_by_whom(language, said):
    client = joined("han", ["officer"])
    number = opened()
    api.act(number, "refuse", officer("cho"), Asked(reasons="등록이 없습니다"))
    sent = {"verb": "grant", "version": "1", "reasons": "세대주입니다"}
    page = client.post(f"/casework/{number}/?lang={language}", sent)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert api.case_of(number).outcome == "refused"


def test_what_an_officer_typed_is_kept_where_the_case_is_still_open():
    client = joined("han", ["officer"])
    number = opened()
    api.act(number, "assign", officer("cho"), Asked(target="me"))
    sent = {"verb": "refuse", "version": "1", "reasons": "세대주가 아닙니다"}
    page = client.post(f"/casework/{number}/", sent).content.decode()
    assert "세대주가 아닙니다" in page
    assert 'name="version" value="2"' in page, "sent once more, it is meant for what is shown now"


@pytest.mark.parametrize(("language", "said"), [
    ("ko", "담당자가 맡았습니다 (직원)"),
    ("en", "The case changed since you opened it: An officer took it on (A member of staff). "
           "Read it again; nothing was done."),
])  # fmt: skip
def test_an_applicant_reads_what_happened_and_no_account_of_staff(home, language, said):
    client, actor = home
    number = opened(actor)
    api.act(number, "assign", officer("cho"), Asked(target="me"))
    sent = {"verb": "withdraw", "version": "1"}
    page = client.post(f"/cases/{number}/?lang={language}", sent)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert "account:cho" not in text
    assert api.case_of(number).is_open


def test_a_program_reads_a_problem_that_names_the_version_to_read_again():
    client = joined("han", ["officer"])
    number = opened()
    api.act(number, "assign", officer("cho"), Asked(target="me"))
    answer = client.post(
        f"/api/v1/cases/{number}/verbs/refuse",
        {"reasons": "등록 없음"},
        content_type="application/json",
        headers={"If-Match": '"1"', "Idempotency-Key": "k1", "Accept-Language": "en"},
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["version"]) == (409, "case-changed", 2)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert "An officer took it on (account:cho)" in problem["detail"]


def test_a_case_that_went_on_in_another_one_takes_no_third_one_in():
    one, two, three = (opened(key=key) for key in "abc")
    api.act(one, "duplicate", officer(), Asked(links=(two,)))
    with pytest.raises(Invalid, match=two):
        api.act(three, "duplicate", officer(), Asked(links=(one,)))
    assert api.case_of(three).is_open
    api.act(three, "duplicate", officer(), Asked(links=(two,)))


def timed() -> str:
    """Return a service whose clock ends a case that nobody answers."""
    process = shipped(COPY).process
    lapse = Verb("lapse", "withdraw", ("waiting",), "withdrawn", ("clock",))
    timers = (Timer("lapse", "waiting", "20 days", verb="lapse"),)
    return lent(verbs=(*process.verbs, lapse), timers=timers).hash


def test_a_timer_that_breaks_off_has_done_nothing_and_holds_no_other_one_up(monkeypatch):
    numbers = [opened(key=key, package=timed()) for key in "ab"]
    for number in numbers:
        api.act(number, "ask", officer(), Asked(reasons="?", missing=("copies",)))
    real = case_jobs.act

    def act(number, *more, **named):
        done = real(number, *more, **named)
        if number == numbers[0]:
            raise Unavailable("the disk is full")
        return done

    with times.fixed_clock(times.now() + timedelta(days=40)):
        monkeypatch.setattr(case_jobs, "act", act)
        case_jobs.clock()
        assert [api.case_of(one).state for one in numbers] == ["waiting", "withdrawn"]
        monkeypatch.undo()
        case_jobs.clock()
    assert [api.case_of(one).state for one in numbers] == ["withdrawn", "withdrawn"]
    assert api.verify().faults == ()
