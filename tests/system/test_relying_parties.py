"""Other people's relying parties against a running instance: openid-client and oidc-client-ts.

Skipped where node or their packages (`make assets`) are not installed. This program is the browser:
it opens what the relying party says, signs in on our pages, and hands back where it came out.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin

import httpx
import pytest

from tests.system.instance import Instance, until

ROOT = Path(__file__).parents[2]
PARTIES = Path(__file__).parent / "relying"
CALLBACK, BYE = "http://127.0.0.1:9/cb", "http://127.0.0.1:9/bye"
PASSWORD = "courtyard lantern persimmon"
_MISSING = [name for name in ("openid-client", "oidc-client-ts")
            if not (ROOT / "node_modules" / name).is_dir()]  # fmt: skip
_MISSING += [] if shutil.which("node") else ["node"]
pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(_MISSING), reason=f"absent: {', '.join(_MISSING)} (make assets)"),
]


class Browser:
    """Opens pages, follows where they lead, signs in where it is asked to."""

    def __init__(self, name: str) -> None:
        self.client = httpx.Client(timeout=20)
        self.name = name

    def open(self, url: str) -> str:
        """Return the address at the application where the reader comes out."""
        response = self.client.get(url)
        for _step in range(12):
            if "Location" in response.headers:
                url = urljoin(url, response.headers["Location"])
            elif found := re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', response.text):
                url = urljoin(url, unescape(found[1]))
            else:
                assert 'name="password"' in response.text, response.text[:2000]
                response = self.sign_in(url, response.text)
                continue
            if url.startswith((CALLBACK, BYE)):
                return url
            response = self.client.get(url)
        raise AssertionError(f"goes round in circles: {url}")

    def sign_in(self, url: str, page: str) -> httpx.Response:
        """Fill in the form."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "name": self.name, "password": PASSWORD}
        return self.client.post(urljoin(url, "/sign-in/"), data=form)


class Told(BaseHTTPRequestHandler):
    """An application that is told when a session ends."""

    tokens: list[str] = []  # noqa: RUF012 -- one server, one list

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.tokens.append(parse_qs(form)["logout_token"][0])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin(instance: Instance) -> str:
    """Return the address of an instance with an officer."""
    found = instance.url.replace("127.0.0.1", "localhost")
    made = instance.madang("identity", "user", "add", "lee", "--role", "officer", "--json",
                           "--url", found)  # fmt: skip
    link = json.loads(made.stdout)["link"]
    with httpx.Client() as client:
        page = client.get(link).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {"csrfmiddlewaretoken": token[1], "password": PASSWORD, "again": PASSWORD}
        assert client.post(link, data=form).status_code == 302
    return found


@pytest.fixture(scope="module")
def told() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/told"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser("lee")
    yield made
    made.client.close()


def registered(instance: Instance, *options: str) -> dict[str, Any]:
    """Return an application with its secret."""
    made = instance.madang(
        "identity", "client", "add", "Library", "--redirect", CALLBACK, "--after-logout", BYE,
        "--legal-basis", "Library Act Art. 1", "--scope", "openid", "--scope", "profile",
        "--scope", "offline_access", *options, "--json",
    )  # fmt: skip
    return json.loads(made.stdout)


@contextmanager
def running(program: str, *arguments: str) -> Iterator[Any]:
    """Run a relying party; yield what reads its next message, and what answers it."""
    process = subprocess.Popen(
        ["node", str(PARTIES / program), *arguments], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

    def message() -> dict[str, Any]:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        return json.loads(line)

    def answer(text: str) -> None:
        process.stdin.write(text + "\n")
        process.stdin.flush()

    try:
        yield message, answer
        assert process.wait(20) == 0, process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def test_openid_client_signs_in_refreshes_pushes_and_signs_out(
    instance: Instance, origin: str, browser: Browser, told: str
):
    client = registered(instance, "--logout-url", told, "--auth", "client_secret_post")
    with running("openid_client.mjs", origin, client["client_id"], client["secret"],
                 CALLBACK, BYE) as (message, answer):  # fmt: skip
        answer(browser.open(message()["open"]))
        first = message()
        assert first["claims"]["acr"] == "urn:madang:ial2:aal1"
        assert first["claims"]["amr"] == ["pwd"]
        assert first["user"] == {"sub": first["claims"]["sub"], "name": "lee",
                                 "preferred_username": "lee", "locale": "ko"}  # fmt: skip
        assert message() == {"refreshed": True}
        answer(browser.open(message()["open"]))
        assert message() == {"pushed": True}
        assert message() == {"introspected": [True, False]}
        answer(browser.open(message()["open"]))
        assert message() == {"left": f"{BYE}?state=done"}
        answer(browser.open(message()["open"]))
        assert message() == {"after": "login_required"}
    until(lambda: Told.tokens, 30, "a logout token")


def test_oidc_client_ts_signs_in_refreshes_and_signs_out(
    instance: Instance, origin: str, browser: Browser
):
    client = registered(instance, "--auth", "none")
    with running("oidc_client_ts.mjs", origin, client["client_id"],
                 CALLBACK, BYE) as (message, answer):  # fmt: skip
        answer(browser.open(message()["open"]))
        claims = message()["claims"]
        assert claims["acr"] == "urn:madang:ial2:aal1"
        assert claims["name"] == "lee"
        assert message() == {"refreshed": True}
        answer(browser.open(message()["open"]))
        assert message() == {"left": True}
        answer(browser.open(message()["open"]))
        assert message() == {"after": "login_required"}
