"""The example of the how-to "Let people sign in to a district's application", run as it stands."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from authlib.integrations.requests_client import OAuth2Session

from madang.identity.account_models import Account
from madang.identity.provider import deliveries
from madang.identity.provider_models import Grant
from madang.kernel import times
from tests.identity.relying import (
    ISSUER,
    Party,
    Site,
    made_keys,
    party,
    provider_keys,
    resident,
    sign_in,
)

__all__ = ["made_keys", "provider_keys", "resident"]
pytestmark = [pytest.mark.data, pytest.mark.django_db]
FILE = Path(__file__).parents[2] / "docs" / "examples" / "district_app.py"
HERE = "http://localhost:9000"


@pytest.fixture
def rp(provider_keys: None) -> Party:
    return party(
        name="Parks of Mapo",
        redirect_uris=(f"{HERE}/back",),
        post_logout_redirect_uris=(f"{HERE}/",),
        backchannel_logout_uri=f"{HERE}/told",
    )


@pytest.fixture
def district(rp: Party, monkeypatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("district_app", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.CLIENT_ID, module.CLIENT_SECRET = rp.client.client_id, rp.secret
    plain = module.open_session

    def mounted() -> OAuth2Session:
        client = plain()
        client.mount("http://", Site())
        return client

    monkeypatch.setattr(module, "open_session", mounted)
    return module


class Reader:
    """A browser between the district's application and the city's portal."""

    def __init__(self, district: ModuleType, rp: Party) -> None:
        self.district, self.rp, self.cookie = district, rp, ""

    def at_app(self, path: str, method: str = "GET", form: str = "") -> tuple[str, str, str]:
        """Return status, target and page."""
        parts, said = urlsplit(path), {}
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "HTTP_COOKIE": self.cookie, "CONTENT_LENGTH": str(len(form)),
            "wsgi.input": BytesIO(form.encode()),
        }  # fmt: skip
        body = self.district.app(environ, lambda status, headers: said.update(
            dict(headers), status=status))  # fmt: skip
        self.cookie = said["Set-Cookie"].split(";")[0]
        return said["status"], said.get("Location", ""), body[0].decode()

    def through_portal(self, target: str) -> Any:
        """Follow to the portal and, where it leads back, to the application's page."""
        return self.rp.follow(self.rp.browser.get(target.removeprefix(ISSUER)))


def test_it_signs_in_steps_up_and_signs_out(district: ModuleType, rp: Party, resident: Account):
    reader = Reader(district, rp)
    assert "Sign in" in reader.at_app("/")[2]
    _status, target, _page = reader.at_app("/sign-in")
    assert b'name="password"' in reader.through_portal(target).content
    sign_in(rp.browser, resident, "otp")
    back = reader.through_portal(target)["Location"]
    assert reader.at_app(back.removeprefix(HERE))[1] == "/"
    assert "Hello 김하늘" in reader.at_app("/")[2]

    _status, target, _page = reader.at_app("/refund")  # one factor is not enough
    assert "acr_values" in target
    assert reader.through_portal(target).status_code == 200
    sign_in(rp.browser, resident, "pwd")
    back = reader.through_portal(target)["Location"]
    assert reader.at_app(back.removeprefix(HERE))[1] == "/refund"
    assert "on its way" in reader.at_app("/refund")[2]

    _status, target, _page = reader.at_app("/sign-out", "POST")
    assert rp.browser.get(target.removeprefix(ISSUER))["Location"] == f"{HERE}/"
    assert "account" not in rp.browser.session
    assert "Sign in" in reader.at_app("/")[2]


def test_an_answer_that_was_not_asked_for_is_refused(
    district: ModuleType, rp: Party, resident: Account
):
    reader = Reader(district, rp)
    _status, target, _page = reader.at_app("/sign-in")
    sign_in(rp.browser, resident)
    back = reader.through_portal(target)["Location"].removeprefix(HERE)
    stranger = Reader(district, rp)
    assert stranger.at_app(back)[0].startswith("400")
    assert reader.at_app(back.replace("iss=http", "iss=https"))[0].startswith("400")


def test_it_ends_its_session_when_it_is_told(district: ModuleType, rp: Party, resident: Account):
    reader = Reader(district, rp)
    _status, target, _page = reader.at_app("/sign-in")
    sign_in(rp.browser, resident)
    reader.at_app(reader.through_portal(target)["Location"].removeprefix(HERE))
    granted = Grant.objects.get()
    token = deliveries.logout_token(rp.client, granted.sub, granted.sid)
    assert reader.at_app("/told", "POST", f"logout_token={token[:-4]}AAAA")[0].startswith("400")
    other = Reader(district, rp)
    assert other.at_app("/told", "POST", f"logout_token={token}")[0].startswith("200")
    assert "Sign in" in reader.at_app("/")[2]


def test_an_old_sign_in_is_not_enough_for_money(district: ModuleType):
    now = times.now()
    claims = {"acr": "urn:madang:ial2:aal2", "auth_time": now.timestamp()}
    assert district.is_sure(claims)
    assert not district.is_sure(claims | {"auth_time": (now - timedelta(minutes=6)).timestamp()})
    assert not district.is_sure(claims | {"acr": "urn:madang:ial2:aal1"})
    assert not district.is_sure(claims | {"acr": ""})
