"""An installation that takes the certificates of a test's own authority."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from madang.identity import certificates
from madang.identity.revocation import RevocationServices
from madang.kernel.config import settings
from tests.identity import pki

HOST = "ocsp.authority.example"


class Authorities:
    """The city's authority, its responder, and what the operator laid into the folder.

    `revoked` maps serial numbers to reasons; `is_down` lets the responder be silent.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.city, self.folder, self.now = pki.City(), folder, now
        self.revoked: dict[int, object] = {}
        self.is_down = False
        self._issued: dict[int, pki.Credential] = {}
        self._lay("anchors/root.der", self.city.root.der)
        self._lay("between/authority.der", self.city.authority.der)
        self._lay("lists/root.crl", self.city.root.crl(at=now))

    def issue(self, name: str = "홍길동()0099041200501234567890", **how: object) -> pki.Credential:
        """Issue a certificate that the responder knows."""
        held = self.city.authority.issue(name, **how)
        self._issued[held.certificate.serial_number] = held
        return held

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer an OCSP request."""
        if self.is_down:
            raise httpx.ConnectTimeout("no answer")
        serial = pki.ocsp.load_der_ocsp_request(request.content).serial_number
        answer = self.city.authority.ocsp(
            self._issued[serial], at=self.now, revoked=self.revoked.get(serial)
        )
        return httpx.Response(200, content=answer)

    def _lay(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextmanager
def laid(monkeypatch: pytest.MonkeyPatch, folder: Path, now: datetime) -> Iterator[Authorities]:
    """Take certificates for as long as this lasts."""
    authorities = Authorities(folder, now)
    reached = RevocationServices({HOST}, httpx.MockTransport(authorities))
    monkeypatch.setenv("MADANG_CERTIFICATE_AUTHORITIES", str(folder))
    monkeypatch.setattr(certificates, "services", lambda _hosts: reached)
    settings.cache_clear()
    yield authorities
    monkeypatch.undo()
    settings.cache_clear()
