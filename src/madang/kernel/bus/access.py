"""Who may use the bus: one internal user with all rights, and one user per gateway.

A gateway's MQTT user name is its id, its password is its gateway key. The server's configuration
holds bcrypt hashes only. Gateway keys are random (128 bits or more), so the lowest costs of bcrypt
are enough: a search through the keys is hopeless at any cost, and a thousand gateways that come
back at once after a restart are checked within a second.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

import bcrypt

from madang.kernel.config import Settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret

INTERNAL_USER = "madang"
_BCRYPT_COST = 5  # see the module's text; bcrypt's own lowest is 4
_GATEWAY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASH = re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}")


@dataclass(frozen=True)
class DeviceUser:
    """A gateway that may speak MQTT on its own topics; `key_hash` comes from `device_key_hash`."""

    gateway: str
    key_hash: str

    def __post_init__(self) -> None:
        if not _GATEWAY_ID.fullmatch(self.gateway) or self.gateway == INTERNAL_USER:
            raise Invalid(
                f"gateway id {self.gateway!r} cannot be a bus user: 1 to 64 of A-Z a-z 0-9 _ -",
                {"gateway": "wrong form"},
            )
        if not _HASH.fullmatch(self.key_hash):
            raise Invalid(
                f"gateway {self.gateway}: the key hash is not bcrypt", {"key_hash": "form"}
            )


def device_key_hash(key: str) -> str:
    """Return the bcrypt hash of a gateway key, as the bus server wants it.

    Raises
    ------
    Invalid
        If the key is longer than the 72 bytes that bcrypt reads.
    """
    secret = key.encode()
    if len(secret) > 72:
        raise Invalid("a gateway key may have at most 72 bytes", {"key": "too long"})
    return bcrypt.hashpw(secret, bcrypt.gensalt(rounds=_BCRYPT_COST)).decode("ascii")


def internal_password(settings: Settings) -> str:
    """Return the internal user's generated password (data/secrets/bus.key)."""
    return kept_secret(settings.data / "secrets" / "bus.key")


def without_credentials(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without its user, and the user as the client's options.

    The client takes what stands in an address as it is; in an address, what is not a letter, digit
    or one of ``-._~`` is percent-encoded (RFC 3986, 2.1 and 3.2.1).

    >>> without_credentials("nats://city:p%40ss%3Aword@bus.example:4222")
    ('nats://bus.example:4222', {'user': 'city', 'password': 'p@ss:word'})
    """
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    name, colon, password = (unquote(part) for part in user.partition(":"))
    bare = urlunsplit(parts._replace(netloc=place))
    return bare, {"user": name, "password": password} if colon else {"token": name}


def client_url(settings: Settings) -> str:
    """Return the address, with credentials, at which this instance's processes reach the bus."""
    if settings.nats_url:
        return settings.nats_url
    password = internal_password(settings)
    return f"nats://{INTERNAL_USER}:{password}@127.0.0.1:{settings.bus_port}"
