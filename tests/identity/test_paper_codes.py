"""Paper codes: printed at a counter for whom the register knows, used once each."""

from __future__ import annotations

from datetime import date

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from django.test import Client

from madang.access.api import maintenance, system_actor
from madang.identity import api, authenticators, numbers, paper, people
from madang.identity.account_models import Authenticator
from madang.identity.engine.levels import Level
from madang.identity.key_models import PaperCode
from madang.identity.people import NameForm, Particulars
from madang.identity.sealing import keyed_hash
from madang.kernel.models import AuditEntry
from tests.identity.keys import (
    PASSWORD,
    account_of,
    answer_of,
    code_now,
    facts_of,
    later,
    notices,
    opened,
    shown,
    with_app,
)
from tests.identity.soft_passkey import SoftPasskey

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NUMBER = "510302-2345678"
KIM = Particulars(
    (NameForm("registered", "김하늘"),), born=date(1951, 3, 2), register_number=NUMBER
)
COUNTER = "/counter/paper-codes/"


@pytest.fixture
def clerk(monkeypatch) -> Client:
    api.add_user("lee", ["clerk"], password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    app = with_app(client)
    later(monkeypatch, seconds=60)
    client.post("/sign-in/app-code/", {"code": code_now(app)})
    return client


@pytest.fixture
def kim():
    return people.add_person(KIM, by=system_actor("command-line"))


def printed(clerk: Client, **form: str):
    page = clerk.get(COUNTER)
    given = {"token": page.context["token"], "register_number": NUMBER, "evidence": "id-card"}
    return clerk.post(COUNTER, given | form)


def with_paper(number: str, code: str) -> Client:
    client = Client()
    client.post("/sign-in/paper/", {"number": number, "code": code})
    return client


def test_a_sheet_opens_the_persons_account_and_is_enough_for_a_passkey(clerk: Client, kim):
    page = printed(clerk)
    codes, number = page.context["codes"], page.context["number"]
    assert len(set(codes)) == 10
    client = with_paper(number, codes[3])
    facts = facts_of(client)
    assert (facts.level, facts.person, facts.amr) == (Level(2, 1), kim.pk, ("paper",))
    form = answer_of(client.get("/account/passkeys/add/"), (key := SoftPasskey()).make)
    assert client.post("/account/passkeys/add/", form).status_code == 302
    shown(other := Client(), key)
    assert facts_of(other).level == Level(2, 2)


def test_messages_come_in_the_language_in_which_their_reader_signed_in(clerk: Client, kim):
    page = printed(clerk)
    for n, language in enumerate(("en", "ko")):
        reader = Client(headers={"Accept-Language": language})
        reader.post(
            "/sign-in/paper/", {"number": page.context["number"], "code": page.context["codes"][n]}
        )
        assert api.reached(kim.pk).language == language


@pytest.mark.asvs("6.5.1")
def test_each_code_works_once_in_any_order(clerk: Client, kim):
    page = printed(clerk)
    number, codes = page.context["number"], page.context["codes"]
    for code in reversed(codes):
        assert facts_of(with_paper(number, code)) is not None
        assert facts_of(with_paper(number, code)) is None


@pytest.mark.asvs("6.5.6")
def test_a_new_sheet_makes_the_old_one_void(clerk: Client, kim):
    old = printed(clerk).context["codes"]
    page = printed(clerk)
    assert facts_of(with_paper(page.context["number"], old[0])) is None
    assert facts_of(with_paper(page.context["number"], page.context["codes"][0])) is not None


@pytest.mark.asvs("6.5.2")
def test_the_table_has_no_code(clerk: Client, kim):
    codes = printed(clerk).context["codes"]
    with maintenance("test"):
        macs = list(PaperCode.objects.values_list("mac", flat=True))
    assert len(macs) == 10
    assert not any(code.replace(" ", "") in " ".join(macs) for code in codes)


@pytest.mark.asvs("6.5.2")
@pytest.mark.usefixtures("as_shipped")
def test_each_sheet_has_a_salt_of_its_own_and_its_codes_are_hashed_slowly(clerk: Client, kim):
    printed(clerk)
    with maintenance("test"):
        account = Authenticator.objects.get(method="paper").account_id
        issued = [paper.issue(account, by="test") for _sheet in "ab"]
        sheets = Authenticator.objects.filter(method="paper").order_by("created")
        salts = [bytes(row.secret) for row in sheets]
        macs = set(PaperCode.objects.values_list("mac", flat=True))
    assert len(set(salts)) == 3
    assert {len(salt) for salt in salts} == {16}
    code = issued[1][0].replace(" ", "")
    fast = keyed_hash("paper-code", f"{account} {code}")
    assert fast not in macs
    slow = Argon2id(salt=salts[-1], length=32, iterations=2, lanes=1, memory_cost=19456)
    assert slow.derive(fast.encode()).hex() in macs


@pytest.mark.asvs("6.5.2")
def test_codes_printed_before_there_was_a_salt_work_and_are_hashed_slowly_then(clerk, kim):
    page = printed(clerk)
    number, codes = page.context["number"], page.context["codes"]
    with maintenance("test"):  # as they were kept
        sheet = Authenticator.objects.get(method="paper")
        Authenticator.objects.update(secret=b"")
        kept = [keyed_hash("paper-code", f"{sheet.account_id} {code.replace(' ', '')}")
                for code in codes]  # fmt: skip
        for row, mac in zip(PaperCode.objects.order_by("pk"), kept, strict=True):
            PaperCode.objects.filter(pk=row.pk).update(mac=mac)
    assert facts_of(with_paper(number, codes[4])) is not None
    with maintenance("test"):
        assert not set(kept) & set(PaperCode.objects.values_list("mac", flat=True))
    assert facts_of(with_paper(number, codes[4])) is None
    assert facts_of(with_paper(number, codes[5])) is not None


def test_a_passkey_account_is_not_opened_wider_by_paper(clerk: Client, kim):
    """A found sheet signs in at level one, and cannot change what opens the account."""
    page = printed(clerk)
    number, codes = page.context["number"], page.context["codes"]
    owner = with_paper(number, codes[0])
    form = answer_of(owner.get("/account/passkeys/add/"), SoftPasskey().make)
    owner.post("/account/passkeys/add/", form)
    thief = with_paper(number, codes[1])
    for path in ("/account/passkeys/add/", "/account/app-codes/add/", "/account/addresses/add/"):
        assert thief.get(path)["Location"].startswith("/sign-in/?")
    keys = authenticators.authenticators_of(account_of(owner).pk)
    for key in keys:
        thief.post(f"/account/keys/{key.pk}/remove/")
    assert authenticators.authenticators_of(account_of(owner).pk) == keys


@pytest.mark.asvs("6.4.4", "6.5.6")
def test_everything_lost_ends_all_that_was_before(clerk: Client, kim):
    page = printed(clerk)
    owner = with_paper(page.context["number"], page.context["codes"][0])
    form = answer_of(owner.get("/account/passkeys/add/"), (stolen := SoftPasskey()).make)
    owner.post("/account/passkeys/add/", form)
    page = printed(clerk, lost="on")
    assert shown(Client(), stolen).status_code == 422
    assert facts_of(owner) is None or owner.get("/account/").status_code == 302
    fresh = with_paper(page.context["number"], page.context["codes"][0])
    assert fresh.get("/account/passkeys/add/").status_code == 200
    assert notices().count("counter") == 2


@pytest.mark.asvs("6.4.4")
def test_whose_account_it_is_only_the_register_says(clerk: Client):
    before = AuditEntry.objects.filter(verb="identity.print_codes").count()
    assert printed(clerk).status_code == 422  # nobody is entered with this number
    kim = people.add_person(KIM, by=system_actor("command-line"))
    assert printed(clerk, evidence="").status_code == 422
    people.end_person(kim.pk, "dead", date(2026, 1, 1), by=system_actor("command-line"))
    assert printed(clerk).status_code == 422
    assert AuditEntry.objects.filter(verb="identity.print_codes").count() == before


def test_without_a_register_number_a_new_account_of_nobody_is_opened(clerk: Client):
    first = printed(clerk, register_number="", evidence="").context["number"]
    second = printed(clerk, register_number="", evidence="")
    assert first != second.context["number"]
    client = with_paper(second.context["number"], second.context["codes"][0])
    assert (facts_of(client).level, facts_of(client).person) == (Level(1, 1), "")


def test_a_double_click_prints_one_sheet(clerk: Client, kim):
    token = clerk.get(COUNTER).context["token"]
    form = {"token": token, "register_number": NUMBER, "evidence": "id-card"}
    assert [clerk.post(COUNTER, form).status_code for _ in "ab"] == [200, 422]


def test_who_prints_needs_the_role_and_two_factors(client: Client):
    api.add_user("park", ["clerk"], password=PASSWORD)
    client.post("/sign-in/", {"name": "park", "password": PASSWORD})
    assert client.get(COUNTER)["Location"].startswith("/sign-in/?")
    opened(resident := Client())
    assert resident.get(COUNTER).status_code == 403


@pytest.mark.asvs("6.4.4")
def test_nobody_prints_for_themselves(clerk: Client, kim):
    session = clerk.session
    session["person"] = kim.pk
    session.save()
    answer = printed(clerk)
    assert answer.status_code == 422
    assert "codes" not in answer.context


def test_an_unknown_number_looks_and_costs_the_same(
    clerk: Client, kim, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    number = printed(clerk).context["number"]
    asked, pages = [], []
    for tried in (number, numbers.written("799273987" + numbers.check_digit("799273987"))):
        other = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = other.post("/sign-in/paper/", {"number": tried, "code": "1" * 12})
        asked.append(len(queries))
        pages.append((page.status_code, page.content.decode().replace(tried, "")))
    assert pages[0][0] == pages[1][0] == 422
    assert abs(asked[0] - asked[1]) <= 1


@pytest.mark.parametrize("number", ["", "12345", "799-273-9875", "x" * 500, "٧٩٩٢٧٣٩٨٧٤"])
def test_a_mistyped_number_is_no_account(client: Client, number: str):
    answer = client.post("/sign-in/paper/", {"number": number, "code": "1" * 12})
    assert answer.status_code == 422


@pytest.mark.asvs("6.6.3")
def test_guessing_waits_but_the_owners_browser_does_not(clerk: Client, kim):
    page = printed(clerk)
    number, codes = page.context["number"], page.context["codes"]
    owner = with_paper(number, codes[0])
    owner.post("/sign-out/")
    stranger = Client(REMOTE_ADDR="192.0.2.9")
    tries = [
        stranger.post("/sign-in/paper/", {"number": number, "code": f"{n:012}"}).status_code
        for n in range(7)
    ]
    assert tries == [422] * 5 + [429] * 2
    assert facts_of(with_paper(number, codes[1])) is None  # unknown browser: it waits as well
    owner.post("/sign-in/paper/", {"number": number, "code": codes[1]})
    assert facts_of(owner) is not None
