"""People: entered once, linked only where that is sure, ended with everything that was theirs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from madang.access.api import NoPurpose, purpose, system_actor
from madang.identity import people
from madang.identity.account_models import Account
from madang.identity.ceremony import ial_of
from madang.identity.errors import AlreadyLinked, UnknownPerson
from madang.identity.people import KEEP_PEOPLE, NameForm, Particulars
from madang.identity.person_models import Person
from madang.kernel import times
from madang.kernel.errors import Invalid

pytestmark = [pytest.mark.data, pytest.mark.django_db]
COUNTER = system_actor("command-line")
KIM = Particulars(
    names=(
        NameForm("registered", "김하늘", "김", "하늘", "ko"),
        NameForm("latin", "KIM Haneul", "KIM", "Haneul", "en"),
    ),
    born=date(1951, 3, 2),
    nationality="KR",
    district="11440",
    register_number="510302-2345678",
)


def test_the_number_is_found_again_but_not_kept():
    person = people.add_person(KIM, by=COUNTER)
    assert people.person_of_register("5103022345678", by=COUNTER) == person
    with purpose(COUNTER, KEEP_PEOPLE):
        row = Person.objects.get()
        assert "2345678" not in str(row.register)
        assert {name.full for name in row.names.all()} == {"김하늘", "KIM Haneul"}


def test_a_foreigner_needs_no_number_and_two_may_share_a_name():
    anna = Particulars((NameForm("latin", "Anna Nowak"),), nationality="PL")
    assert people.add_person(anna, by=COUNTER).pk != people.add_person(anna, by=COUNTER).pk


def test_one_number_is_one_person():
    people.add_person(KIM, by=COUNTER)
    with pytest.raises(AlreadyLinked):
        people.add_person(KIM, by=COUNTER)


@pytest.mark.parametrize(
    "wrong",
    [
        Particulars(()),
        Particulars((NameForm("registered", "  "),)),
        Particulars((NameForm("registered", "김"),), born=times.now().date() + timedelta(days=2)),
    ],
)
def test_nobody_without_name_or_from_the_future(wrong: Particulars):
    with pytest.raises(Invalid):
        people.add_person(wrong, by=COUNTER)


@pytest.mark.asvs("6.8.1")
def test_a_providers_id_leads_to_one_person_only():
    kim, lee = (people.add_person(Particulars((NameForm("registered", n),)), by=COUNTER)
                for n in ("김", "이"))  # fmt: skip
    people.link_external(kim, "kakao", "CI-1", by=COUNTER)
    people.link_external(kim, "kakao", "CI-1", by=COUNTER)
    assert people.person_of_external("kakao", "CI-1", by=COUNTER) == kim
    assert people.person_of_external("naver", "CI-1", by=COUNTER) is None
    with pytest.raises(AlreadyLinked):
        people.link_external(lee, "kakao", "CI-1", by=COUNTER)


@pytest.mark.asvs("6.8.1")
def test_an_account_is_linked_to_one_person_only():
    kim, lee = (people.add_person(Particulars((NameForm("registered", n),)), by=COUNTER)
                for n in ("김", "이"))  # fmt: skip
    account = people.add_resident(None, by=COUNTER)
    people.link_account(account, kim, by=COUNTER)
    people.link_account(account, kim, by=COUNTER)
    with pytest.raises(AlreadyLinked):
        people.link_account(account, lee, by=COUNTER)


@pytest.mark.asvs("6.4.4")
def test_the_level_is_that_of_the_best_proofing_that_holds(monkeypatch: pytest.MonkeyPatch):
    kim = people.add_person(KIM, by=COUNTER)
    account = people.add_resident(kim, by=COUNTER)
    assert ial_of(account) == 1
    people.proof(kim, 2, "approval", by=COUNTER)
    assert ial_of(account) == 2
    later = times.now() + timedelta(days=3651)
    monkeypatch.setattr(times, "now", lambda: later)
    assert ial_of(account) == 1


@pytest.mark.asvs("7.4.2")
@pytest.mark.parametrize("state", ["dead", "emigrated"])
def test_with_the_person_the_accounts_end(state: str):
    kim = people.add_person(KIM, by=COUNTER)
    account = people.add_resident(kim, by=COUNTER)
    people.end_person(kim.pk, state, date(2026, 11, 1), by=COUNTER)
    with purpose(COUNTER, KEEP_PEOPLE):
        assert not Account.objects.get(pk=account.pk).is_active
        assert Person.objects.get().state == state


def test_nobody_unknown_is_ended():
    with pytest.raises(UnknownPerson):
        people.end_person("nobody", "dead", date(2026, 1, 1), by=COUNTER)


def test_outside_a_purpose_people_are_closed():
    with pytest.raises(NoPurpose):
        list(Person.objects.all())
