"""A first sign-in finds who is entered already, by a strong number; a shared name links nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from madang.identity import mandate_entry, mandate_lists, maybe_known, people, vouched
from madang.identity.account_models import Account
from madang.identity.ceremony import ial_of
from madang.identity.engine.certificates import national_number
from madang.identity.errors import AlreadyLinked
from madang.identity.mandate_entry import Evidence
from madang.identity.mandates import Wish
from madang.identity.people import NameForm, Particulars
from madang.identity.person_models import ExternalId, MaybeKnown, Person, Proofing
from madang.identity.session_models import Session
from madang.identity.vouched import Vouched
from madang.kernel.models import OutboxEntry
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import again, rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BORN = date(1970, 1, 1)
CI = Vouched("ci", "ci-of-hong", "홍길동", "approval", BORN, is_only=True)
CERTIFICATE = Vouched("certificate", "Authority\nHong", "홍길동", "certificate",
                      register_number="700101-1234567")  # fmt: skip
IS_SERVER = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def entered(name: str = "홍길동", number: str = "7001011234567", **external: str) -> Person:
    """Return somebody of the register, who has no account."""
    known = Particulars((NameForm("registered", name),), born=BORN, register_number=number,
                        external=external)  # fmt: skip
    return people.add_person(known, by=COUNTER)


def test_an_approval_finds_whom_the_register_names_by_the_same_number():
    person = entered(ci="ci-of-hong")
    account = vouched.open_account(CI)
    assert account.person_id == person.pk
    assert vouched.open_account(CI).pk == account.pk
    assert rows(Person).count() == 1
    assert not rows(MaybeKnown).exists()


@pytest.mark.parametrize("has_account", [False, True])
def test_a_certificate_with_the_register_number_finds_the_record(has_account):
    person = entered()
    before = people.add_resident(person, by=COUNTER) if has_account else None
    account = vouched.open_account(CERTIFICATE)
    assert account.person_id == person.pk
    assert ial_of(account) == 2
    if before:
        assert account.pk == before.pk
    assert [one.provider for one in rows(ExternalId)] == ["certificate"]
    assert [one.how for one in rows(Proofing)] == ["certificate"]
    assert vouched.known_account(CERTIFICATE) is not None, "the next sign-in needs no match"


def test_whom_the_certificate_enters_the_register_number_finds_later():
    account = vouched.open_account(CERTIFICATE)
    person = people.person_of_register("7001011234567", by=COUNTER)
    assert person is not None
    assert person.pk == account.person_id


def test_a_certificate_of_another_register_number_is_added_to_nobody_else():
    kim = resident("홍길동", number="800101-1234567")
    entered()
    with pytest.raises(AlreadyLinked):
        vouched.bind(CERTIFICATE, kim)


def test_the_dead_and_the_closed_are_not_found_anew():
    person = entered(ci="ci-of-hong")
    account = vouched.open_account(CI)
    rows(Account).filter(pk=account.pk).update(closed=account.created)
    with pytest.raises(AlreadyLinked):
        vouched.open_account(CI)
    people.end_person(person.pk, "dead", BORN, by=COUNTER)
    with pytest.raises(AlreadyLinked):
        vouched.open_account(CERTIFICATE)
    assert rows(Person).count() == 1


def test_name_and_birthday_alone_link_nobody_and_leave_a_hint():
    person = entered()
    account = vouched.open_account(CI)
    assert account.person_id != person.pk
    hint = rows(MaybeKnown).get()
    assert (hint.person_id, hint.other_id) == (account.person_id, person.pk)
    assert maybe_known.is_waiting_for(person.pk)
    assert maybe_known.waiting() == 1


@pytest.mark.parametrize(
    "other",
    [Vouched("ci", "2", "홍길순", "approval", BORN), Vouched("ci", "2", "홍길동", "approval"),
     Vouched("ci", "2", "홍길동", "approval", date(1970, 1, 2))],
)  # fmt: skip
def test_a_name_or_a_birthday_by_itself_is_no_hint(other):
    entered()
    vouched.open_account(other)
    assert not rows(MaybeKnown).exists()


def test_who_died_is_no_hint():
    people.end_person(entered().pk, "dead", BORN, by=COUNTER)
    vouched.open_account(CI)
    assert not rows(MaybeKnown).exists()


class TestAtTheCounter:
    """A clerk sees the hint and decides with the document."""

    @pytest.fixture
    def desk(self, db):
        return client_of(staff("lee", "clerk"))

    @pytest.fixture
    def twice(self, db) -> tuple[Person, Account]:
        person = entered()
        return person, vouched.open_account(CI)

    def test_the_hint_is_shown_where_the_clerk_works(self, desk, twice):
        page = desk.get("/counter/assist/", headers={"accept-language": "en"}).content.decode()
        assert "Who may be known already</a> (1)" in page
        page = desk.get("/counter/known/", headers={"accept-language": "en"}).content.decode()
        assert page.count("홍길동") >= 2
        assert "1970-01-01" in page
        form = {"number": "700101-1234567", "service": "names", "minutes": "5",
                "channel": "counter", "consent": "own-device"}  # fmt: skip
        wait = desk.post("/counter/assist/", form)["Location"]
        assert (
            "may be entered twice"
            in desk.get(wait, headers={"accept-language": "en"}).content.decode()
        )

    def test_one_person_has_one_record_afterwards(self, desk, twice):
        person, account = twice
        own = client_of(account)
        sent = {"hint": rows(MaybeKnown).get().pk, "answer": "same", "evidence": "id-card"}
        assert desk.post("/counter/known/", sent).status_code == 302
        again(account)
        assert account.person_id == person.pk
        assert vouched.known_account(CI).pk == account.pk
        states = {one.pk: one.state for one in rows(Person)}
        assert sorted(states.values()) == ["joined", "living"]
        assert states[person.pk] == "living"
        assert own.get("/account/").status_code == 302, "its sessions named the younger record"
        assert not Session.objects.filter(account=account.pk).exists()
        assert OutboxEntry.objects.filter(name="identity.person_linked").count() == 1
        assert desk.post("/counter/known/", sent).status_code == 302
        assert maybe_known.waiting() == 0
        shown = client_of(account).get("/account/looks/").status_code
        assert shown == 200

    def test_not_without_the_document(self, desk, twice):
        hint = rows(MaybeKnown).get().pk
        for evidence in ("", "his word"):
            sent = {"hint": hint, "answer": "same", "evidence": evidence}
            assert desk.post("/counter/known/", sent).status_code == 422
        assert {one.state for one in rows(Person)} == {"living"}

    def test_two_people_stay_two(self, desk, twice):
        hint = rows(MaybeKnown).get().pk
        desk.post("/counter/known/", {"hint": hint, "answer": "two"})
        assert rows(MaybeKnown).get().is_same is False
        desk.post("/counter/known/", {"hint": hint, "answer": "same", "evidence": "id-card"})
        assert {one.state for one in rows(Person)} == {"living"}

    def test_two_numbers_of_the_register_are_two_people(self, desk, twice):
        _person, account = twice
        young = rows(Person).get(pk=account.person_id)
        rows(Person).filter(pk=young.pk).update(register=people.register_hash("700101-7654321"))
        sent = {"hint": rows(MaybeKnown).get().pk, "answer": "same", "evidence": "id-card"}
        assert desk.post("/counter/known/", sent).status_code == 422
        assert rows(Person).get(pk=young.pk).state == "living"

    def test_mandates_go_along_but_never_to_oneself(self, desk, twice):
        person, account = twice
        other = resident("박별", number="800101-2345678")
        wish, papers = Wish("parent", ("view",)), Evidence("counter")
        mandate_entry.enter(COUNTER, account.person_id, other.person_id, wish, papers)
        sent = {"hint": rows(MaybeKnown).get().pk, "answer": "same", "evidence": "passport"}
        assert desk.post("/counter/known/", sent).status_code == 302
        held = mandate_lists.mandates_of(actor_of(client_of(other))).held
        assert [one.other for one in held] == ["홍길동"]
        again(account)
        given = mandate_lists.mandates_of(actor_of(client_of(account))).given
        assert [one.state for one in given] == ["in-force"]
        assert account.person_id == person.pk

    def test_one_who_acts_for_the_other_is_another(self, desk, twice):
        person, account = twice
        wish, papers = Wish("parent", ("view",)), Evidence("counter")
        mandate_entry.enter(COUNTER, account.person_id, person.pk, wish, papers)
        sent = {"hint": rows(MaybeKnown).get().pk, "answer": "same", "evidence": "passport"}
        assert desk.post("/counter/known/", sent).status_code == 422

    def test_residents_and_other_staff_do_not_see_it(self, twice):
        _person, account = twice
        assert client_of(account).get("/counter/known/").status_code == 403
        officer = client_of(staff("park", "officer"))
        assert officer.get("/counter/known/").status_code == 403


@pytest.mark.parametrize(
    ("text", "found"),
    [("PNOKR-900101-1234567", ("KR", "900101-1234567")), ("PNOFR-1", ("", "")),
     ("IDCKR-9001011234567", ("", "")), ("9001011234567", ("", "")), ("", ("", ""))],
)  # fmt: skip
def test_only_a_national_number_is_taken_from_a_subject(text, found):
    assert national_number(text) == found


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    not IS_SERVER, reason="SQLite in memory refuses a second writer; a file has one at a time"
)
@pytest.mark.parametrize("how", ["new", "with the register", "without an account"])
def test_two_first_sign_ins_at_once_make_one_person(how):
    if how != "new":
        entered(**({"ci": "ci-of-hong"} if how == "without an account" else {}))
    facts = CERTIFICATE if how == "with the register" else CI
    gate = Barrier(6)

    def one(_number: int) -> str:
        try:
            gate.wait(20)
            return vouched.open_account(facts).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        accounts = set(pool.map(one, range(6)))
    assert len(accounts) == 1
    assert rows(Person).count() == 1
    assert rows(Account).filter(kind="resident").count() == 1


@pytest.mark.parametrize("facts", [CI, CERTIFICATE])
def test_who_loses_the_race_gets_the_account_of_who_won(monkeypatch, facts):
    """Both looked and found nobody; the second writes after the first one's commit."""
    first, looked = vouched.open_account(facts), vouched._known_person

    def nobody_yet(_seen: Vouched) -> None:
        monkeypatch.setattr(vouched, "_known_person", looked)

    monkeypatch.setattr(vouched, "_known_person", nobody_yet)
    assert vouched.open_account(facts).pk == first.pk
    assert rows(Person).count() == 1
    assert rows(Account).filter(kind="resident").count() == 1
