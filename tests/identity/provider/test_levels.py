"""No application is told of a surer sign-in than there was; steps up, or is told that it is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.identity.account_models import Account
from madang.identity.engine.levels import FACTORS, Level, aal_of, level_of
from madang.identity.provider.asked import Asked
from madang.identity.provider.steps import Agreed, Step, next_step
from madang.identity.provider_models import Client
from madang.identity.sessions import SessionFacts
from tests.identity.relying import new_resident, party, sign_in

AT = datetime(2026, 11, 22, tzinfo=UTC)
LEVELS = st.builds(Level, st.integers(1, 3), st.integers(1, 3))
AMR = st.lists(st.sampled_from(sorted(FACTORS)), min_size=1, max_size=4, unique=True)


@given(AMR, st.integers(1, 3), st.lists(LEVELS, max_size=3), LEVELS, st.integers(-900, 900),
       st.sets(st.sampled_from(["login", "consent", "select_account"])), st.booleans())  # fmt: skip
def test_whoever_is_let_in_reaches_what_was_asked(
    amr: list[str], ial: int, levels: list[Level], least: Level, age_s: int, prompts: set[str],
    wants_fresh: bool,
):  # fmt: skip
    client = Client(client_id="c", ial=least.ial, aal=least.aal, asks_consent=True)
    not_before = AT if wants_fresh or "login" in prompts else None
    asked = Asked(client, "https://a.example/", AT, ("openid",), {}, levels=tuple(levels),
                  prompts=frozenset(prompts), not_before=not_before)  # fmt: skip
    level = Level(ial, aal_of(amr))
    facts = SessionFacts("s", "a", "p", "", level, tuple(amr), AT + timedelta(seconds=age_s),
                         AT - timedelta(hours=1), "resident")  # fmt: skip
    agreed = Agreed(frozenset(["openid"]), frozenset(), AT)
    step = next_step(asked, facts, agreed, None)
    if step.step is Step.LET_IN:
        assert level.meets(least)
        assert not levels or any(level.meets(one) for one in levels)
        assert not_before is None or facts.authenticated_at >= not_before
        assert "select_account" not in prompts or facts.authenticated_at >= AT
    # who follows the wish is let in, or asked something: never led round in circles
    if step.step is Step.SIGN_IN:
        surer = SessionFacts("s", "a", "p", "", asked.wanted, tuple(amr), AT + timedelta(hours=1),
                             AT, "resident")  # fmt: skip
        assert next_step(asked, surer, agreed, None).step is Step.LET_IN


@pytest.mark.asvs("7.6.2")
@given(LEVELS, st.integers(0, 1))
def test_silence_never_asks(level: Level, signed_in: int):
    client = Client(client_id="c", ial=2, aal=2, asks_consent=True)
    asked = Asked(client, "https://a.example/", AT, ("openid",), {}, prompts=frozenset(["none"]))
    facts = SessionFacts("s", "a", "p", "", level, ("pwd",), AT, AT, "resident")
    step = next_step(asked, facts if signed_in else None, Agreed(), None)
    assert step.step is Step.REFUSE
    assert step.error in ("login_required", "interaction_required", "consent_required")


def test_an_assisted_session_reaches_no_application():
    client = Client(client_id="c", asks_consent=False)
    asked = Asked(client, "https://a.example/", AT, ("openid",), {})
    facts = SessionFacts("s", "a", "p", "", Level(2, 2), ("passkey",), AT, AT, "resident",
                         assisted="session")  # fmt: skip
    assert next_step(asked, facts, Agreed(), None).error == "access_denied"


@pytest.mark.data
@pytest.mark.django_db
class TestInTheBrowser:
    """The same over HTTP."""

    @pytest.mark.asvs("7.6.1", "10.3.4")
    def test_a_weak_sign_in_steps_up(self, provider_keys: None, resident: Account):
        rp = party()
        sign_in(rp.browser, resident, "otp")
        page = rp.follow(rp.ask(acr_values="urn:madang:ial2:aal2"))
        assert page.status_code == 200
        assert b"oauth/continue" in page.content  # the way back without stepping up
        sign_in(rp.browser, resident, "pwd")
        answer = rp.answer(rp.browser.get(rp.browser.session["wish"]["next"]))
        claims = rp.claims(json.loads(rp.exchange(answer["code"]).content)["id_token"])
        assert claims["acr"] == "urn:madang:ial2:aal2"
        assert sorted(claims["amr"]) == ["otp", "pwd"]

    @pytest.mark.asvs("10.3.4")
    @pytest.mark.parametrize("ial", [1, 2])
    @pytest.mark.parametrize("amr", [["otp"], ["passkey"], ["pwd", "otp"], ["email"]])
    @pytest.mark.parametrize("acr", ["urn:madang:ial3:aal3", "http://eidas.europa.eu/LoA/high", ""])
    def test_no_token_says_more_than_was_shown(
        self, provider_keys: None, ial: int, amr: list[str], acr: str
    ):
        rp = party()
        sign_in(rp.browser, new_resident(ial=ial), *amr)
        answer = rp.answer(rp.ask(acr_values=acr, prompt="none"))
        if acr:
            assert answer["error"] == "interaction_required"
            return
        tokens = json.loads(rp.exchange(answer["code"]).content)
        for token in (tokens, json.loads(rp.refresh(tokens["refresh_token"]).content)):
            said = level_of(rp.claims(token["id_token"])["acr"])
            assert said == Level(ial, aal_of(amr))

    def test_giving_up_goes_back_to_the_application(self, provider_keys: None, resident: Account):
        rp = party()
        sign_in(rp.browser, resident, "otp")
        rp.follow(rp.ask(acr_values="urn:madang:ial3:aal3"))
        answer = rp.answer(rp.browser.get(rp.browser.session["wish"]["cancel"]))
        assert answer["error"] == "access_denied"
        assert answer["state"] == rp.state

    def test_a_client_has_a_least_level_of_its_own(self, provider_keys: None, resident: Account):
        rp = party(ial=2, aal=2)
        sign_in(rp.browser, resident, "otp")
        answer = rp.answer(rp.ask(prompt="none", acr_values="urn:madang:ial1:aal1"))
        assert answer["error"] == "interaction_required"

    @pytest.mark.asvs("7.6.1")
    def test_a_later_step_up_does_not_raise_an_earlier_grant(
        self, provider_keys: None, resident: Account
    ):
        rp = party()
        sign_in(rp.browser, resident, "otp")
        tokens = rp.tokens()
        sign_in(rp.browser, resident, "passkey")
        again = json.loads(rp.refresh(tokens["refresh_token"]).content)
        assert rp.claims(again["id_token"])["acr"] == "urn:madang:ial2:aal1"
