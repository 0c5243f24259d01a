"""What every answer of the web process says to the browser about safety.

Outermost of the middleware: answers that never reach a view (files, refused hosts, redirects) carry
it, too. A view that needs another policy, such as a widget to be framed, states its own.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from madang.identity.api import is_signed_in

# No inline script or style, nothing from elsewhere (CSP level 3; OWASP CSP cheat sheet).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# What our pages use: the district of this place, a copied address, passkeys. All else is off, for
# us and for whoever we would frame.
PERMISSIONS_POLICY = ", ".join(
    (
        "accelerometer=()",
        "autoplay=()",
        "bluetooth=()",
        "browsing-topics=()",
        "camera=()",
        "clipboard-write=(self)",
        "display-capture=()",
        "fullscreen=(self)",
        "geolocation=(self)",
        "gyroscope=()",
        "hid=()",
        "magnetometer=()",
        "microphone=()",
        "midi=()",
        "payment=()",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
        "serial=()",
        "usb=()",
        "xr-spatial-tracking=()",
    )
)
# the same bytes for everybody, whoever asks: kept by browsers of people signed in, too
SAME_FOR_ALL = ("/maps/basemap.pmtiles",)


def policy_of(response: HttpResponse) -> str:
    """Return the content security policy of an answer.

    A page whose form leads on to another site by a redirect says so in `form_target`, an origin.
    """
    target = getattr(response, "form_target", "")
    if not target:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {target}")


def is_part(path: str) -> bool:
    """Return whether an address is a part of pages and never a page: a style, script or font.

    Policies count for documents only (CSP level 3, 4.2.1); on a first visit's ten parts they would
    weigh as much as a font.

    >>> is_part("/static/web/base.css"), is_part("/static/web/mark.svg")
    (True, False)
    """
    return path.startswith(settings.STATIC_URL) and path.endswith((".css", ".js", ".mjs", ".woff2"))


class HeadersMiddleware:
    """Give every answer its safety headers; nobody keeps what somebody signed in was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer of those within, with headers."""
        response = self.get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if response.status_code < 400 and is_part(request.path_info):
            return response
        response.headers.setdefault("Content-Security-Policy", policy_of(response))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        if is_signed_in(request) and not request.path_info.startswith(SAME_FOR_ALL):
            response["Cache-Control"] = "no-store"
        return response
