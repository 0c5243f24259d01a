"""Clocks that certify when a document was signed (RFC 3161)."""

from __future__ import annotations

from functools import lru_cache

import httpx
from asn1crypto import keys, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from madang.kernel import times
from madang.kernel.errors import Unavailable

_PATIENCE_S = 10.0


class _Authority(TimeStamper):
    """A time-stamping authority over HTTP (RFC 3161, section 3.4)."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return what the authority answers."""
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_S) as client:
                answer = await client.post(self.url, content=req.dump(), headers=headers)
                answer.raise_for_status()
            return tsp.TimeStampResp.load(answer.content)
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"the time-stamping authority did not answer: {error}") from None


def authority_at(url: str) -> TimeStamper:
    """Return the authority at an address."""
    return _Authority(url)


def sample_clock(certificate: x509.Certificate, key: bytes) -> DummyTimeStamper:
    """Return a demonstration's own clock; `key` is PKCS #8."""
    clock = _sample_clock(certificate.dump(), key)
    clock.fixed_dt = times.now()
    return clock


@lru_cache(maxsize=2)
def _sample_clock(certificate: bytes, key: bytes) -> DummyTimeStamper:
    """Return one clock for many signatures: it remembers how long its answers are."""
    return DummyTimeStamper(x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(key))
