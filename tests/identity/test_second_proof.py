"""Staff with a password alone are led to a second proof, and on to where they wanted to go."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from django.test import Client

from madang.identity import api, cli
from madang.identity.engine.levels import Level
from madang.kernel import times
from tests.identity.keys import answer_of, code_now, facts_of, later, notices, shown
from tests.identity.laid import laid
from tests.identity.residents import client_of, staff
from tests.identity.soft_passkey import SoftPasskey
from tests.staff import PASSWORD, joined, sign_in, with_new_app

pytestmark = [pytest.mark.data, pytest.mark.django_db]
STAFF_PAGES = ("/operations/", "/staff/", "/call-backs/", "/operations/jobs/", "/operations/keys/")


@pytest.fixture
def lee(client: Client) -> Client:
    """Return a browser of an administrator who showed a password and has nothing else."""
    api.add_user("lee", ["administrator"], password=PASSWORD)
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    return client


def led(client: Client, path: str) -> str:
    """Return the page to which a reader without a second proof is led, as the browser follows."""
    answer = client.get(path)
    assert answer["Location"].startswith("/sign-in/?next=")
    answer = client.get(answer["Location"])
    assert answer["Location"] == "/sign-in/more/"
    return client.get("/sign-in/more/").content.decode()


@pytest.mark.asvs("6.3.3")
@pytest.mark.parametrize("path", STAFF_PAGES)
def test_a_password_alone_opens_no_page_of_staff(lee: Client, path: str):
    page = led(lee, path)
    for way in ("/account/passkeys/add/", "/account/app-codes/add/", "/sign-in/paper/"):
        assert f'href="{way}"' in page


@pytest.mark.asvs("6.3.3")
def test_adding_an_app_leads_on_to_where_one_wanted(lee: Client):
    led(lee, "/operations/jobs/")
    page = lee.get("/account/app-codes/add/")
    app = pyotp.TOTP(page.context["secret"].replace(" ", ""))
    with times.fixed_clock(times.now()):  # or the next half minute begins in between
        form = {"token": page.context["token"], "code": code_now(app), "label": ""}
        assert lee.post("/account/app-codes/add/", form)["Location"] == "/operations/jobs/"
    assert lee.get("/operations/jobs/").status_code == 200
    assert facts_of(lee).level == Level(2, 2)
    assert notices() == ["authenticator-added"]


def test_adding_a_passkey_leads_on_to_where_one_wanted(lee: Client):
    led(lee, "/staff/")
    form = answer_of(lee.get("/account/passkeys/add/"), SoftPasskey().make)
    assert lee.post("/account/passkeys/add/", form)["Location"] == "/staff/"
    assert lee.get("/staff/").status_code == 200


def test_who_signed_in_long_ago_is_asked_for_the_password_and_still_arrives(lee: Client):
    """Adding what opens an account needs a fresh sign-in; that wish does not replace the first."""
    with times.fixed_clock(times.now() + timedelta(minutes=20)):
        led(lee, "/operations/jobs/")
        again = lee.get("/account/passkeys/add/")["Location"]
        lee.get(again)
        answer = lee.post("/sign-in/", {"name": "lee", "password": PASSWORD})
        assert answer["Location"] == "/account/passkeys/add/"
        form = answer_of(lee.get("/account/passkeys/add/"), SoftPasskey().make)
        assert lee.post("/account/passkeys/add/", form)["Location"] == "/operations/jobs/"


def test_who_turned_to_the_account_meanwhile_stays_there(lee: Client):
    led(lee, "/operations/jobs/")
    lee.get("/account/")
    form = answer_of(lee.get("/account/passkeys/add/"), SoftPasskey().make)
    assert lee.post("/account/passkeys/add/", form)["Location"] == "/account/"
    assert facts_of(lee).level.aal == 1, "what was added without need is not shown yet"


@pytest.mark.asvs("6.3.3")
def test_whoever_has_a_second_proof_is_asked_for_it_not_for_another(lee: Client):
    with_new_app(lee.session["account"])
    page = led(lee, "/operations/")
    assert 'href="/sign-in/app-code/"' in page
    assert "/account/app-codes/add/" not in page
    # a stolen password cannot add a proof of the thief's own
    assert "acr=" in lee.get("/account/passkeys/add/")["Location"]


def test_whoever_brings_a_certificate_need_not_add_anything(lee: Client, monkeypatch, tmp_path):
    with laid(monkeypatch, tmp_path, times.now()):
        page = led(lee, "/operations/")
    assert 'href="/sign-in/certificate/"' in page
    assert 'href="/sign-in/certificate/"' not in led(lee, "/operations/")


@pytest.mark.asvs("6.3.3")
def test_printed_codes_are_the_second_proof_of_who_has_nothing_else(lee: Client):
    led(lee, "/operations/jobs/")
    printed = CliRunner().invoke(cli.codes, ["lee", "--json"])
    sheet = json.loads(printed.stdout)["codes"]
    assert len(set(sheet)) == 10
    assert 'name="number"' not in lee.get("/sign-in/paper/").content.decode()
    answer = lee.post("/sign-in/paper/", {"code": sheet[2]})
    assert answer["Location"] == "/operations/jobs/"
    assert facts_of(lee).amr == ("pwd", "paper")
    other = Client()
    other.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert other.post("/sign-in/paper/", {"code": sheet[2]}).status_code == 422, "used"
    assert notices() == ["authenticator-added"]


@pytest.mark.asvs("6.3.3")
def test_the_first_administrator_goes_from_the_link_to_the_control_room(client: Client):
    link = api.first_administrator_link("http://city.example")
    path = link.removeprefix("http://city.example")
    form = {"name": "ann", "password": PASSWORD, "again": PASSWORD}
    assert client.post(path, form)["Location"] == "/"
    assert 'href="/account/passkeys/add/"' in led(client, "/operations/pipeline/")
    form = answer_of(client.get("/account/passkeys/add/"), (key := SoftPasskey()).make)
    assert client.post("/account/passkeys/add/", form)["Location"] == "/operations/pipeline/"
    shown(other := Client(), key)
    assert other.get("/operations/pipeline/").status_code == 200, "from now on the key is enough"


def test_printed_codes_are_for_staff_that_there_is(client: Client):
    refused = CliRunner().invoke(cli.codes, ["nobody"])
    assert refused.exit_code != 0
    assert "no account 'nobody'" in str(refused.exception)


@pytest.mark.asvs("6.3.3")
def test_a_sheet_alone_does_not_sign_staff_in(lee: Client):
    sheet = api.print_staff_codes("lee")
    answer = Client().post("/sign-in/paper/", {"number": "lee", "code": sheet[0]})
    assert answer.status_code == 422


def test_a_form_sent_with_a_password_alone_comes_back_after_the_second_proof(client: Client):
    """An officer's decision written at level one is kept, in the same session."""
    api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    session = facts_of(client).id
    sent = client.post("/air/measures/1/lift/", {"reason": "the wind turned"})
    assert "acr=urn%3Amadang%3Aial1%3Aaal2" in sent["Location"]
    assert facts_of(client) is not None, "still signed in"
    client.get(sent["Location"])
    app = with_new_app(client.session["account"])
    with times.fixed_clock(times.now()):
        answer = client.post("/sign-in/app-code/", {"code": app.at(times.now())})
    assert answer["Location"] == "/sign-in/kept-form/"
    page = client.get(answer["Location"]).content.decode()
    assert 'action="/air/measures/1/lift/"' in page
    assert "the wind turned" in page
    assert facts_of(client).id == session


@pytest.mark.asvs("6.3.3")
def test_the_api_names_the_level_it_wants(client: Client):
    """RFC 9470, section 3; the problem document carries the same."""
    api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    refused = client.post("/api/v1/air/measures/1/approve", content_type="application/json")
    assert refused.status_code == 401
    assert refused.json()["code"] == "step-up-needed"
    assert refused.json()["acr_values"] == "urn:madang:ial1:aal2"
    assert refused["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", acr_values="urn:madang:ial1:aal2"'
    )
    strong = joined("lee", ["officer"])
    found = strong.post("/api/v1/air/measures/1/approve", content_type="application/json")
    assert found.status_code == 404, "let in; there is no such measure"


def test_without_the_role_no_second_proof_is_asked_for(client: Client):
    client = client_of(staff("kim", "clerk"), "pwd")
    assert client.get("/operations/", headers={"accept": "text/html"}).status_code == 403
    refused = client.post("/api/v1/air/measures/1/approve", content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_the_menu_shows_what_opens_after_a_second_proof(lee: Client, monkeypatch):
    assert 'href="/operations/"' in lee.get("/status/?lang=en").content.decode()
    later(monkeypatch, minutes=1)
    sign_in(lee, "lee")
    assert 'href="/operations/"' in lee.get("/status/?lang=en").content.decode()
