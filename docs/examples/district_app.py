"""A district's application in one file: signs in, steps up, signs out with the city's account.

    pip install authlib requests
    madang identity client add "Parks of Mapo" --redirect http://localhost:9000/back \\
        --after-logout http://localhost:9000/ --logout-url http://localhost:9000/told \\
        --purpose "To rent you a court." --scope openid --scope profile
    CLIENT_ID=... CLIENT_SECRET=... python district_app.py

Sessions are kept in memory, which is right for an example and for nothing else.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from html import escape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import make_server

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

ISSUER = os.environ.get("ISSUER", "http://localhost:8000")
HERE = os.environ.get("HERE", "http://localhost:9000")
CLIENT_ID = os.environ.get("CLIENT_ID", "")
CLIENT_SECRET = os.environ.get("CLIENT_SECRET", "")
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
SURE = "urn:madang:ial2:aal2"  # proofed identity, two factors: for what touches money or rights
FRESH_S = 300

sessions: dict[str, dict[str, Any]] = {}  # by cookie


def open_session() -> OAuth2Session:
    """Return a client of the provider."""
    return OAuth2Session(
        CLIENT_ID, CLIENT_SECRET, scope="openid profile", redirect_uri=f"{HERE}/back",
        code_challenge_method="S256",
    )  # fmt: skip


def provider(client: OAuth2Session) -> dict[str, Any]:
    """Return what the provider says of itself; keep it for an hour where it matters."""
    return client.get(f"{ISSUER}/.well-known/openid-configuration", withhold_token=True).json()


def checked(client: OAuth2Session, told: dict[str, Any], token: str) -> dict[str, Any]:
    """Return the claims of a token that the provider signed for us; raises where it did not."""
    keys = KeySet.import_key_set(client.get(told["jwks_uri"], withhold_token=True).json())
    claims = jwt.decode(token, keys, algorithms=["ES256", "RS256"]).claims
    jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": told["issuer"]},
        aud={"essential": True, "value": CLIENT_ID},
        exp={"essential": True},
    ).validate(claims)
    return dict(claims)


def home(session: dict[str, Any], _query: dict[str, str]) -> tuple[str, str]:
    """Greet, or offer to sign in."""
    if "claims" not in session:
        return "200 OK", '<h1>Courts of Mapo</h1><a href="/sign-in">Sign in</a>'
    name = escape(session["user"].get("name", "you"))
    return "200 OK", (
        f'<h1>Hello {name}</h1><a href="/refund">Get a refund</a>'
        '<form method="post" action="/sign-out"><button>Sign out</button></form>'
    )


def sign_in(session: dict[str, Any], query: dict[str, str], **asked: Any) -> tuple[str, str]:
    """Send the reader to the provider; what has to come back is kept here, not in the address."""
    client = open_session()
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = client.create_authorization_url(
        provider(client)["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **asked
    )
    session["waits"] = {"state": state, "verifier": verifier, "nonce": nonce,
                        "next": query.get("next", "/"), **asked}  # fmt: skip
    return f"302 {url}", ""


def back(session: dict[str, Any], query: dict[str, str]) -> tuple[str, str]:
    """Take the code, check everything, begin a session of our own."""
    waits = session.pop("waits", None)
    if waits is None or not secrets.compare_digest(query.get("state", ""), waits["state"]):
        return "400 Bad Request", "<p>This sign-in did not begin here. Begin again.</p>"
    if query.get("iss") != ISSUER:  # RFC 9207: nobody mixes providers up
        return "400 Bad Request", "<p>This answer is from another provider.</p>"
    if "error" in query:
        return "200 OK", f"<p>Nobody signed in: {escape(query['error'])}.</p>"
    client = open_session()
    told = provider(client)
    token = client.fetch_token(
        told["token_endpoint"], code=query["code"], code_verifier=waits["verifier"]
    )
    claims = checked(client, told, token["id_token"])
    if claims.get("nonce") != waits["nonce"]:
        return "400 Bad Request", "<p>This sign-in did not begin here. Begin again.</p>"
    user = client.get(told["userinfo_endpoint"]).json()
    if user["sub"] != claims["sub"]:
        return "400 Bad Request", "<p>Two answers are about two people.</p>"
    session |= {"claims": claims, "user": user, "id_token": token["id_token"]}
    return f"302 {waits['next']}", ""


def refund(session: dict[str, Any], _query: dict[str, str]) -> tuple[str, str]:
    """Do something about money: only for who showed two factors within five minutes."""
    claims = session.get("claims")
    if claims is None or not is_sure(claims):
        return sign_in(session, {"next": "/refund"}, acr_values=SURE, max_age=FRESH_S)
    return "200 OK", "<p>Your refund is on its way.</p>"


def is_sure(claims: dict[str, Any]) -> bool:
    """Return whether a sign-in is sure and fresh enough for money; never take it for granted."""
    level = re.fullmatch(r"urn:madang:ial([1-3]):aal([1-3])", claims.get("acr", ""))
    is_fresh = time.time() - claims["auth_time"] <= FRESH_S
    return bool(level) and int(level[1]) >= 2 and int(level[2]) >= 2 and is_fresh


def sign_out(session: dict[str, Any], _query: dict[str, str]) -> tuple[str, str]:
    """Forget our session, then sign out at the city, which tells the other applications."""
    hint = session.get("id_token", "")
    session.clear()
    client = open_session()
    query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": f"{HERE}/"})
    return f"302 {provider(client)['end_session_endpoint']}?{query}", ""


def told_of_logout(form: dict[str, str]) -> tuple[str, str]:
    """End the sessions of whom the provider says that they signed out elsewhere."""
    client = open_session()
    try:
        claims = checked(client, provider(client), form.get("logout_token", ""))
    except Exception:  # whatever is wrong with it, it is no logout token
        return "400 Bad Request", ""
    if LOGOUT not in claims.get("events", {}) or "nonce" in claims:
        return "400 Bad Request", ""
    for cookie, session in list(sessions.items()):
        if session.get("claims", {}).get("sid") == claims["sid"]:
            del sessions[cookie]
    return "200 OK", ""


PAGES = {
    ("GET", "/"): home,
    ("GET", "/sign-in"): sign_in,
    ("GET", "/back"): back,
    ("GET", "/refund"): refund,
    ("POST", "/sign-out"): sign_out,
}


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer a request (WSGI)."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("district")
    key = cookie.value if cookie and cookie.value in sessions else secrets.token_urlsafe(32)
    if (method, path) == ("POST", "/told"):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        form = parse_qs(environ["wsgi.input"].read(length).decode())
        status, page = told_of_logout({name: values[0] for name, values in form.items()})
    elif page_of := PAGES.get((method, path)):
        status, page = page_of(sessions.setdefault(key, {}), query)
    else:
        status, page = "404 Not Found", "<p>There is no such page.</p>"
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
               ("Set-Cookie", f"district={key}; HttpOnly; SameSite=Lax; Path=/")]  # fmt: skip
    if status.startswith("302 "):
        headers.append(("Location", status.removeprefix("302 ")))
        status = "302 Found"
    start_response(status, headers)
    return [page.encode()]


if __name__ == "__main__":
    make_server("localhost", 9000, app).serve_forever()
