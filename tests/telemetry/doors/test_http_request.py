"""Bodies within their limits."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from madang.telemetry.doors import http_request
from madang.telemetry.doors.errors import MalformedBody, TooLarge, UnsupportedForm
from madang.telemetry.doors.http_request import BODY_BYTES, UNPACKED_BYTES, GoneAway, body_of


def read(*parts, headers=None, then=None):
    async def inside():
        waiting = list(parts)

        async def receive():
            if not waiting:
                if then:
                    return {"type": then}
                await asyncio.sleep(60)
            more = len(waiting) > 1 or then is not None
            return {"type": "http.request", "body": waiting.pop(0), "more_body": more}

        return await body_of(headers or {}, receive)

    return asyncio.run(inside())


def test_a_body_is_put_together():
    assert read(b"ab", b"c", b"") == b"abc"


def test_a_body_above_the_limit_is_refused_by_its_header_or_by_its_length():
    with pytest.raises(TooLarge):
        read(b"x", headers={"content-length": str(BODY_BYTES + 1)})
    with pytest.raises(TooLarge):
        read(b"x" * BODY_BYTES, b"x")


def test_a_gzip_body_is_unpacked():
    assert read(gzip.compress(b"abc"), headers={"content-encoding": "gzip"}) == b"abc"


def test_a_gzip_bomb_is_refused():
    bomb = gzip.compress(b"\0" * (UNPACKED_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        read(bomb, headers={"content-encoding": "gzip"})


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"abcdefgh" * 100)[:-9]], ids=["no gzip", "cut short"]
)
def test_a_broken_gzip_body_is_malformed(body):
    with pytest.raises(MalformedBody):
        read(body, headers={"content-encoding": "gzip"})


def test_another_packing_is_named():
    with pytest.raises(UnsupportedForm, match="br"):
        read(b"x", headers={"content-encoding": "br"})


def test_a_client_that_leaves_gets_no_answer():
    with pytest.raises(GoneAway):
        read(b"half", then="http.disconnect")


def test_a_body_that_does_not_arrive_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(http_request, "BODY_PATIENCE_S", 0.01)
    with pytest.raises(MalformedBody, match="did not arrive"):
        read()
