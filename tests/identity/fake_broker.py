"""An approval broker of the tests' own: strict about signatures, single use and time.

A WSGI application that answers as the published protocol says; what a person does on the phone is
`sign`, `refuse`. It knows the broker's key, so it checks our signatures and reads what we encrypt.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEOUL = ZoneInfo("Asia/Seoul")
LINK_ID, CLIENT_CODE = "CITY", "023040000001"
SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
MEMBERS = {("KAKAO", "01012345678"), ("NAVER", "01012345678"), ("PASS", "01012345678"),
           ("TOSS", "01012345678")}  # fmt: skip
NEEDS = {
    "KAKAO": ["reqTitle", "token"],
    "NAVER": ["callCenterNum"],
    "TOSS": ["callCenterNum"],
    "PASS": ["reqTitle", "callCenterNum", "token"],
}
CI = base64.b64encode(sha256(b"hong").digest() * 2).decode()


@dataclass
class Request:
    """One request as the provider keeps it."""

    provider: str
    asked: dict[str, str]
    requested: datetime
    state: int = 0
    signed: datetime | None = None
    verified: bool = False


@dataclass
class Broker:
    """The broker and the four providers behind it; `now` is the clock it goes by."""

    now: Callable[[], datetime]
    requests: dict[str, Request] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    swaps: dict[str, Any] = field(default_factory=dict)
    down: str = ""
    calls: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def sign(self, receipt: str) -> None:
        """Approve on the phone."""
        self.requests[receipt].state, self.requests[receipt].signed = 1, self.now()

    def refuse(self, receipt: str) -> None:
        """Refuse on the phone."""
        self.requests[receipt].state = 3

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer."""
        body = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        self.calls.append(f"{method} {path}")
        try:
            status, answer = self._answer(method, path, body, environ)
        except Refusal as refusal:
            status, answer = "400 Bad Request", {"code": refusal.code, "message": "no"}
        if self.down == "rubbish":
            start("200 OK", [("Content-Type", "text/html")])
            return [b"<html>maintenance</html>"]
        if self.down == "error":
            status = "503 Service Unavailable"
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(
        self, method: str, path: str, body: bytes, environ: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        if path == "/BAROCERT/Token":
            return "200 OK", self._token(body, environ)
        if environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ") not in self.tokens:
            raise Refusal(-99010001)
        if method == "POST":
            self._check_signed(path, body, environ)
        provider, _, rest = path.strip("/").split("/", 2)
        parts = rest.split("/")
        if method == "GET":
            return "200 OK", self._state(parts[1])
        if parts[0] == "Verify":
            return "200 OK", self._verify(provider, parts[2], json.loads(body or b"{}"))
        return "200 OK", self._request(provider, parts[0], json.loads(body))

    def _token(self, body: bytes, environ: dict[str, Any]) -> dict[str, Any]:
        moment = environ["HTTP_X_LH_DATE"]
        parts = [
            "POST",
            _digest(body),
            moment,
            environ["HTTP_X_LH_FORWARDED"],
            "2.0",
            "/BAROCERT/Token",
        ]
        wanted = f"LINKHUB {LINK_ID} {_hmac(chr(10).join(parts))}"
        if environ["HTTP_AUTHORIZATION"] != wanted:
            raise Refusal(-99002004)
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        until = (self.now() + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {"session_token": token, "expiration": until}

    def _check_signed(self, path: str, body: bytes, environ: dict[str, Any]) -> None:
        moment = environ["HTTP_X_BC_DATE"]
        parts = ["POST", *([_digest(body)] if body else []), moment, path]
        if not hmac.compare_digest(environ["HTTP_X_BC_AUTH"], _hmac("\n".join(parts) + "\n")):
            raise Refusal(-99004020)
        at = datetime.fromisoformat(moment)
        if abs(at - self.now()) > timedelta(minutes=5):
            raise Refusal(-99004021)

    def _request(self, provider: str, code: str, body: dict[str, Any]) -> dict[str, Any]:
        hidden = ("receiverHP", "receiverName", "receiverBirthday", "token")
        asked = {name: _read(body[name]) for name in hidden if name in body}
        if code != CLIENT_CODE or any(not body.get(name) for name in NEEDS[provider]):
            raise Refusal(-99999999)
        if (provider, asked["receiverHP"]) not in MEMBERS:
            raise Refusal(-23000101)
        self.titles.append(body.get("reqTitle", ""))
        receipt = f"{len(self.requests) + 1:032d}"
        self.requests[receipt] = Request(provider, asked, self.now())
        return {"receiptID": receipt, "scheme": ""}

    def _state(self, receipt: str) -> dict[str, Any]:
        request = self._known(receipt)
        if request.provider == "PASS" and self.now() > _midnight(request.requested):
            raise Refusal(-24000016)
        if request.state == 0 and self.now() > request.requested + timedelta(seconds=300):
            request.state = 2
        found = {"receiptID": receipt, "state": request.state}
        if request.signed:
            found["completeDT"] = request.signed.astimezone(SEOUL).strftime("%Y%m%d%H%M%S")
        return found

    def _verify(self, provider: str, receipt: str, body: dict[str, Any]) -> dict[str, Any]:
        request = self._known(receipt)
        if request.verified or request.state != 1 or request.signed is None:
            raise Refusal(-23000103)
        too_late = self.now() > request.signed + timedelta(minutes=10)
        if provider == "PASS":
            too_late = self.now() > _midnight(request.requested)
            if _read(body["receiverHP"]) != request.asked["receiverHP"]:
                raise Refusal(-24000012)
        if too_late:
            raise Refusal(-23000104)
        request.verified = True
        asked = request.asked
        born = asked["receiverBirthday"]
        found = {
            "receiptID": receipt,
            "state": 1,
            "signedData": _signed(asked.get("token", "no-token")),
            "ci": CI,
            "receiverName": asked["receiverName"],
            "receiverYear": born[:4],
            "receiverDay": born[4:],
            "receiverHP": asked["receiverHP"],
        }
        return found | self.swaps

    def _known(self, receipt: str) -> Request:
        if receipt not in self.requests:
            raise Refusal(-23000102)
        return self.requests[receipt]


class Refusal(Exception):
    """The broker's error answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _midnight(moment: datetime) -> datetime:
    local = moment.astimezone(SEOUL)
    return local.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


def _digest(body: bytes) -> str:
    return base64.b64encode(sha256(body).digest()).decode()


def _hmac(text: str) -> str:
    key = base64.b64decode(SECRET)
    return base64.b64encode(hmac.new(key, text.encode(), sha256).digest()).decode()


def _read(text: str) -> str:
    raw = base64.b64decode(text)
    return AESGCM(base64.b64decode(SECRET)).decrypt(raw[:12], raw[12:], None).decode()


def _signed(token: str) -> str:
    """A signature with the token inside, as a JWS: header, payload, signature."""
    parts = (b'{"alg":"RS256"}', json.dumps({"token": token}).encode(), secrets.token_bytes(32))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
