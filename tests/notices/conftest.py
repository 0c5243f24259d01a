"""A mail server, a push service and settings that name them."""

from __future__ import annotations

import json
import socket
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from madang.kernel.config import settings
from madang.notices import actions, deliver, links, spread, tasks
from madang.notices.channels import setup
from madang.notices.kinds import Wanted
from madang.notices.models import Notice, SignUp, Subscriber
from tests.looking import again, rows

MAPO, JONGNO = "11440", "11110"
PM25_BAD = Wanted("air.class", "pm25", MAPO, "bad")


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return a function that sets settings (``smtp_url="..."``) for this test."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"MADANG_{name.upper()}", str(value))
        settings.cache_clear()
        setup.forget_channels()

    yield change
    monkeypatch.undo()
    settings.cache_clear()
    setup.forget_channels()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """An SMTP server that keeps what it takes; `answer_to` may refuse a recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.answer_to: Callable[[str], str | None] = lambda _address: None
        self._lock = threading.Lock()
        self.port = _free_port()
        self.controller: Controller | None = None

    def start(self) -> None:
        """Listen; after `stop` at the same port again."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self.controller is not None:
            self.controller.stop()
        self.controller = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.answer_to(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self._lock:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
        return "250 OK"

    @property
    def url(self) -> str:
        """The setting that names it."""
        return f"smtp://127.0.0.1:{self.port}?tls=off"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    setup.forget_channels()
    server.stop()


@dataclass
class Browser:
    """A browser with a push subscription: it can read what is sent to it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"0123456789abcdef"

    def subscription(self) -> str:
        """Return what its script sends to the city."""
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _encoded(public), "auth": _encoded(self.auth)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def read(self, body: bytes) -> dict[str, str]:
        """Return the message that a push service brought."""
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return json.loads(plain)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Pushed:
    """One request to the push service."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """A push service that keeps what it takes; `status` answers by path."""

    def __init__(self) -> None:
        self.taken: list[Pushed] = []
        self.status: Callable[[str], int] = lambda _path: 201
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = service.status(self.path)
                if status == 201:
                    service.taken.append(Pushed(self.path, dict(self.headers), body))
                self.send_response(status)
                self.send_header("Location", f"/m{self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def host(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server.server_port}"

    def browser(self, name: str) -> Browser:
        """Return a browser that is subscribed here."""
        return Browser(f"http://{self.host}/{name}")


@pytest.fixture
def push_service(configured) -> Iterator[PushService]:
    service = PushService()
    service.thread.start()
    configured(push_test_hosts=service.host)
    yield service
    setup.forget_channels()
    service.server.shutdown()
    service.server.server_close()


def subscribed(
    channel: str = "email",
    address: str = "kim@example.org",
    *wishes: Wanted,
    manner: actions.Manner | None = None,
    mine: str = "",
) -> Subscriber:
    """Return somebody who signed up and confirmed."""
    known = set(rows(SignUp).values_list("pk", flat=True))
    actions.sign_up(
        channel, address, wishes or (PM25_BAD,), manner or actions.Manner("en"), subscriber_key=mine
    )
    return actions.confirm(rows(SignUp).exclude(pk__in=known).get().key)


def told(key: str = "n1", **changes: object) -> Notice:
    """Tell a class change in Mapo-gu, spread it, and return its row."""
    from madang.notices import api

    values = {
        "kind": "air.class", "subject": "pm25", "level": "bad", "earlier_level": "moderate",
        "place": MAPO, "template": "air/class", "thread": "air.class:mapo:pm25",
        "values": {
            "place": api.unit(MAPO), "pollutant": "PM2.5", "grade": "bad", "is_better": 0,
            "value": api.number(58.2, 0), "unit": "µg/m³", "at": "14:00",
            "advice": "Stay <in>",
        },
        "path": f"/air/{MAPO}/", **changes,
    }  # fmt: skip
    api.tell(api.Notice(key=key, **values))
    row = Notice.objects.get(key=key)
    while spread.spread(row.pk):
        pass
    again(row)
    return row


def go_out(channel: str = "email") -> None:
    """Let everything out that is due in a channel now."""
    from madang.kernel.times import now

    due = deliver.deliver_slice(channel)
    while due is not None and due <= now():
        due = deliver.deliver_slice(channel)


__all__ = ["links", "tasks"]
