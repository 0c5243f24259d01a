"""Answers that go back to an application through the reader's browser."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.oauth2 import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madang.identity.provider.addresses import issuer
from madang.identity.provider.asked import Asked


def to_client(
    request: HttpRequest, redirect_uri: str, mode: str, values: Mapping[str, str]
) -> HttpResponse:
    """Send the reader back with these values, and with who says so (RFC 9207)."""
    given = {name: value for name, value in values.items() if value} | {"iss": issuer()}
    if mode == "form_post" and urlsplit(redirect_uri).scheme in ("http", "https"):
        context = {"heading": _("Going back"), "target": redirect_uri, "values": given}
        response = render(request, "identity/form_post.html", context)
        return allow_form(response, redirect_uri)
    return leave(with_query(redirect_uri, given))


def leave(target: str) -> HttpResponse:
    """Return a redirect to an address that was checked; its scheme may be an app's own."""
    return HttpResponse(status=302, headers={"Location": target, "Cache-Control": "no-store"})


def with_query(target: str, values: Mapping[str, str]) -> str:
    """Return an address with further parameters.

    >>> with_query("https://a.example/cb?x=1", {"state": "a b"})
    'https://a.example/cb?x=1&state=a+b'
    """
    parts = urlsplit(target)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def allow_form(response: HttpResponse, target: str) -> HttpResponse:
    """Let forms of this page lead to the application, too: browsers check redirects of forms."""
    parts = urlsplit(target)
    response.form_target = (  # type: ignore[attr-defined]
        f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    )
    return response


def error_to_client(request: HttpRequest, asked: Asked, error: str) -> HttpResponse:
    """Tell the application why nobody signed in."""
    values = {"error": error, "state": asked.state}
    return to_client(request, asked.redirect_uri, asked.response_mode, values)


def refused(request: HttpRequest, error: OAuth2Error, mode: str = "query") -> HttpResponse:
    """Answer a request that cannot be used: to the application where we may, else to the reader.

    Where client or address are in doubt, nobody is sent anywhere (RFC 9700, section 4.11.2).
    """
    if error.redirect_uri:
        values = {
            "error": error.error,
            "error_description": error.get_error_description(),
            "state": error.state or "",
        }
        return to_client(request, error.redirect_uri, mode, values)
    context = {
        "heading": _("This sign-in link is broken"),
        "error": error.error,
        "description": error.get_error_description(),
    }
    return render(request, "identity/broken_request.html", context, status=400)
