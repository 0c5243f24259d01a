"""Consent to an assisted session by approval and by passkey: the resident's own, for this, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client

from madang.identity import assisted, assisted_kiosk, assisted_passkey, kiosks, people
from madang.identity.account_models import Account
from madang.identity.assisted_cli import consent
from madang.identity.assisted_models import AssistedSession
from madang.identity.provider_request_models import BackchannelRequest
from madang.kernel import times
from madang.kernel.models import AuditEntry
from tests.identity.keys import answer_of, notices
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.identity.soft_passkey import SoftPasskey
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FORM = {"number": "510302-2345678", "service": "names", "minutes": "15", "channel": "counter"}
LATER = timedelta(seconds=1)


@pytest.fixture
def kim(db) -> Account:
    return resident("김하늘", number="510302-2345678")


@pytest.fixture
def clerk(db) -> Account:
    return staff("lee", "clerk")


@pytest.fixture
def desk(clerk) -> Client:
    """Return the browser at the counter."""
    return client_of(clerk)


@pytest.fixture
def kiosk(db) -> Client:
    path = kiosks.add_kiosk(actor_of(client_of(staff("admin", "administrator"))), "Mapo", "11440")
    browser = Client()
    browser.post(path)
    return browser


def key_of(account: Account, **how: bool) -> SoftPasskey:
    """Return a passkey that its owner has just added."""
    own, key = client_of(account), SoftPasskey(**how)
    added = own.post(
        "/account/passkeys/add/", answer_of(own.get("/account/passkeys/add/"), key.make)
    )
    assert added.status_code == 302
    return key


def asked(desk: Client, consent: str) -> str:
    """Ask for an assisted session; return the page that waits."""
    answer = desk.post("/counter/assist/", FORM | {"consent": consent})
    assert answer.status_code == 302, answer.context["errors"]
    return str(answer["Location"])


def the_session() -> AssistedSession:
    return rows(AssistedSession).get()


def approval_page(own: Client) -> str:
    row = BackchannelRequest.objects.get()
    path = f"/approve/{row.public_id}/"
    assert path in own.get("/approve/").content.decode()
    return path


class TestApproval:
    """On the resident's own device, by the number that the member of staff says."""

    def test_the_page_of_staff_waits_and_goes_on_once_the_resident_agreed(self, kim, clerk, desk):
        wait, own = asked(desk, "approval"), client_of(kim)
        row = the_session()
        page = desk.get(wait)
        assert (page["Refresh"], row.number in page.content.decode()) == ("5", True)
        assert desk.post(wait).status_code == 409, "not before they agreed"
        shown = own.get(approval_page(own), headers={"accept-language": "en"}).content.decode()
        assert "Your name, as we write it" in shown
        assert "15 minutes" in shown
        assert all(f'value="{one}"' in shown for one in assisted.choices_of(row))
        assert own.post(approval_page(own), {"number": row.number}).context["yes"]
        page = desk.get(wait)
        assert "Refresh" not in page
        assert "data-send-at-once" in page.content.decode()
        assert desk.post(wait)["Location"] == "/account/names/"
        actor = actor_of(desk)
        assert (actor.on_behalf_of, actor.through) == (kim.person_id, f"account:{clerk.pk}")

    def test_what_was_shown_is_kept_as_evidence(self, kim, desk):
        asked(desk, "approval")
        own = client_of(kim)
        own.post(approval_page(own), {"number": the_session().number})
        row, kept = the_session(), assisted.evidence_of(the_session().pk)
        request = BackchannelRequest.objects.get()
        assert row.consent == "approval"
        assert (kept["account"], kept["request"]) == (kim.pk, request.public_id)
        assert (kept["number"], kept["amr"], kept["acr"][-4:]) == (row.number, "passkey", "aal2")
        assert kim.pk.encode() not in bytes(row.evidence), "sealed"
        entry = AuditEntry.objects.get(verb="identity.agree_assistance")
        assert json.loads(entry.detail)["way"] == "approval"
        assert json.loads(entry.detail)["evidence"] == row.reference

    def test_the_device_is_told_that_something_waits(self, kim, desk):
        asked(desk, "approval")
        assert notices()[-1:] == ["assistance-asked"]

    @pytest.mark.parametrize("number", ["", "wrong"])
    def test_no_or_a_wrong_number_voids_it(self, kim, desk, number):
        wait, own = asked(desk, "approval"), client_of(kim)
        row, path = the_session(), approval_page(own)
        others = [one for one in assisted.choices_of(row) if one != row.number]
        assert not own.post(path, {"number": number and others[0]}).context["yes"]
        assert the_session().ended_why == "refused"
        assert own.post(path, {"number": row.number}).status_code == 404
        page = desk.get(wait, headers={"accept-language": "en"})
        assert page.context["heading"] == "The resident did not agree"
        assert desk.post(wait).status_code == 409

    def test_a_yes_counts_once(self, kim, desk):
        wait, own = asked(desk, "approval"), client_of(kim)
        path, number = approval_page(own), the_session().number
        own.post(path, {"number": number})
        until = the_session().until
        assert own.post(path, {"number": number}).status_code == 404
        assert the_session().until == until
        desk.post(wait, {"end": "1"})
        assert the_session().ended_why == "done"
        assert desk.post(wait).status_code == 409

    def test_after_five_minutes_nothing_waits(self, kim, desk):
        wait, own = asked(desk, "approval"), client_of(kim)
        path, row = approval_page(own), the_session()
        with times.fixed_clock(row.asked + timedelta(minutes=5)):
            assert own.post(path, {"number": row.number}).status_code == 404
            page = desk.get(wait, headers={"accept-language": "en"})
            assert page.context["heading"] == "The time is over"
            assert desk.post(wait).status_code == 409
        assert the_session().consented is None

    def test_what_staff_took_back_waits_no_more(self, kim, desk):
        wait, own = asked(desk, "approval"), client_of(kim)
        path, number = approval_page(own), the_session().number
        desk.post(wait, {"end": "1"})
        assert own.post(path, {"number": number}).status_code == 404

    def test_nobody_else_approves_and_not_with_one_factor(self, kim, clerk, desk):
        asked(desk, "approval")
        path, number = approval_page(client_of(kim)), the_session().number
        for other in (clerk, resident("박별")):
            assert client_of(other).post(path, {"number": number}).status_code == 404
        assert client_of(kim, "pop").post(path, {"number": number}).status_code == 302
        assert the_session().consented is None

    def test_every_account_of_the_resident_is_asked_and_one_yes_is_enough(self, kim, desk):
        second = people.add_resident(people.person_with(kim.person_id, by=COUNTER), by=COUNTER)
        asked(desk, "approval")
        first, other = (BackchannelRequest.objects.get(account=one.pk) for one in (kim, second))
        client_of(second).post(f"/approve/{other.public_id}/", {"number": the_session().number})
        assert the_session().consented is not None
        again = client_of(kim).post(f"/approve/{first.public_id}/", {"number": first.number})
        assert again.status_code == 404

    def test_nobody_is_worn_down_and_without_an_account_another_way_is_named(self, kim, desk):
        for _n in range(3):
            asked(desk, "approval")
        page = desk.post("/counter/assist/", FORM | {"consent": "approval"})
        assert (page.status_code, list(page.context["errors"])) == (422, ["consent"])
        assert rows(AssistedSession).count() == 3
        people.add_person(people.Particulars((people.NameForm("registered", "최강"),),
                                             register_number="1"), by=COUNTER)  # fmt: skip
        form = FORM | {"number": "1", "consent": "approval"}
        assert list(desk.post("/counter/assist/", form).context["errors"]) == ["consent"]

    def test_an_application_cannot_take_tokens_by_it(self, kim, desk):
        asked(desk, "approval")
        own = client_of(kim)
        own.post(approval_page(own), {"number": the_session().number})
        row = BackchannelRequest.objects.get()
        assert (row.client, row.grant, row.state) == (None, None, "approved")


class TestPasskey:
    """At the counter's browser, or at a kiosk that a code leads to."""

    def test_the_residents_own_passkey_agrees_at_the_counter(self, kim, clerk, desk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        page = desk.get(wait)
        assert "Refresh" not in page, "it would break the ceremony off"
        assert desk.post(wait, answer_of(page, key.show))["Location"] == wait
        assert "data-send-at-once" in desk.get(wait).content.decode()
        assert desk.post(wait)["Location"] == "/account/names/"
        assert actor_of(desk).on_behalf_of == kim.person_id

    def test_the_signature_kept_says_what_was_agreed_to(self, kim, clerk, desk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        desk.post(wait, answer_of(desk.get(wait), key.show))
        row = the_session()
        kept = assisted.evidence_of(row.pk)
        assert (kept["account"], kept["through"]) == (kim.pk, f"account:{clerk.pk}")
        assert row.pk in kept["text"]
        assert '"minutes": 15' in kept["text"]
        assert assisted_passkey.is_signed(kept)
        forged = kept["text"].replace('"minutes": 15', '"minutes": 30')
        assert not assisted_passkey.is_signed(kept | {"text": forged})
        told = CliRunner().invoke(consent, [row.pk, "--json"])
        found = json.loads(told.stdout)
        assert (found["way"], found["is_proved_here"]) == ("passkey", True)
        assert found["text"] == kept["text"]

    def test_what_was_changed_in_the_table_proves_nothing(self, kim, desk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        desk.post(wait, answer_of(desk.get(wait), key.show))
        row = the_session()
        rows(AssistedSession).filter(pk=row.pk).update(reference="ab" * 32)
        assert CliRunner().invoke(consent, [row.pk]).exit_code == 2
        assert CliRunner().invoke(consent, ["nothing"]).exit_code == 2

    @pytest.mark.parametrize("whose", ["another resident", "staff", "nobody", "no user checked"])
    def test_no_other_key_agrees(self, kim, clerk, desk, whose):
        own = key_of(kim, verifies=whose != "no user checked")
        keys = {"another resident": lambda: key_of(resident("박별")), "nobody": SoftPasskey,
                "staff": lambda: key_of(clerk), "no user checked": lambda: own}  # fmt: skip
        key = keys[whose]()
        wait = asked(desk, "passkey")
        refused = desk.post(wait, answer_of(desk.get(wait), key.show))
        assert refused.status_code == 422
        assert the_session().consented is None
        assert AuditEntry.objects.filter(verb="identity.refuse_consent").count() == 1
        assert desk.post(wait).status_code == 409
        if whose != "no user checked":
            desk.post(wait, answer_of(refused, own.show))
            assert the_session().consented is not None, "and the right one still does"

    def test_an_answer_counts_once_for_its_session_and_its_browser(self, kim, desk):
        key = key_of(kim)
        first, second = asked(desk, "passkey"), asked(desk, "passkey")
        answer = answer_of(desk.get(first), key.show)
        assert desk.post(second, answer).status_code == 422, "for another session"
        answer = answer_of(desk.get(first), key.show)
        other = client_of(staff("park", "clerk"))
        assert other.post(first, answer).status_code == 409, "in another browser"
        assert desk.post(first, answer).status_code == 302
        desk.post(first, {"end": "1"})
        assert desk.post(second, answer).status_code == 422, "once more"
        consented = rows(AssistedSession).filter(consented__isnull=False)
        assert [f"/counter/assist/{one.pk}/" for one in consented] == [first]

    def test_an_answer_of_a_sign_in_agrees_to_nothing(self, kim, desk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        desk.get(wait)
        sign_in = answer_of(desk.get("/sign-in/passkey/"), key.show)
        assert desk.post(wait, sign_in).status_code == 422
        consent = answer_of(desk.get(wait), key.show)
        assert desk.post("/sign-in/passkey/", consent).status_code == 422
        assert the_session().consented is None

    def test_after_ten_minutes_nothing_waits(self, kim, desk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        answer = answer_of(desk.get(wait), key.show)
        with times.fixed_clock(the_session().asked + timedelta(minutes=10)):
            desk.post(wait, answer)
            assert desk.post(wait).status_code == 409
        assert the_session().consented is None

    def test_without_a_passkey_another_way_is_named_and_by_phone_there_is_none(self, kim, desk):
        page = desk.post("/counter/assist/", FORM | {"consent": "passkey"})
        assert list(page.context["errors"]) == ["consent"]
        key_of(kim)
        page = desk.post("/counter/assist/", FORM | {"consent": "passkey", "channel": "phone"})
        assert list(page.context["errors"]) == ["consent"]
        assert not rows(AssistedSession).exists()

    def test_a_passkey_agrees_at_a_kiosk_that_the_code_leads_to(self, kim, desk, kiosk):
        key = key_of(kim)
        wait = asked(desk, "passkey")
        page = desk.get(f"{wait}?at=kiosk")
        code = assisted_kiosk.code_of(the_session())
        assert (page["Refresh"], code in page.content.decode()) == ("5", True)
        assert kiosk.post("/kiosk/agree/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
        page = kiosk.get("/kiosk/agree/", headers={"accept-language": "en"})
        assert "15 minutes" in page.content.decode()
        assert page["Refresh"] == "120; url=/kiosk/over/"
        done = kiosk.post("/kiosk/agree/", answer_of(page, key.show))
        assert done["Refresh"] == "15; url=/kiosk/over/"
        assert assisted.evidence_of(the_session().pk)["through"].startswith("kiosk:")
        assert desk.post(wait)["Location"] == "/account/names/"
        assert actor_of(kiosk).is_anonymous, "to agree is not to sign in"

    def test_a_kiosk_refuses_other_keys_and_takes_a_no(self, kim, desk, kiosk):
        own, other = key_of(kim), key_of(resident("박별"))
        asked(desk, "passkey")
        kiosk.post("/kiosk/agree/", {"code": assisted_kiosk.code_of(the_session())})
        page = kiosk.post("/kiosk/agree/", answer_of(kiosk.get("/kiosk/agree/"), other.show))
        assert page.status_code == 422
        kiosk.post("/kiosk/agree/", {})
        assert the_session().ended_why == "refused"
        kiosk.post("/kiosk/agree/", answer_of(page, own.show))
        assert the_session().consented is None

    def test_codes_are_not_guessed_and_lead_nowhere_but_on_kiosks(self, kim, desk, kiosk):
        key_of(kim)
        asked(desk, "passkey")
        code = assisted_kiosk.code_of(the_session())
        wrong = f"{(int(code) + 1) % 10**6:06}"
        assert Client().post("/kiosk/agree/", {"code": code}).status_code == 404
        tried = [kiosk.post("/kiosk/agree/", {"code": wrong}).status_code for _n in range(7)]
        assert tried[:5] == [422] * 5
        assert tried[-1] == 429
        assert kiosk.post("/kiosk/agree/", {"code": code}).status_code == 429
        with times.fixed_clock(times.now() + timedelta(minutes=8)):
            assert kiosk.post("/kiosk/agree/", {"code": code}).status_code == 302
        with times.fixed_clock(the_session().asked + timedelta(minutes=10)):
            page = kiosk.get("/kiosk/agree/")
            assert "options" not in page.context


@pytest.mark.parametrize("way", ["approval", "passkey"])
def test_a_number_on_the_account_page_is_no_yes_to_another_way(kim, desk, way):
    key_of(kim)
    asked(desk, way)
    row, own = the_session(), client_of(kim)
    assert own.get("/account/assistance/").status_code == 200
    own.post("/account/assistance/answer/", {"session": row.pk, "number": row.number})
    assert the_session().consented is None
    own.post("/account/assistance/answer/", {"session": row.pk})
    assert the_session().ended_why == "refused"
