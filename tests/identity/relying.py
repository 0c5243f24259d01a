"""A relying party for tests: sends a browser to the provider, takes codes, asks for tokens."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from django.conf import settings
from django.http import HttpRequest
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import KeySet
from requests.adapters import BaseAdapter

from madang.access.api import system_actor
from madang.identity import people, sessions
from madang.identity.account_models import Account
from madang.identity.ceremony import opening_of
from madang.identity.people import NameForm, Particulars
from madang.identity.provider import clients, keys, limits
from madang.identity.provider.clients import Application
from madang.identity.provider.discovery import GRANT_TYPES
from madang.identity.provider_models import Client, SigningKey
from madang.identity.session_store import SessionStore
from madang.identity.sessions import Proof

HERE = system_actor("command-line")
CALLBACK = "https://district.example/cb"
ISSUER = "http://localhost:8000"


def secret_and_challenge() -> tuple[str, str]:
    """Return a PKCE verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(32)
    digest = sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sign_in(browser: Browser, account: Account, *amr: str) -> None:
    """Open a session for a browser, as the end of a sign-in does."""
    request = HttpRequest()
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    request.session = SessionStore(cookie.value if cookie else None)
    proofs = [Proof(one) for one in amr or ("passkey",)]
    found = sessions.facts(request)
    if found is not None and found.account == account.pk:
        sessions.add_proof(request, proofs)
    else:
        sessions.open_session(request, opening_of(account), proofs)
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


@dataclass
class Party:
    """One application and one browser."""

    client: Client
    secret: str
    browser: Browser = field(default_factory=Browser)
    verifier: str = ""
    state: str = ""
    nonce: str = ""

    def parameters(self, **other: Any) -> dict[str, str]:
        """Return the parameters of an authorization request; None leaves one out."""
        self.verifier, challenge = secret_and_challenge()
        self.state, self.nonce = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
        given = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uris[0],
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | other
        return {name: str(value) for name, value in given.items() if value is not None}

    def ask(self, **other: Any) -> Any:
        """Send the browser to the authorization endpoint."""
        return self.browser.get("/oauth/authorize", self.parameters(**other))

    def follow(self, response: Any) -> Any:
        """Follow redirects on our site, and the page that leads back by itself."""
        for _step in range(8):
            target = response.get("Location", "")
            if response.status_code == 200:
                found = re.search(
                    rb'http-equiv="refresh" content="0;url=([^"]+)"', response.content
                )
                target = unescape(found[1].decode()) if found else ""
            if not target or urlsplit(target).netloc:
                return response
            response = self.browser.get(target)
        raise AssertionError(f"goes round in circles: {target}")

    def answer(self, response: Any) -> dict[str, str]:
        """Return what comes back at the application's address."""
        response = self.follow(response)
        assert response.status_code == 302, response.content.decode()[:3000]
        target = urlsplit(response["Location"])
        sent_to = f"{target.scheme}://{target.netloc}{target.path}"
        assert sent_to in [uri.partition("?")[0] for uri in self.client.redirect_uris]
        return dict(parse_qsl(target.query))

    def code(self, **other: Any) -> str:
        """Return a code for whoever is signed in."""
        answer = self.answer(self.ask(**other))
        assert answer["state"] == self.state
        assert answer["iss"] == ISSUER
        return answer["code"]

    def post(self, path: str, form: dict[str, Any], **headers: str) -> Any:
        """Call an endpoint as this client."""
        form = {name: value for name, value in form.items() if value is not None}
        if self.client.auth_method == "client_secret_basic":
            text = base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()
            headers.setdefault("Authorization", f"Basic {text}")
        elif self.client.auth_method == "client_secret_post":
            form = {"client_id": self.client.client_id, "client_secret": self.secret} | form
        elif self.client.auth_method == "none":
            form = {"client_id": self.client.client_id} | form
        return Browser().post(
            path, urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers
        )

    def exchange(self, code: str, **other: Any) -> Any:
        """Ask for tokens for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uris[0],
            "code_verifier": self.verifier,
        }
        return self.post("/oauth/token", form | other)

    def tokens(self, **other: Any) -> dict[str, Any]:
        """Return the tokens for whoever is signed in."""
        response = self.exchange(self.code(**other))
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def refresh(self, token: str, **other: Any) -> Any:
        """Ask for new tokens for a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self.post("/oauth/token", form | other)

    def claims(self, id_token: str) -> dict[str, Any]:
        """Return the claims of an ID token whose signature is right."""
        published = json.loads(Browser().get("/oauth/jwks").content)
        found = jwt.decode(id_token, KeySet.import_key_set(published),
                           algorithms=["ES256", "RS256"])  # fmt: skip
        return dict(found.claims)

    def userinfo(self, access_token: str) -> Any:
        """Ask the userinfo endpoint."""
        return Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {access_token}"})


class Site(BaseAdapter):
    """Our pages as `requests` reaches them; no network."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = request.body or b""
        answer = Browser().generic(
            request.method or "GET",
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            body.encode() if isinstance(body, str) else body,
            content_type=request.headers.get("Content-Type", ""),
            headers=dict(request.headers),
        )
        made = requests.Response()
        made.status_code, made._content, made.request = answer.status_code, answer.content, request
        made.headers.update(answer.headers)
        return made

    def close(self) -> None:
        """Nothing is open."""


def party(**said: Any) -> Party:
    """Return an approved application."""
    application = Application(
        **{
            "name": "Library of Mapo",
            "redirect_uris": (CALLBACK,),
            "post_logout_redirect_uris": ("https://district.example/bye",),
            "scopes": ("openid", "profile", "birthdate", "district", "offline_access"),
            "grant_types": GRANT_TYPES,
            "asks_consent": False,
        }
        | said
    )
    client, secret = clients.add_client(application, by="system:test")
    return Party(client, secret)


@pytest.fixture(scope="session")
def made_keys() -> list[SigningKey]:
    """Return keys made once for all tests: RSA takes long."""
    return [
        keys.fresh(alg, state)
        for alg in keys.ALGORITHMS
        for state in (keys.State.CURRENT, keys.State.NEXT)
    ]


@pytest.fixture
def provider_keys(db: None, made_keys: list[SigningKey]) -> Iterator[None]:
    """Keep the keys; count calls anew."""
    SigningKey.objects.bulk_create(made_keys)
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def resident(db: None) -> Account:
    """Return the account of somebody whose identity was proofed (IAL 2)."""
    return new_resident()


def new_resident(name: str = "김하늘", ial: int = 2) -> Account:
    """Return a resident's account."""
    said = Particulars(
        names=(NameForm("registered", name, name[:1], name[1:], "ko"),),
        born=date(1951, 3, 2),
        nationality="KR",
        district="11440",
    )
    person = people.add_person(said, by=HERE)
    if ial > 1:
        people.proof(person, ial, "counter", by=HERE)
    return people.add_resident(person, by=HERE, language="ko")


@pytest.fixture
def rp(provider_keys: None, resident: Account) -> Party:
    """Return an application whose reader is signed in with a passkey."""
    made = party()
    sign_in(made.browser, resident)
    return made
