"""Where and how safely the portal may be reached: names, TLS, proxies in front of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from madang.kernel.config import Settings
from madang.kernel.errors import Invalid

HSTS_S = 2 * 365 * 24 * 3600  # ASVS 5, 3.4.1 asks for one year at least
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# asked by watchers on this machine, which speak plain HTTP to the front
WITHOUT_TLS = (r"^healthz$", r"^metrics$")


def allowed_hosts(here: Settings) -> list[str]:
    """Return the names under which pages are served; any in a demo, which has no fixed name.

    In production an answer under a name that somebody else chose would carry links to that name.
    """
    if not here.is_production:
        return ["*"]
    name = urlsplit(here.public_origin).hostname or ""
    return [*dict.fromkeys((name, *LOOPBACK))]


def check_public_url(here: Settings) -> None:
    """Raise unless production has an address of its own, over TLS.

    Raises
    ------
    Invalid
        In production without ``MADANG_PUBLIC_URL=https://...``.
    """
    if here.is_production and not here.public_url.startswith("https://"):
        raise Invalid(
            "production needs MADANG_PUBLIC_URL=https://...: sessions travel over TLS only, and "
            "pages answer under that name alone",
            {"MADANG_PUBLIC_URL": "https://..."},
        )
