"""Signing in by a certificate, over HTTP, as a reader's own program would."""

from __future__ import annotations

import base64
import html
import re
from datetime import timedelta

import pytest
from cryptography import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import api, certificates, people
from madang.identity.account_models import Account, Authenticator
from madang.identity.challenge_models import SpentChallenge
from madang.identity.person_models import ExternalId, Person
from madang.identity.rules import FAILURES_PER_ADDRESS
from madang.identity.session_models import Session
from madang.kernel import times
from madang.kernel.models import AuditEntry
from tests.identity import pki
from tests.identity.laid import laid

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PAGE, NEW, ADD = "/sign-in/certificate/", "/sign-in/certificate/new/", "/account/certificate/"
PASSWORD = "courtyard lantern persimmon"


@pytest.fixture
def clock():
    held = [pki.NOW]
    with times.fixed_clock(lambda: held[0]):
        yield held


@pytest.fixture
def city(monkeypatch, tmp_path, clock):
    with laid(monkeypatch, tmp_path / "authorities", pki.NOW) as authorities:
        yield authorities


@pytest.fixture
def holder(city):
    return city.issue()


def text_of(client: Client, page: str = PAGE) -> bytes:
    shown = client.get(page).content.decode()
    return base64.b64decode(re.search(r'data-exact="([^"]+)"', shown)[1])


def sent(client: Client, held: pki.Credential, page: str = PAGE, text: bytes | None = None):
    signature = pki.sign(text or text_of(client, page), held)
    return client.post(page, {"signature": base64.b64encode(signature).decode()})


def has_account(client: Client, held: pki.Credential) -> str:
    """Open an account by this certificate; return its id."""
    assert sent(client, held)["Location"] == NEW
    client.post(NEW)
    return client.session["account"]


def facts(client: Client):
    return Session.objects.get(account=client.session["account"]), client.session


def test_the_text_says_for_whom_what_for_and_until_when(client: Client, city):
    text = text_of(client).decode()
    assert "audience: http://localhost:" in text and "purpose: sign-in" in text
    assert "expires: 2026-11-22T05:05:00Z" in text
    file = client.get("/sign-in/certificate/sign-in/challenge.txt")
    assert file.content.decode() == text
    assert file["Content-Disposition"] == 'attachment; filename="challenge.txt"'
    assert html.escape(text.splitlines()[3]) in client.get(PAGE).content.decode()


def test_a_new_certificate_opens_an_account_only_when_asked(client: Client, holder):
    answer = sent(client, holder)
    assert answer["Location"] == NEW and "account" not in client.session
    assert "홍길동" in client.get(NEW).content.decode()
    client.post(NEW)
    assert client.session["ial"] == 2
    assert [row["amr"] for row in client.session["proofs"]] == ["cert"]
    with purpose(AUTHENTICATION, "authenticate"):
        row = Authenticator.objects.get()
        assert row.account_id == client.session["account"]
        assert row.handle == holder.certificate.fingerprint(pki.hashes.SHA256()).hex()


def test_the_same_certificate_opens_the_same_account_again(client: Client, holder):
    account = has_account(client, holder)
    other = Client()
    assert sent(other, holder).status_code == 302
    assert other.session["account"] == account
    assert AuditEntry.objects.filter(verb="identity.sign_in").count() == 2


def test_a_renewed_certificate_of_the_same_person_does_too(client: Client, city, holder):
    account = has_account(client, holder)
    renewed, other = city.issue(), Client()
    sent(other, renewed)
    assert other.session["account"] == account
    with purpose(AUTHENTICATION, "authenticate"):
        assert Authenticator.objects.filter(account_id=account).count() == 2


@pytest.mark.asvs("6.8.1")
def test_another_person_of_the_same_name_gets_another_account(client: Client, city, holder):
    account = has_account(client, holder)
    namesake = city.issue("홍길동()0099041200509999999999")
    assert has_account(Client(), namesake) != account


def test_a_certificate_that_its_owner_removed_opens_nothing(client: Client, holder):
    account = has_account(client, holder)
    with purpose(AUTHENTICATION, "authenticate"):
        Authenticator.objects.update(revoked=times.now())
    other = Client()
    assert sent(other, holder)["Location"] == NEW
    assert other.post(NEW).status_code == 409
    assert "account" not in other.session and account


def test_its_owner_may_add_a_removed_one_again(client: Client, holder):
    has_account(client, holder)
    with purpose(AUTHENTICATION, "authenticate"):
        Authenticator.objects.update(revoked=times.now())
    assert sent(client, holder, ADD)["Location"] == "/account/"
    assert sent(Client(), holder)["Location"] == "/my/"


@pytest.mark.parametrize("state", ["dead", "emigrated"])
def test_the_certificate_of_somebody_gone_opens_nothing(client: Client, holder, state):
    account = has_account(client, holder)
    with purpose(AUTHENTICATION, "authenticate"):
        person = Account.objects.get(pk=account).person_id
    people.end_person(person, state, pki.NOW.date(), by=AUTHENTICATION)
    other = Client()
    assert sent(other, holder)["Location"] == NEW
    assert other.post(NEW).status_code == 409


def test_an_enrolment_that_breaks_off_leaves_nothing(client: Client, holder, monkeypatch):
    assert sent(client, holder)["Location"] == NEW

    def fall(*_what: object) -> None:
        raise ConnectionError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(certificates.authenticators, "_note", fall)
        with pytest.raises(ConnectionError):
            client.post(NEW)
    with purpose(AUTHENTICATION, "authenticate"):
        assert not Person.objects.exists() and not Account.objects.exists()
        assert not ExternalId.objects.exists() and not Authenticator.objects.exists()
    client.post(NEW)
    assert client.session["account"]


@pytest.mark.asvs("6.5.1")
def test_a_signature_works_once(client: Client, holder):
    has_account(client, holder)
    reader = Client()
    text = text_of(reader)
    signature = base64.b64encode(pki.sign(text, holder)).decode()
    kept = dict(reader.session.items())
    assert reader.post(PAGE, {"signature": signature}).status_code == 302
    thief = Client()
    thief.get(PAGE)
    session = thief.session
    session["certificate_challenge"] = kept["certificate_challenge"]
    session.save()
    again = thief.post(PAGE, {"signature": signature})
    assert again.status_code == 422 and "account" not in thief.session


@pytest.mark.asvs("6.6.2")
def test_a_signature_made_for_another_browser_is_refused(client: Client, holder):
    has_account(client, holder)
    victim, thief = Client(), Client()
    text_of(victim)
    assert sent(victim, holder, text=text_of(thief)).status_code == 422
    assert "account" not in victim.session


@pytest.mark.asvs("6.5.5")
def test_a_challenge_is_over_after_five_minutes(client: Client, city, holder, clock):
    text = text_of(client)
    clock[0] = city.now = pki.NOW + timedelta(minutes=5, seconds=1)
    assert sent(client, holder, text=text).status_code == 422


def test_a_challenge_to_sign_in_adds_no_certificate(client: Client, holder):
    account = api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    text = text_of(client)
    assert sent(client, holder, ADD, text=text).status_code == 422
    assert account


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"policies": ("1.2.3.4",)}, "이런 종류의 인증서"),
        ({"until": pki.NOW - timedelta(days=1)}, "만료"),
        ({"uses": pki.usage(key_encipherment=True)}, "서명용"),
    ],
)
def test_the_page_says_why_a_certificate_is_not_taken(client: Client, city, fault, says):
    client.cookies["django_language"] = "ko"
    answer = sent(client, city.issue(**fault))
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_revoked_certificate_is_out_within_ten_minutes(client: Client, city, holder, clock):
    has_account(client, holder)
    city.revoked[holder.certificate.serial_number] = x509.ReasonFlags.key_compromise
    clock[0] = city.now = pki.NOW + timedelta(minutes=11)
    assert sent(Client(), holder).status_code == 422


def test_a_silent_responder_is_said_plainly_and_other_ways_stay(client: Client, city, holder):
    city.is_down = True
    client.cookies["django_language"] = "en"
    answer = sent(client, holder)
    assert answer.status_code == 422
    assert "Your certificate is not at fault" in answer.content.decode()
    assert 'href="/sign-in/"' in answer.content.decode()


def test_the_signature_may_come_as_a_file_in_der_or_pem(client: Client, holder):
    has_account(client, holder)
    for armoured in (False, True):
        reader = Client()
        content = pki.sign(text_of(reader), holder)
        if armoured:
            body = base64.encodebytes(content)
            content = b"-----BEGIN CMS-----\n" + body + b"-----END CMS-----\n"
        file = SimpleUploadedFile("challenge.p7s", content)
        assert reader.post(PAGE, {"file": file}).status_code == 302
        assert reader.session["account"]


@pytest.mark.parametrize("rubbish", ["", "%%%", "AAAA", "A" * 200_000])
def test_rubbish_is_refused_without_a_fault(client: Client, city, rubbish):
    client.get(PAGE)
    assert client.post(PAGE, {"signature": rubbish}).status_code == 422


def test_one_address_that_keeps_failing_waits(client: Client, city, holder):
    for _ in range(FAILURES_PER_ADDRESS):
        client.get(PAGE)
        assert client.post(PAGE, {"signature": "AAAA"}).status_code == 422
    assert sent(client, holder).status_code == 429
    assert sent(Client(REMOTE_ADDR="203.0.113.9"), holder)["Location"] == NEW


def test_staff_add_their_government_certificate_and_step_up_with_it(client: Client, city):
    kim = api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    held = city.issue("김공무()001", policies=(pki.GPKI,))
    assert sent(client, held, ADD)["Location"] == "/account/"
    assert ADD in client.get("/account/").content.decode()
    assert sent(client, held).status_code == 302
    amr = [row["amr"] for row in client.session["proofs"]]
    assert amr == ["pwd", "cert"]
    other = Client()
    sent(other, held)
    assert f"account:{other.session['account']}" == kim.id


def test_a_government_certificate_opens_no_account_by_itself(client: Client, city):
    held = city.issue("김공무()001", policies=(pki.GPKI,))
    assert sent(client, held).status_code == 422
    assert client.get(NEW)["Location"] == PAGE


def test_staff_cannot_add_a_resident_s_certificate_nor_the_other_way(client: Client, city, holder):
    api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    assert sent(client, holder, ADD).status_code == 409
    resident = Client()
    has_account(resident, holder)
    assert sent(resident, city.issue("김()1", policies=(pki.GPKI,)), ADD).status_code == 409


def test_somebody_else_s_certificate_cannot_be_added(client: Client, city, holder):
    has_account(client, holder)
    assert sent(client, city.issue("강감찬()002"), ADD).status_code == 409
    taken = city.issue("이순신()003")
    has_account(Client(), taken)
    assert sent(client, taken, ADD).status_code == 409


def test_stepping_up_with_another_account_s_certificate_changes_nothing(client, city, holder):
    account = has_account(client, holder)
    other = city.issue("강감찬()002")
    has_account(Client(), other)
    assert sent(client, other).status_code == 422
    assert client.session["account"] == account


def test_without_authorities_there_is_no_such_way(client: Client):
    assert not certificates.is_on()
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/sign-in/").content.decode()


def test_a_broken_folder_switches_it_off_and_not_the_sign_in_page(client: Client, city):
    (city.folder / "anchors" / "notes.txt").write_text("to do")
    assert not certificates.is_on()
    assert client.get("/sign-in/").status_code == 200


def test_old_challenges_are_forgotten(client: Client, city, holder, clock):
    sent(client, holder)
    assert SpentChallenge.objects.count() == 1
    clock[0] = pki.NOW + timedelta(minutes=11)
    certificates.forget_spent()
    assert SpentChallenge.objects.count() == 0


def test_no_name_is_in_addresses_sessions_or_the_audit_log(client: Client, holder):
    answer = sent(client, holder)
    rows = " ".join(Session.objects.values_list("data", flat=True))
    noted = " ".join(str(entry.__dict__) for entry in AuditEntry.objects.all())
    for place in (answer["Location"], rows, noted):
        assert "홍길동" not in place and "0099041200501234567890" not in place
    from django.core import signing

    opened = signing.loads(rows.split()[0], salt="madang.identity.session")
    assert "홍길동" not in str(opened)


@pytest.mark.parametrize(("country", "is_same"), [("KR", True), ("JP", False)])
def test_a_certificate_that_names_the_register_number_finds_the_record(
    client: Client, city, country, is_same
):
    known = people.Particulars((people.NameForm("registered", "홍길동"),),
                               register_number="700101-1234567")  # fmt: skip
    person = people.add_person(known, by=AUTHENTICATION)
    held = city.issue("홍길동", national=f"PNO{country}-7001011234567")
    account = has_account(client, held)
    with purpose(AUTHENTICATION, "authenticate"):
        row = Account.objects.get(pk=account)
        kept = Authenticator.objects.get(account_id=account)
        assert (row.person_id == person.pk) is is_same
        assert "7001011234567" not in str(kept.public)
