"""One instance that signs people in and refreshes; prints CPU figures as JSON.

``python -m bench.identity_provider_load TIMES`` with `MADANG_DATA` set to a fresh folder.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from madang.kernel import orm

PASSWORD = "courtyard lantern persimmon"
CALLBACK = "https://district.example/cb"


class Caller:
    """Calls our pages in this process, with the cookies of one browser."""

    def __init__(self) -> None:
        from django.test import Client

        self.browser = Client(HTTP_HOST="localhost:8000")

    def follow(self, response: Any) -> str:
        """Return the address at the application where the browser comes out."""
        while True:
            target = response.get("Location", "")
            if response.status_code == 200:
                found = re.search(rb'content="0;url=([^"]+)"', response.content)
                target = found[1].decode() if found else ""
            if not target or urlsplit(target).netloc:
                return target
            response = self.browser.get(target)


class Application:
    """Signs people in as an application does."""

    def __init__(self) -> None:
        from madang.identity.provider.clients import Application, add_client

        said = Application("Bench", (CALLBACK,), asks_consent=False)
        self.client, self.secret = add_client(said, by="system:bench")
        text = base64.b64encode(f"{self.client.client_id}:{self.secret}".encode()).decode()
        self.header = {"Authorization": f"Basic {text}"}
        self.anybody = Caller()

    def query(self) -> dict[str, str]:
        """Return a request, and keep its verifier."""
        self.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "response_type": "code", "client_id": self.client.client_id, "scope": "openid",
            "redirect_uri": CALLBACK, "nonce": secrets.token_urlsafe(8), "state": "s",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }  # fmt: skip

    def post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Return the JSON of an endpoint."""
        kind = "application/x-www-form-urlencoded"
        answer = self.anybody.browser.post(
            path, urlencode(form), content_type=kind, headers=self.header
        )
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def tokens(self, address: str) -> dict[str, Any]:
        """Return the tokens for the code in an address."""
        code = parse_qs(urlsplit(address).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
                "code_verifier": self.verifier}  # fmt: skip
        return self.post("/oauth/token", form)


def main(times: int) -> dict[str, dict[str, float]]:
    """Return figures by load."""
    orm.ready()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    from madang.identity import api
    from madang.identity.provider import keys, limits

    limits.PER_WINDOW.update(dict.fromkeys(limits.PER_WINDOW, 10**9))
    api.add_user("bench", ["officer"], password=PASSWORD)
    keys.all_keys()
    application, reader = Application(), Caller()

    def with_password() -> None:
        page = Caller()
        page.follow(page.browser.get("/oauth/authorize", application.query()))
        form = {"name": "bench", "password": PASSWORD}
        application.tokens(page.follow(page.browser.post("/sign-in/", form)))

    def known() -> dict[str, Any]:
        return application.tokens(
            reader.follow(reader.browser.get("/oauth/authorize", application.query()))
        )

    reader.browser.post("/sign-in/", {"name": "bench", "password": PASSWORD})
    token = known()

    def refresh() -> None:
        form = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
        token.update(application.post("/oauth/token", form))

    def introspect() -> None:
        application.post("/oauth/introspect", {"token": token["access_token"]})

    def userinfo() -> None:
        header = {"Authorization": f"Bearer {token['access_token']}"}
        assert application.anybody.browser.get("/oauth/userinfo", headers=header).status_code == 200

    found = {
        "whole sign-in, name and password": {"cpu_ms": _cpu_ms(with_password, max(times // 30, 5))},
        "whole sign-in, signed in already": {"cpu_ms": _cpu_ms(known, times)},
    }
    for name, work in (("refresh", refresh), ("introspection", introspect), ("userinfo", userinfo)):
        cpu_ms = _cpu_ms(work, times)
        load = f"token endpoint, {name}" if name == "refresh" else name
        found[load] = {"cpu_ms": cpu_ms, "requests_per_cpu_s": 1000 / cpu_ms}
    return found


def _cpu_ms(work: Callable[[], Any], times: int) -> float:
    work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e3


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
