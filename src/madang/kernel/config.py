"""The settings of one running Madang, read once from the environment.

Every setting is a field of `Settings`; its environment variable is ``MADANG_`` and the field's
name in capitals. docs/reference/settings.md lists them all (a test compares).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from madang.kernel.errors import Invalid

_SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux (unix(7))


def _setting(default: object, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True)
class Settings:
    """How this instance runs. All paths are absolute."""

    data: Path = _setting(Path("var"), "Folder that holds everything this instance keeps.")
    city: str = _setting("seoul", "City profile: a name in `cities/`, or a folder.")
    mode: str = _setting("demo", "`demo` or `production`; production refuses generated secrets.")
    port: int = _setting(8000, "Public HTTP port of the portal.")
    dialect: int = _setting(8088, "Port of the Seoul Open API dialect.")
    mqtt: int = _setting(1883, "Port of the MQTT 3.1.1 door.")
    port_offset: int = _setting(0, "Added to every port, so that two instances run side by side.")
    host: str = _setting("127.0.0.1", "Address the public doors listen on.")
    database_url: str = _setting(
        "", "System of record: empty for SQLite in the data folder, or `postgresql://...`."
    )
    nats_url: str = _setting(
        "",
        "External NATS server with JetStream, `nats://user:password@host:4222` (signs in user and "
        "password percent-encoded); empty starts our own as a child.",
    )
    lake_url: str = _setting(
        "", "External ClickHouse, `http://host:8123`; empty uses the embedded store."
    )
    search_index: str = _setting(
        "",
        "OpenSearch of the city for the word index, `https://user:password@host:9200/index`; empty "
        "uses the embedded one in the data folder.",
    )
    search_model: str = _setting(
        "",
        "Model that reads meaning for search: empty for the one of this machine where the extra "
        "`local-models` is installed, `off` for none, or `MODEL@http://host:port/v1` of a server "
        "that answers `/embeddings` as OpenAI's does.",
    )
    llm: str = _setting(
        "",
        "Language model that words answers of the assistant: `MODEL@http://host:port/v1` of a "
        "server that answers `/chat/completions` as OpenAI's does; empty or `off` for none.",
    )
    llm_key: str = _setting("", "Key of that server, sent as a bearer token.")
    llm_uses: str = _setting(
        "rewrite,facts,word",
        "What the language model is used for: `rewrite` (a question that leans on the turns "
        "before), `facts` (read out of a text for the planner), `word` (an answer from passages).",
    )
    llm_seconds: int = _setting(8, "Seconds waited for a reply of the language model.")
    llm_at_once: int = _setting(4, "Calls of the language model under way at a time, per process.")
    kakao_secret: str = _setting(
        "",
        "Secret that Kakao sends with each request of the KakaoTalk skill, in the header "
        "`X-Skill-Secret`; at least 16 characters. Empty switches the skill off.",
    )
    kakao_networks: str = _setting(
        "", "Networks (CIDR, with spaces) that the skill may be called from; empty for any."
    )
    kakao_callback_hosts: str = _setting(
        "*.kakao.com", "Hosts that late answers of the skill may be posted to; others are refused."
    )
    kakao_test_hosts: str = _setting(
        "", "Further `host:port` for tests, plain HTTP and local allowed; refused in production."
    )
    search_translator: str = _setting(
        "",
        "LibreTranslate server that says questions in other languages in the city's own, "
        "`http://[:KEY@]host:port`; empty goes by thesaurus and meaning.",
    )
    secret_key: str = _setting("", "Key that signs sessions; generated in demo mode.")
    public_url: str = _setting(
        "",
        "Address of the portal, `https://...`: in messages, and in production the one name it "
        "answers under; empty is `http://localhost:PORT`.",
    )
    trusted_proxies: str = _setting(
        "127.0.0.1/8 ::1/128",
        "Addresses (CIDR, with spaces) of the TLS proxy in front of ours; in production its "
        "`X-Forwarded-For` and `X-Forwarded-Proto` are believed.",
    )
    contact_key: str = _setting(
        "", "Key that encrypts addresses of subscribers; generated in demo mode."
    )
    personal_role: str = _setting(
        "",
        "Database role for statements on personal data (PostgreSQL; "
        "`madang access database-roles` prints its set-up); empty uses the role of the address.",
    )
    identity_key: str = _setting(
        "",
        "Key that seals secrets of authenticators and hashes register numbers; generated in demo "
        "mode.",
    )
    cases_key: str = _setting(
        "", "Key that encrypts papers that people send with cases; generated in demo mode."
    )
    certificate_authorities: str = _setting(
        "",
        "Folder of the authorities whose certificates people sign in with (`anchors/`, `between/`, "
        "`lists/`); empty is `certificate-authorities` in the data folder.",
    )
    approval_broker: str = _setting(
        "",
        "Approval on the phone through Barocert: `LINK_ID:CLIENT_CODE`; empty offers none.",
    )
    approval_secret: str = _setting("", "Key of the approval broker, base64.")
    approval_providers: str = _setting(
        "kakao,naver,pass,toss", "Which approval providers are under contract."
    )
    approval_url: str = _setting(
        "https://static-barocert.linkhub.co.kr", "Address of the approval broker."
    )
    approval_token_url: str = _setting(
        "https://static-auth.linkhub.co.kr", "Where the broker gives session tokens."
    )
    breached_passwords: Path = _setting(
        Path("breached-passwords.txt"),
        "File of breached passwords, SHA-1 in hexadecimal, sorted, a line each (the form of Have I "
        "Been Pwned); without the file only the built-in list of common ones is asked. A relative "
        "path is within the data folder.",
    )
    service_key: str = _setting(
        "",
        "Key that signs service packages, base64 (`madang services key`); generated in demo mode.",
    )
    smtp_url: str = _setting(
        "",
        "Mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://host:465` (TLS) or "
        "`smtp://host:25?tls=off`; empty records mails in demo mode and offers none in production.",
    )
    mail_from: str = _setting("", "Sender of mails, such as `alerts@city.example`.")
    email_rate: int = _setting(100, "Mails a second at most, after a burst of 1,000.")
    vapid_key: str = _setting(
        "", "Private key of web push, base64url (`madang notices keys`); generated in demo mode."
    )
    push_hosts: str = _setting(
        "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
        "Push services that subscriptions may name; others are refused.",
    )
    push_test_hosts: str = _setting(
        "", "Further `host:port` for tests, plain HTTP and local allowed; refused in production."
    )
    push_rate: int = _setting(500, "Web pushes a second at most, after a burst of 1,000.")
    sms_port: str = _setting(
        "", "Text messages: `package.module:factory` of a channel; empty records them in demo mode."
    )
    kakao_port: str = _setting("", "AlimTalk of Kakao, as `sms_port`.")
    voice_port: str = _setting("", "Spoken messages, as `sms_port`.")
    telephone: str = _setting(
        "",
        "Address and UDP port of the telephone line, such as `0.0.0.0:5060` (SIP; put a trunk or "
        "border controller before it); empty runs none. It needs the extra `voice`.",
    )
    telephone_told: str = _setting(
        "", "Address that telephones are told for sound, where it is not that of `telephone`."
    )
    telephone_rtp: str = _setting("16384-16783", "UDP ports of the line's sound.")
    telephone_calls: int = _setting(20, "Calls that the line leads at once; as many more wait.")
    telephone_hears: str = _setting(
        "",
        "What understands callers: empty for Whisper in the extra `voice`, a folder with another "
        "CTranslate2 model, `MODEL@http://host:port/v1` of a server that answers "
        "`/audio/transcriptions` as OpenAI's does, or `off` for keys alone.",
    )
    telephone_speaks: str = _setting(
        "",
        "The line's voice: empty for the program `espeak-ng`, or `MODEL:VOICE@http://host:port/v1` "
        "of a server that answers `/audio/speech`.",
    )
    phone_rate: int = _setting(30, "Messages a second to each of these ports, after such a burst.")
    records_key: str = _setting("", "Key that encrypts documents at rest; generated in demo mode.")
    document_key: str = _setting(
        "",
        "PKCS #12 file with the key and certificates that documents are signed with; a relative "
        "path is within the data folder. A demo makes its own.",
    )
    document_key_password: str = _setting("", "Password of that file.")
    document_signer: str = _setting(
        "",
        "A key in a hardware module: `package.module:factory` of a "
        "`madang.records.signing_keys.SigningKey`; goes before `MADANG_DOCUMENT_KEY`.",
    )
    timestamp_url: str = _setting(
        "", "Time-stamping authority (RFC 3161) for documents; a demo has a clock of its own."
    )
    log_format: str = _setting("text", "`text` for people or `json` for machines.")
    shared: Path = _setting(Path("../shared"), "Folder with real data for tests and benchmarks.")

    @property
    def front_port(self) -> int:
        """Public origin: pages, JSON API, SensorThings, server-sent events."""
        return self.port + self.port_offset

    @property
    def public_origin(self) -> str:
        """Where people reach the portal, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://localhost:{self.front_port}"

    @property
    def dialect_port(self) -> int:
        """Seoul Open API dialect."""
        return self.dialect + self.port_offset

    @property
    def mqtt_port(self) -> int:
        """MQTT 3.1.1 listener of the bus."""
        return self.mqtt + self.port_offset

    @property
    def web_port(self) -> int:
        """Loopback only: pages and JSON API."""
        return 18010 + self.port_offset

    @property
    def stream_port(self) -> int:
        """Loopback only: intake doors and server-sent events."""
        return 18011 + self.port_offset

    @property
    def bus_port(self) -> int:
        """Loopback only: NATS client port of the child server."""
        return 18012 + self.port_offset

    @property
    def bus_monitor_port(self) -> int:
        """Loopback only: NATS monitoring."""
        return 18013 + self.port_offset

    @property
    def lake_socket(self) -> Path:
        """Unix socket of the lake process; in the temporary folder where the path is too long."""
        return self._socket("lake")

    @property
    def search_socket(self) -> Path:
        """Unix socket of the search process; where it lies as with the lake's."""
        return self._socket("search")

    def _socket(self, name: str) -> Path:
        path = self.data / "run" / f"{name}.sock"
        if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"madang-{digest}-{name}.sock"

    @property
    def is_production(self) -> bool:
        """True where generated secrets and the simulator are refused."""
        return self.mode == "production"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` states.

    Raises
    ------
    Invalid
        If a value has the wrong form; `fields` names the variable.
    """
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = f"MADANG_{item.name.upper()}"
        if environ.get(name, "") == "":
            continue
        values[item.name] = _parsed(name, environ[name], type(item.default))
    settings = Settings(**values)
    if settings.mode not in ("demo", "production"):
        raise Invalid(
            f"MADANG_MODE is {settings.mode!r}; it is 'demo' or 'production'",
            {"MADANG_MODE": "demo or production"},
        )
    data = settings.data.resolve()
    return replace(
        settings,
        data=data,
        shared=settings.shared.resolve(),
        breached_passwords=data / settings.breached_passwords,
    )


def _parsed(name: str, text: str, kind: type) -> object:
    if issubclass(kind, Path):
        return Path(text)
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise Invalid(f"{name} is {text!r}; it must be a whole number", {name: "int"}) from None
    return text


@cache
def settings() -> Settings:
    """Return the settings of this process (read once)."""
    return read_settings(os.environ)
