"""Which approval providers this installation offers, and whether they answer just now."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from madang.identity.approvals.barocert import Barocert
from madang.identity.approvals.base import Provider
from madang.identity.approvals.exchange import Exchange
from madang.identity.approvals.kakao import Kakao
from madang.identity.approvals.naver import Naver
from madang.identity.approvals.pass_ import Pass
from madang.identity.approvals.toss import Toss
from madang.kernel import times
from madang.kernel.config import settings

if TYPE_CHECKING:
    import httpx

KINDS: dict[str, type[Exchange]] = {kind.id: kind for kind in (Kakao, Naver, Pass, Toss)}
REST = timedelta(seconds=60)
_resting: dict[str, datetime] = {}


def providers() -> dict[str, Provider]:
    """Return the providers under contract, by id; none without the broker's key."""
    here = settings()
    link, _, client = here.approval_broker.partition(":")
    if not (link and client and here.approval_secret):
        return {}
    wire = _wire(link, here.approval_secret, client, here.approval_url, here.approval_token_url)
    names = [name.strip() for name in here.approval_providers.split(",")]
    return {name: KINDS[name](wire, _call_centre()) for name in names if name in KINDS}


def rest(provider: str) -> None:
    """Note that a provider does not answer: the pages say so, and do not wait for it again."""
    _resting[provider] = times.now() + REST


def is_resting(provider: str) -> bool:
    """Return whether a provider did not answer within the last minute."""
    until = _resting.get(provider)
    return until is not None and until > times.now()


def forget() -> None:
    """Forget connections and who rests; tests need it after a change of settings."""
    _resting.clear()
    _wire.cache_clear()


@lru_cache(maxsize=2)
def _wire(link: str, secret: str, client: str, service: str, authority: str) -> Barocert:
    return Barocert(link, secret, client, service, authority, transport=transport())


def transport() -> httpx.BaseTransport | None:
    """Return how the broker is reached: None for the network; tests lay their own here."""
    return None


def _call_centre() -> str:
    """Return the number of the city's call centre, which providers show beside the request."""
    from madang.city import api as city

    lines = [line.number for line in city.profile().city.phones.numbers if line.city_line]
    return lines[0] if lines else ""
