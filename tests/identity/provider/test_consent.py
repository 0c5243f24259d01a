"""What people are asked, remembered and can take back; what applications are told."""

from __future__ import annotations

import json

import pytest
from django.test import Client as Browser

from madang.access.api import AccessDenied, Actor, purpose
from madang.identity.account_models import Account
from madang.identity.person_models import Person
from madang.identity.provider.claims import PURPOSE
from madang.kernel.models import AuditEntry
from tests.identity.relying import Party, new_resident, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def asking(provider_keys: None, resident: Account) -> Party:
    made = party(asks_consent=True, purpose="To lend you books.")
    sign_in(made.browser, resident)
    return made


def consent_page(rp: Party, **other: str):
    response = rp.ask(**other)
    assert response.status_code == 302
    page = rp.browser.get(response["Location"])
    assert page.status_code == 200
    return response["Location"], page


@pytest.mark.asvs("10.7.2")
def test_the_page_says_who_asks_for_what_and_why(asking: Party):
    asking.browser.cookies["django_language"] = "en"
    _path, page = consent_page(asking, scope="openid profile birthdate")
    text = page.content.decode()
    assert "Library of Mapo" in text
    assert "To lend you books." in text
    assert text.count("<li>") >= 3
    assert "form-action 'self' https://district.example;" in page["Content-Security-Policy"]


@pytest.mark.asvs("10.7.1")
def test_yes_is_remembered_until_more_is_wanted(asking: Party):
    path, _page = consent_page(asking)
    answer = asking.answer(asking.browser.post(path, {"answer": "yes"}))
    assert asking.exchange(answer["code"]).status_code == 200
    assert asking.tokens(prompt="none")
    more = asking.answer(asking.ask(prompt="none", scope="openid birthdate"))
    assert more["error"] == "consent_required"
    claim = json.dumps({"userinfo": {"birthdate": None}})
    assert asking.answer(asking.ask(prompt="none", claims=claim))["error"] == "consent_required"
    assert asking.tokens(prompt="none")


def test_no_goes_back_without(asking: Party):
    path, _page = consent_page(asking)
    assert asking.answer(asking.browser.post(path, {"answer": "no"}))["error"] == "access_denied"
    assert asking.browser.post(path, {"answer": "yes"}).status_code == 410  # decided


@pytest.mark.asvs("10.7.1")
def test_prompt_consent_asks_again(asking: Party):
    path, _page = consent_page(asking)
    asking.browser.post(path, {"answer": "yes"})
    again, _page = consent_page(asking, prompt="consent")
    assert "code" in asking.answer(asking.browser.post(again, {"answer": "yes"}))


@pytest.mark.asvs("10.7.1")
def test_a_forged_yes_is_refused(asking: Party):
    path, _page = consent_page(asking)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = asking.browser.cookies
    assert strict.post(path, {"answer": "yes"}).status_code == 403


@pytest.mark.asvs("10.7.3", "10.4.9")
def test_withdrawn_is_withdrawn_at_once(asking: Party):
    path, _page = consent_page(asking)
    code = asking.answer(asking.browser.post(path, {"answer": "yes"}))["code"]
    tokens = json.loads(asking.exchange(code).content)
    page = asking.browser.get("/account/agreed/")
    assert b"Library of Mapo" in page.content
    form = page.content.decode().split('action="/account/agreed/')[1].split('"')[0]
    assert asking.browser.post(f"/account/agreed/{form}").status_code == 302
    assert asking.userinfo(tokens["access_token"]).status_code == 401
    assert asking.answer(asking.ask(prompt="none"))["error"] == "consent_required"


@pytest.mark.asvs("10.7.3")
def test_nobody_withdraws_for_somebody_else(asking: Party):
    from madang.identity.provider_models import Consent

    path, _page = consent_page(asking)
    asking.browser.post(path, {"answer": "yes"})
    other = Browser()
    sign_in(other, new_resident("이바다"))
    other.post(f"/account/agreed/{Consent.objects.get().pk}/")
    assert Consent.objects.get().withdrawn is None


def test_select_account_asks_which_one(rp: Party):
    response = rp.ask(prompt="select_account")
    assert rp.browser.get(response["Location"]).status_code == 200
    answer = rp.answer(rp.browser.post(response["Location"], {"answer": "same"}))
    assert "code" in answer


def test_another_account_signs_in_anew(rp: Party):
    response = rp.ask(prompt="select_account")
    page = rp.follow(rp.browser.post(response["Location"], {"answer": "other"}))
    assert b'name="password"' in page.content


def test_a_double_click_gives_one_code(rp: Party, resident: Account):
    rp.browser.cookies.clear()
    rp.follow(rp.ask())
    sign_in(rp.browser, resident)
    back = rp.browser.get(rp.browser.session["wish"]["next"])
    target = back.content.decode().split("0;url=")[1].split('"')[0]
    assert rp.browser.get(target).status_code == 302
    assert rp.browser.get(target).status_code == 410


@pytest.mark.asvs("10.3.3")
def test_two_sectors_cannot_compare_what_they_know(rp: Party):
    second = party(name="Sports", redirect_uris=("https://sports.example/cb",))
    sister = party(name="Archive", sector=rp.client.sector,
                   redirect_uris=("https://archive.example/cb",))  # fmt: skip
    second.browser = sister.browser = rp.browser
    ids = [one.claims(one.tokens()["id_token"]) for one in (rp, second, sister)]
    assert ids[0]["sub"] != ids[1]["sub"]
    assert ids[0]["sub"] == ids[2]["sub"]
    assert len({one["sid"] for one in ids}) == 3


def test_a_client_is_told_of_this_person_only_and_it_is_noted(rp: Party, resident: Account):
    stranger = new_resident("이바다")
    told = json.loads(rp.userinfo(rp.tokens(scope="openid profile birthdate district")
                                  ["access_token"]).content)  # fmt: skip
    assert (told["birthdate"], told["district"]) == ("1951-03-02", "11440")
    assert AuditEntry.objects.filter(
        purpose=PURPOSE, actor=f"client:{rp.client.client_id}"
    ).exists()
    actor = Actor(id=f"client:{rp.client.client_id}", person=resident.person_id or "")
    with purpose(actor, PURPOSE):
        assert not Person.objects.filter(pk=stranger.person_id).exists()
        with pytest.raises(AccessDenied):
            Person.objects.update(district="11110")


@pytest.mark.asvs("10.3.2")
def test_an_id_token_holds_no_more_than_was_asked_for(rp: Party):
    claims = rp.claims(rp.tokens(scope="openid profile")["id_token"])
    assert "name" not in claims
    asked = json.dumps({"id_token": {"name": None, "birthdate": None, "email": None}})
    claims = rp.claims(rp.tokens(claims=asked)["id_token"])
    assert (claims["name"], claims["birthdate"]) == ("김하늘", "1951-03-02")


@pytest.mark.asvs("10.3.2")
def test_a_claim_that_the_client_may_not_know_is_not_told(provider_keys: None, resident: Account):
    rp = party(scopes=("openid",))
    sign_in(rp.browser, resident)
    tokens = rp.tokens(
        scope="openid profile birthdate",
        claims=json.dumps({"userinfo": {"name": {"essential": True}}}),
    )
    assert json.loads(rp.userinfo(tokens["access_token"]).content).keys() == {"sub"}
