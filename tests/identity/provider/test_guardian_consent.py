"""Below the age of consent a parent or guardian says yes; nobody else does, and not by themselves.

PIPA Art. 22-2: under 14 the legal guardian consents. Seoul's `consent_age` is 14.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

import pytest

from madang.city.api import profile
from madang.identity import assisted, guardians, mandate_entry, mandates, people, vouched
from madang.identity.account_models import Account
from madang.identity.assisted_models import AssistedSession
from madang.identity.errors import NeedsGuardian
from madang.identity.mandate_entry import Evidence
from madang.identity.mandates import Wish
from madang.identity.people import NameForm, Particulars
from madang.identity.person_models import Person
from madang.identity.provider import consents, device
from madang.identity.provider_models import Consent, ConsentAsked, Grant
from madang.identity.provider_request_models import BackchannelRequest, DeviceRequest
from madang.identity.vouched import Vouched
from madang.kernel import times
from tests.identity.keys import facts_of, notices
from tests.identity.relying import Party, party, sign_in
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PAGE = "/account/children/"
EN = {"accept-language": "en"}


def years_ago(years: int, *, days: int = 0) -> date:
    today = profile().today()  # of the city: in Seoul the day begins at 15:00 UTC
    return date(today.year - years, today.month, today.day) + timedelta(days=days)


@pytest.fixture
def child(db) -> Account:
    return resident("김아이", number="150101-3234567", born=years_ago(11))


@pytest.fixture
def mother(db) -> Account:
    return resident("이봄", number="800101-2234567")


@pytest.fixture
def asking(provider_keys: None, child: Account) -> Party:
    made = party(asks_consent=True, purpose="To lend you books.")
    sign_in(made.browser, child)
    return made


def entered(child: Account, guardian: Account, *, verbs=("view", "sign"), services=(), **how: str):
    """Let a counter enter that somebody acts for the child; return the mandate."""
    wish = Wish(how.get("kind", "parent"), verbs, services)
    evidence = Evidence(how.get("evidence", "register"))
    return mandate_entry.enter(COUNTER, child.person_id, guardian.person_id, wish, evidence)


def page_of(rp: Party, **other: str) -> str:
    answer = rp.ask(**other)
    assert answer.status_code == 302
    assert answer["Location"].endswith("/consent/")
    return str(answer["Location"])


def test_a_child_asks_the_mother_agrees_and_the_child_goes_on(asking, child, mother):
    mandate = entered(child, mother)
    path = page_of(asking, scope="openid profile")
    shown = asking.browser.get(path, headers=EN).content.decode()
    assert "A parent or guardian agrees to this first" in shown
    assert 'value="yes"' not in shown
    for _twice in (1, 2):
        assert (
            "is asked" in asking.browser.post(path, {"answer": "ask"}, headers=EN).content.decode()
        )
    assert ConsentAsked.objects.count() == 1
    assert notices().count("guardian-asked") == 1
    own = client_of(mother)
    assert f'href="{PAGE}"' in own.get("/account/").content.decode()
    assert f'href="{PAGE}"' not in client_of(child).get("/account/").content.decode()
    page = own.get(PAGE, headers=EN).content.decode()
    assert "김아이 · Library of Mapo" in page
    assert "To lend you books." in page
    own.post(PAGE, {"number": ConsentAsked.objects.get().pk, "answer": "yes"})
    kept = Consent.objects.get()
    assert (kept.account, kept.given_by, kept.mandate) == (
        child.pk,
        f"account:{mother.pk}",
        mandate,
    )
    assert asking.tokens(scope="openid profile")
    assert guardians.wards_of(mother.person_id) == {child.person_id: mandate}


@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_a_child_cannot_agree_but_may_go_back(asking, child, mother, answer):
    entered(child, mother)
    response = asking.browser.post(page_of(asking), {"answer": answer})
    if answer == "no":
        assert asking.answer(response)["error"] == "access_denied"
    else:
        assert response.status_code == (403 if answer else 200)
    with pytest.raises(NeedsGuardian):
        consents.require_own(child.pk)
    assert not Consent.objects.exists()
    assert not Grant.objects.exists()


def test_without_a_guardian_the_page_says_what_to_do(asking, child):
    path = page_of(asking)
    shown = asking.browser.get(path, headers=EN).content.decode()
    assert "Who is under 14 needs the consent of a parent or guardian. Come to a counter" in shown
    assert 'value="ask"' not in shown
    assert asking.browser.post(path, {"answer": "ask"}).status_code == 403
    assert not ConsentAsked.objects.exists()


@pytest.mark.parametrize(
    "how",
    [{"verbs": ("view",)}, {"services": ("names",)}, {"kind": "professional"}, "revoked", "none"],
)
def test_only_a_guardian_with_the_right_mandate_agrees(asking, child, mother, how):
    father = resident("김아빠", number="790101-1234567")
    entered(child, father)
    if isinstance(how, dict) and "kind" not in how:
        entered(child, mother, **how)
    elif isinstance(how, dict):
        wish = Wish("professional", ("sign",), until=times.now() + timedelta(days=30))
        mandate_entry.enter(COUNTER, child.person_id, mother.person_id, wish, Evidence("counter"))
    elif how == "revoked":
        mandates.revoke(actor_of(client_of(mother)), entered(child, mother))
    asking.browser.post(page_of(asking), {"answer": "ask"})
    asked = ConsentAsked.objects.get()
    other = client_of(mother)
    assert "Library" not in other.get(PAGE).content.decode()
    other.post(PAGE, {"number": asked.pk, "answer": "yes"})
    assert not Consent.objects.exists()
    assert client_of(child).post(PAGE, {"number": asked.pk, "answer": "yes"}).status_code == 302
    assert not Consent.objects.exists(), "nor the child"
    client_of(father).post(PAGE, {"number": asked.pk, "answer": "yes"})
    assert Consent.objects.get().given_by == f"account:{father.pk}"


def test_no_is_kept_and_what_was_agreed_to_is_withdrawn(asking, child, mother):
    entered(child, mother)
    asking.browser.post(page_of(asking), {"answer": "ask"})
    own, first = client_of(mother), ConsentAsked.objects.get()
    own.post(PAGE, {"number": first.pk, "answer": "no"})
    own.post(PAGE, {"number": first.pk, "answer": "yes"})
    assert not Consent.objects.exists()
    asking.browser.post(page_of(asking), {"answer": "ask"})
    own.post(PAGE, {"number": ConsentAsked.objects.latest("pk").pk, "answer": "yes"})
    tokens = asking.tokens()
    assert tokens
    own.post(PAGE, {"number": Consent.objects.get().pk, "answer": "withdraw"})
    assert Grant.objects.get().ended_why == "consent withdrawn"
    assert page_of(asking)


def test_more_than_was_agreed_to_is_asked_anew(asking, child, mother):
    entered(child, mother)
    asking.browser.post(page_of(asking), {"answer": "ask"})
    client_of(mother).post(PAGE, {"number": ConsentAsked.objects.get().pk, "answer": "yes"})
    assert asking.tokens()
    assert page_of(asking, scope="openid birthdate")
    consents.require_for(child.pk, asking.client, ["openid"])
    with pytest.raises(NeedsGuardian):
        consents.require_for(child.pk, asking.client, ["openid", "birthdate"])


def test_neither_by_approval_nor_for_a_device_a_child_lets_an_application_in(asking, child, mother):
    soon = times.now() + timedelta(minutes=5)
    row = BackchannelRequest.objects.create(
        id="1" * 64, client=asking.client, account=child.pk, scope="openid profile", number="11",
        choices=["11", "22", "33"], expires=soon, interval_s=5,
    )  # fmt: skip
    tv = DeviceRequest.objects.create(
        id="2" * 64, user_code="3" * 64, client=asking.client, scope="openid profile",
        expires=soon, interval_s=5,
    )  # fmt: skip
    own, path = client_of(child), f"/approve/{row.public_id}/"
    refused = own.post(path, {"number": "11"}, headers=EN)
    assert refused.status_code == 403
    with pytest.raises(NeedsGuardian):
        device.decide(tv, facts_of(own), yes=True)
    assert not Grant.objects.exists()
    entered(child, mother)
    asking.browser.post(page_of(asking, scope="openid profile"), {"answer": "ask"})
    client_of(mother).post(PAGE, {"number": ConsentAsked.objects.get().pk, "answer": "yes"})
    assert own.post(path, {"number": "11"}).context["yes"]
    assert device.decide(tv, facts_of(own), yes=True)
    assert Grant.objects.count() == 2


@pytest.mark.parametrize(("days", "alone"), [(0, True), (1, False)])
def test_the_birthday_decides(provider_keys, days, alone):
    youth = resident("박열넷", born=years_ago(14, days=days))
    assert guardians.consents_alone(youth.person_id) is alone
    rp = party(asks_consent=True)
    sign_in(rp.browser, youth)
    rp.browser.post(page_of(rp), {"answer": "yes"})
    assert Consent.objects.exists() is alone


def test_who_has_no_known_birthday_is_no_child(provider_keys):
    assert guardians.consents_alone("")
    assert guardians.consents_alone(resident("무명", born=None).person_id)


def test_a_child_opens_no_account_by_approval_without_a_guardian(mother):
    facts = Vouched("ci", "ci-of-child", "김아이", "approval", years_ago(11))
    with pytest.raises(NeedsGuardian):
        vouched.open_account(facts)
    assert not rows(Person).exclude(pk=mother.person_id).exists(), "and nothing of them is kept"
    known = Particulars((NameForm("registered", "김아이"),), born=years_ago(11),
                        external={"ci": "ci-of-child"})  # fmt: skip
    person = people.add_person(known, by=COUNTER)
    with pytest.raises(NeedsGuardian):
        vouched.open_account(facts)
    wish = Wish("parent", ("sign",))
    mandate_entry.enter(COUNTER, person.pk, mother.person_id, wish, Evidence("register"))
    assert vouched.open_account(facts).person_id == person.pk


class TestAssisted:
    """At a counter a guardian answers for the child, too."""

    FORM: ClassVar = {"number": "150101-3234567", "service": "names", "minutes": "5",
                      "channel": "counter", "key": "k-1"}  # fmt: skip

    @pytest.fixture
    def desk(self, db):
        return client_of(staff("lee", "clerk"))

    def test_without_a_guardian_nothing_is_asked(self, child, desk):
        form = self.FORM | {"consent": "signature", "reference": "ab" * 32}
        answer = desk.post("/counter/assist/", form, headers=EN)
        assert answer.status_code == 422
        assert "parent or guardian" in answer.content.decode()
        assert not rows(AssistedSession).exists()

    def test_the_guardian_approves_and_the_child_cannot(self, child, mother, desk):
        entered(child, mother)
        desk.post("/counter/assist/", self.FORM | {"consent": "approval"})
        asked = BackchannelRequest.objects.get()
        assert asked.account == mother.pk
        path = f"/approve/{asked.public_id}/"
        assert client_of(child).post(path, {"number": asked.number}).status_code == 404
        assert client_of(mother).post(path, {"number": asked.number}).context["yes"]
        assert rows(AssistedSession).get().consented is not None

    def test_the_guardian_picks_the_number_in_their_account(self, child, mother, desk):
        entered(child, mother)
        desk.post("/counter/assist/", self.FORM | {"consent": "own-device"})
        row = rows(AssistedSession).get()
        sent = {"session": row.pk, "number": row.number}
        client_of(child).post("/account/assistance/answer/", sent)
        assert rows(AssistedSession).get().consented is None
        own = client_of(mother)
        assert row.number in own.get("/account/assistance/").content.decode()
        own.post("/account/assistance/answer/", sent)
        row = rows(AssistedSession).get()
        assert row.consented is not None
        assert assisted.evidence_of(row.pk)["account"] == f"account:{mother.pk}"
