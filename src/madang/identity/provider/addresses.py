"""The issuer and where its endpoints are."""

from __future__ import annotations

from django.urls import reverse

from madang.kernel.config import settings

REQUEST_URN = "urn:ietf:params:oauth:request_uri:"  # RFC 9126, section 2.2


def issuer() -> str:
    """Return the issuer: the origin of the portal, without a slash at the end."""
    return settings().public_origin


def address(page: str, *arguments: str) -> str:
    """Return the full address of a page."""
    return issuer() + reverse(page, args=arguments)
