"""Codes of an authenticator app: each once, close to now, never shown again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from madang.access.api import maintenance
from madang.identity import api, app_codes, authenticators
from madang.identity.account_models import Authenticator
from madang.identity.engine.levels import Level
from madang.identity.errors import ProofFailed
from madang.kernel import times
from tests.identity.keys import PASSWORD, account_of, code_now, facts_of, later, with_app

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def kim(client: Client) -> Client:
    api.add_user("kim", ["officer"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    return client


def again() -> Client:
    client = Client()
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    return client


@pytest.mark.asvs("6.3.3")
def test_password_and_code_are_two_factors(kim: Client, monkeypatch):
    app = with_app(kim)
    later(monkeypatch, seconds=60)
    other = again()
    answer = other.get("/sign-in/?next=/operations/&acr=urn:madang:ial1:aal2")
    assert answer["Location"] == "/sign-in/more/"
    assert "sign-in/app-code" in other.get("/sign-in/more/").content.decode()
    answer = other.post("/sign-in/app-code/", {"code": code_now(app)})
    assert answer["Location"] == "/operations/"
    assert facts_of(other).level == Level(2, 2)


@pytest.mark.asvs("6.5.1")
def test_a_code_works_once_and_not_the_one_that_enrolled(kim: Client, monkeypatch):
    app = with_app(kim)
    account = account_of(kim).pk
    with pytest.raises(ProofFailed):
        app_codes.check(account, code_now(app))
    later(monkeypatch, seconds=30)
    code = code_now(app)
    assert app_codes.check(account, code).amr == "otp"
    with pytest.raises(ProofFailed):
        app_codes.check(account, code)


@pytest.mark.asvs("6.5.5", "6.5.8")
@pytest.mark.parametrize("second", [0, 1, 29, 29.999])
def test_a_code_holds_for_its_half_minute(kim: Client, second: float):
    app, account = with_app(kim), account_of(kim).pk
    start = datetime.fromtimestamp((times.now().timestamp() // 30 + 20) * 30, UTC)
    with times.fixed_clock(start + timedelta(seconds=second)):
        assert app_codes.check(account, app.at(start)).amr == "otp"


@pytest.mark.asvs("6.5.5", "6.5.8")
@pytest.mark.parametrize("second", [-30, -1, -0.001, 30, 31, 60])
def test_a_code_holds_no_second_longer_nor_sooner(kim: Client, second: float):
    app, account = with_app(kim), account_of(kim).pk
    start = datetime.fromtimestamp((times.now().timestamp() // 30 + 20) * 30, UTC)
    with times.fixed_clock(start + timedelta(seconds=second)), pytest.raises(ProofFailed):
        app_codes.check(account, app.at(start))


def test_who_types_slowly_is_not_made_to_wait(kim: Client, monkeypatch):
    """A code of half a minute ago shows that its reader has the app: it is no guess."""
    app = with_app(kim)
    later(monkeypatch, minutes=10)
    old = app.at(times.now() - timedelta(seconds=30))
    for _try in range(6):
        assert kim.post("/sign-in/app-code/", {"code": old}).status_code == 422
    assert kim.post("/sign-in/app-code/", {"code": code_now(app)}).status_code == 302


@pytest.mark.asvs("6.5.1")
def test_an_older_code_after_a_newer_one_is_refused(kim: Client, monkeypatch):
    app = with_app(kim)
    later(monkeypatch, minutes=5)
    older = app.at(times.now() - timedelta(seconds=30))
    app_codes.check(account_of(kim).pk, code_now(app))
    with pytest.raises(ProofFailed):
        app_codes.check(account_of(kim).pk, older)


def test_spaces_and_other_digits_are_read(kim: Client, monkeypatch):
    app = with_app(kim)
    later(monkeypatch, minutes=5)
    code = code_now(app)
    arabic = "".join(chr(0x0660 + int(digit)) for digit in code)
    assert app_codes.check(account_of(kim).pk, f"{arabic[:3]} {arabic[3:]}").amr == "otp"


@pytest.mark.asvs("6.5.2")
def test_the_secret_is_sealed_in_table_and_session(kim: Client):
    page = kim.get("/account/app-codes/add/")
    secret = page.context["secret"].replace(" ", "")
    assert secret not in str(dict(kim.session))
    app = with_app(kim)
    with maintenance("test"):
        row = Authenticator.objects.get(method="totp")
    assert app.secret.encode() not in bytes(row.secret)
    assert "no-store" in page["Cache-Control"]


def test_a_wrong_code_adds_nothing_and_keeps_the_square_code(kim: Client):
    page = kim.get("/account/app-codes/add/")
    form = {"token": page.context["token"], "code": "000000"}
    answer = kim.post("/account/app-codes/add/", form)
    assert answer.status_code == 422
    assert answer.context["secret"] == page.context["secret"]
    assert answer.context["picture"].startswith("data:image/svg+xml")
    assert not authenticators.authenticators_of(account_of(kim).pk)


@pytest.mark.asvs("6.6.3")
def test_guessing_is_slowed_down(kim: Client):
    with_app(kim)
    codes = [kim.post("/sign-in/app-code/", {"code": f"00000{n}"}).status_code for n in range(6)]
    assert codes == [422] * 5 + [429]


def test_a_code_alone_opens_nothing(client: Client):
    assert client.get("/sign-in/app-code/")["Location"].startswith("/sign-in/?")
