"""Gateways: who may send, and how their keys are kept."""

from __future__ import annotations

import base64

import bcrypt
import pytest

from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from madang.telemetry import gateways, models
from madang.telemetry.changes import catalogue_version
from madang.telemetry.keys import Credentials, credentials

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def test_a_key_is_shown_once_and_only_its_hash_is_kept():
    gateway, key = gateways.create_gateway("roof-1", "real", ["observe"], 100)
    row = models.Gateway.objects.get(pk=gateway.id)
    assert key.startswith(row.key_prefix)
    assert key not in (row.key_hash, row.key_prefix, row.bus_hash)
    assert len(key) >= 4 + 43  # 256 bits in base64url


def test_a_gateway_is_found_by_its_key_alone_and_with_its_name():
    gateway, key = gateways.create_gateway("roof-1", "real")
    assert gateways.gateway_of(Credentials(None, key)) == gateway
    assert gateways.gateway_of(Credentials("roof-1", key)) == gateway


@pytest.mark.parametrize("presented", [None, Credentials(None, "mdg_x"), Credentials("roof-2", "")])
def test_an_unknown_key_is_turned_away(presented):
    gateways.create_gateway("roof-1", "real")
    with pytest.raises(Unauthenticated):
        gateways.gateway_of(presented)


def test_a_key_does_not_open_under_another_name():
    _, key = gateways.create_gateway("roof-1", "real")
    gateways.create_gateway("roof-2", "real")
    with pytest.raises(Unauthenticated):
        gateways.gateway_of(Credentials("roof-2", key))


def test_after_rotation_only_the_new_key_opens():
    _, old = gateways.create_gateway("roof-1", "real")
    new = gateways.rotate_key("roof-1")
    assert gateways.gateway_of(Credentials(None, new)).name == "roof-1"
    with pytest.raises(Unauthenticated):
        gateways.gateway_of(Credentials(None, old))


def test_a_gateway_switched_off_is_forbidden():
    _, key = gateways.create_gateway("roof-1", "real")
    gateways.enable_gateway("roof-1", enabled=False)
    with pytest.raises(Forbidden):
        gateways.gateway_of(Credentials(None, key))


def test_wrong_fields_are_all_named():
    with pytest.raises(Invalid) as caught:
        gateways.create_gateway("No Good", "invented", ["fly"], 0)
    assert set(caught.value.fields) == {"name", "origin", "scopes", "quota"}


def test_a_name_is_given_once():
    gateways.create_gateway("roof-1", "real")
    with pytest.raises(Conflict, match="roof-1"):
        gateways.create_gateway("roof-1", "real")


def test_rotating_an_unknown_gateway_says_so():
    with pytest.raises(NotFound, match="roof-9"):
        gateways.rotate_key("roof-9")


def test_each_change_counts_the_catalogue_up():
    before = catalogue_version()
    gateways.create_gateway("roof-1", "real")
    gateways.rotate_key("roof-1")
    assert catalogue_version() == before + 2


def test_credentials_are_read_from_each_header_form():
    basic = base64.b64encode(b"roof-1:mdg_k").decode()
    assert credentials({"authorization": f"Basic {basic}"}) == Credentials("roof-1", "mdg_k")
    assert credentials({"authorization": "Bearer mdg_k"}) == Credentials(None, "mdg_k")
    assert credentials({"x-madang-key": "mdg_k"}) == Credentials(None, "mdg_k")
    assert credentials({"authorization": "Basic %%%"}) is None
    assert credentials({}) is None


def test_a_key_is_also_the_bus_password_until_it_is_rotated():
    _, key = gateways.create_gateway("roof-1", "real")
    kept = models.Gateway.objects.get().bus_hash
    assert bcrypt.checkpw(key.encode(), kept.encode())
    fresh = gateways.rotate_key("roof-1")
    kept = models.Gateway.objects.get().bus_hash
    assert bcrypt.checkpw(fresh.encode(), kept.encode())
    assert not bcrypt.checkpw(key.encode(), kept.encode())


def test_no_gateway_takes_the_name_of_the_bus_itself():
    with pytest.raises(Invalid, match="name"):
        gateways.create_gateway("madang", "real")
