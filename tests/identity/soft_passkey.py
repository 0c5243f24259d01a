"""A passkey in software, for tests: makes keys and signs as an authenticator does (WebAuthn 3)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """One device with one key. `verifies` says whether it checks finger or PIN."""

    origin: str = "http://localhost:8000"
    rp_id: str = "localhost"
    verifies: bool = True
    counts: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    user: str = ""

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """Answer enrolment options with a new credential."""
        given = json.loads(options)
        self.user = given["user"]["id"]
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        about = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        data = self._data(HAS_KEY) + about
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", given["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def show(self, options: str) -> str:
        """Answer sign-in options."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        if self.counts:
            self.count += 1
        data = self._data()
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=base64url_to_bytes(self.user),
        )

    def _data(self, more: int = 0) -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | more
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        made: dict[str, Any] = {
            "id": bytes_to_base64url(self.id),
            "rawId": bytes_to_base64url(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: bytes_to_base64url(value) for name, value in response.items()},
        }
        return json.dumps(made)
