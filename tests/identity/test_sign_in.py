"""Signing in and out, and what stops guessing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from madang.identity import api
from madang.identity.models import SignInFailure
from madang.identity.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS
from madang.kernel.models import AuditEntry

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PASSWORD = "courtyard lantern persimmon"


@pytest.fixture
def kim() -> api.Account:
    return api.add_user("kim", ["officer"], password=PASSWORD)


def sign_in(client: Client, name: str, password: str, **extra: str):
    return client.post("/sign-in/", {"name": name, "password": password, **extra})


def test_the_right_password_opens_a_session_and_goes_back(client: Client, kim: api.Account):
    answer = sign_in(client, "kim", PASSWORD, next="/air/measures/")
    assert (answer.status_code, answer["Location"]) == (302, "/air/measures/")
    assert client.session["account"] == kim.id.removeprefix("account:")
    assert AuditEntry.objects.filter(verb="identity.sign_in", actor=kim.id).count() == 1


ELSEWHERE = pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "http:///evil.example",
        "javascript:x(1)",
        " https://evil.example",
        "\thttps://evil.example",
        "/\n/evil.example",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        "data:text/html,x",
        "https://[evil/",
    ],
)


@ELSEWHERE
def test_nobody_is_sent_to_another_site(client: Client, kim: api.Account, target: str):
    assert sign_in(client, "kim", PASSWORD, next=target)["Location"] == "/"
    signed_in = client.get("/sign-in/", {"next": target})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")


@ELSEWHERE
@pytest.mark.parametrize(
    "path", ["/language/en/", "/display/senior/", "/theme/dark/", "/district/"]
)
def test_no_choice_leads_to_another_site(client: Client, path: str, target: str):
    assert client.get(path, {"next": target})["Location"] == "/"


@pytest.mark.asvs("6.3.8")
def test_a_wrong_password_and_an_unknown_name_look_the_same(client: Client, kim: api.Account):
    wrong = sign_in(client, "kim", "guess")
    unknown = sign_in(client, "nobody", "guess")
    assert wrong.status_code == unknown.status_code == 422
    same = [re.sub(rb'value="[^"]*"', b"", page.content) for page in (wrong, unknown)]
    assert same[0] == same[1]
    assert AuditEntry.objects.filter(verb="identity.refuse_sign_in").count() == 2


@pytest.mark.asvs("6.3.1")
def test_after_five_wrong_passwords_even_the_right_one_waits(client: Client, kim: api.Account):
    for _ in range(FAILURES_PER_ACCOUNT):
        assert sign_in(client, "kim", "guess").status_code == 422
    answer = sign_in(client, "kim", PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 30


@pytest.mark.asvs("6.3.1")
def test_one_address_trying_many_names_waits(client: Client, kim: api.Account):
    for number in range(FAILURES_PER_ADDRESS):
        sign_in(client, f"name{number}", "guess")
    assert sign_in(client, "kim", PASSWORD).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, "kim", PASSWORD).status_code == 302


def test_the_front_names_the_address_and_a_stranger_cannot(kim: api.Account):
    front = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.0.0.1, 192.0.2.7")
    sign_in(front, "kim", "guess")
    stranger = Client(REMOTE_ADDR="198.51.100.9", HTTP_X_FORWARDED_FOR="192.0.2.8")
    sign_in(stranger, "kim", "guess")
    assert set(SignInFailure.objects.values_list("address", flat=True)) == {
        "192.0.2.7",
        "198.51.100.9",
    }


def test_signing_in_clears_the_count(client: Client, kim: api.Account):
    sign_in(client, "kim", "guess")
    sign_in(client, "kim", PASSWORD)
    assert not SignInFailure.objects.exists()


@pytest.mark.asvs("7.4.1", "7.4.4")
def test_signing_out_ends_the_session_and_needs_a_form(client: Client, kim: api.Account):
    sign_in(client, "kim", PASSWORD)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert "account" not in client.session


def test_a_form_without_token_is_refused(kim: api.Account):
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, "kim", PASSWORD)
    assert answer.status_code == 403
    assert "account" not in client.session
