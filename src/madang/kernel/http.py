"""Call other systems over HTTP: with limits, under our name, never led to another host.

httpx is loaded by the first call: most processes never make one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from madang import __version__
from madang.kernel.errors import Unavailable

if TYPE_CHECKING:
    import httpx

USER_AGENT = f"Madang/{__version__}"
TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 3.0
_REDIRECTS = 5


class ForeignRedirect(Unavailable):
    """The other side wants to send us to another host."""

    code = "foreign-redirect"


def client(base_url: str = "", *, timeout_s: float = TIMEOUT_S, **options: Any) -> httpx.Client:
    """Return a client; use it as a context manager.

    Redirects are followed on the same scheme, host and port only: else whoever answers could use
    us to reach what only we can (server-side request forgery).

    Raises
    ------
    ForeignRedirect
        From a call, where the answer is a redirect elsewhere.
    """
    import httpx

    return httpx.Client(
        base_url=base_url,
        timeout=_timeout(timeout_s),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        event_hooks={"response": [_refuse_foreign_redirect]},
        **options,
    )


def async_client(
    base_url: str = "", *, timeout_s: float = TIMEOUT_S, **options: Any
) -> httpx.AsyncClient:
    """Return the same as `client` for asyncio."""
    import httpx

    async def refuse(response: httpx.Response) -> None:
        _refuse_foreign_redirect(response)

    return httpx.AsyncClient(
        base_url=base_url,
        timeout=_timeout(timeout_s),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        event_hooks={"response": [refuse]},
        **options,
    )


def _timeout(seconds: float) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_TIMEOUT_S))


def _refuse_foreign_redirect(response: httpx.Response) -> None:
    if not response.has_redirect_location:
        return
    here = response.request.url
    there = here.join(response.headers["Location"])
    if _origin(there) != _origin(here):
        raise ForeignRedirect(f"{here.host} redirects to {there.host}; only {here.host} is asked")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    usual = {"http": 80, "https": 443}
    return url.scheme, url.host, url.port or usual.get(url.scheme)
