"""What the provider says of itself, its keys, and their rotation."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client as Browser

from madang.identity.provider import cli, keys, lifetimes
from madang.identity.provider_models import SigningKey
from madang.kernel import times
from tests.identity.relying import ISSUER, Party

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def answer(path: str):
    response = Browser().get(path)
    assert response.status_code == 200
    return json.loads(response.content)


@pytest.mark.usefixtures("provider_keys")
def test_each_endpoint_it_names_is_there():
    told = answer("/.well-known/openid-configuration")
    assert told["issuer"] == ISSUER
    assert told == answer("/.well-known/oauth-authorization-server")
    for name, address in told.items():
        if name.endswith(("_endpoint", "_uri")):
            path = address.removeprefix(ISSUER)
            assert Browser().get(path).status_code in (200, 400, 401, 405), name


@pytest.mark.usefixtures("provider_keys")
def test_keys_are_public_halves_only():
    for key in answer("/oauth/jwks")["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()
        assert key["use"] == "sig"
        assert key["kid"]


def test_tokens_stay_good_over_a_rotation_in_mid_flow(rp: Party):
    shown = {key["kid"] for key in answer("/oauth/jwks")["keys"]}
    old, code = rp.tokens()["id_token"], rp.code()
    keys.rotate("test")
    new = json.loads(rp.exchange(code).content)["id_token"]
    assert rp.claims(old)["sub"] == rp.claims(new)["sub"]
    kids = [json.loads(_part(token))["kid"] for token in (old, new)]
    assert kids[0] != kids[1]
    assert kids[1] in shown  # who keeps our keys for a while knows the new one already


def test_a_retired_key_loses_its_secret_and_is_forgotten_in_the_end(rp: Party):
    old = rp.tokens()["id_token"]
    kid = json.loads(_part(old))["kid"]
    keys.rotate("test")
    assert bytes(SigningKey.objects.get(kid=kid).sealed) == b""
    later = times.now() + lifetimes.KEY_IS_SHOWN + timedelta(seconds=1)
    with times.fixed_clock(later):
        assert kid not in {key["kid"] for key in answer("/oauth/jwks")["keys"]}
        keys.rotate_when_due()
    assert not SigningKey.objects.filter(kid=kid).exists()


@pytest.mark.usefixtures("provider_keys")
def test_keys_that_signed_for_ninety_days_are_replaced():
    before = set(SigningKey.objects.filter(state="current").values_list("kid", flat=True))
    keys.rotate_when_due()
    assert before == set(SigningKey.objects.filter(state="current").values_list("kid", flat=True))
    with times.fixed_clock(times.now() + lifetimes.KEY_SIGNS + timedelta(seconds=1)):
        keys.rotate_when_due()
    after = set(SigningKey.objects.filter(state="current").values_list("kid", flat=True))
    assert not before & after
    assert len(after) == 2


@pytest.mark.usefixtures("provider_keys")
def test_private_halves_are_sealed():
    for row in SigningKey.objects.all():
        assert b'"d"' not in bytes(row.sealed)


@pytest.mark.usefixtures("provider_keys")
def test_the_commands_list_and_rotate():
    before = json.loads(CliRunner().invoke(cli.list_keys, ["--json"]).output)["keys"]
    after = json.loads(CliRunner().invoke(cli.rotate_keys, ["--json"]).output)["keys"]
    assert len(after) == len(before) + 2
    states = {row["kid"]: row["state"] for row in after}
    assert all(states[row["kid"]] == "retired" for row in before if row["state"] == "current")


def _part(token: str) -> bytes:
    head = token.split(".", maxsplit=1)[0]
    return base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
