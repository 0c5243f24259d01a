"""What an application can ask to be told: scopes, and the claims under each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Scope:
    """A group of claims under one word, and how the consent page says it."""

    id: str
    says: str
    claims: tuple[str, ...] = ()


SCOPES = {
    scope.id: scope
    for scope in (
        Scope("openid", _("that it is you, under a number only this service knows"), ("sub",)),
        Scope(
            "profile",
            _("your name and your language"),
            ("name", "family_name", "given_name", "preferred_username", "locale"),
        ),
        Scope("birthdate", _("your date of birth"), ("birthdate",)),
        Scope("nationality", _("your nationality"), ("nationality",)),
        Scope("district", _("the district you live in"), ("district",)),
        Scope("offline_access", _("to stay connected for up to 90 days without asking again")),
    )
}
CLAIMS = {claim: scope.id for scope in SCOPES.values() for claim in scope.claims}


def claims_of(scopes: Iterable[str]) -> set[str]:
    """Return the claims under these scopes; unknown scopes hold none.

    >>> sorted(claims_of(["openid", "birthdate", "email"]))
    ['birthdate', 'sub']
    """
    return {claim for scope in scopes if scope in SCOPES for claim in SCOPES[scope].claims}


def requested_claims(text: str, allowed: Iterable[str]) -> dict[str, list[str]]:
    """Return the claims asked for one by one (`claims` parameter), as far as they are allowed.

    Parameters
    ----------
    text : JSON of OpenID Connect Core 1.0, section 5.5; empty asks for nothing.
    allowed : scopes the application may have.

    Raises
    ------
    ValueError
        If it is no such JSON.

    >>> requested_claims('{"id_token": {"name": null, "email": null}}', ["profile"])
    {'id_token': ['name']}
    """
    found = {}
    may = claims_of(allowed)
    for place, asked in _claims_request(text).items():
        known = sorted(set(asked) & may)
        if place in ("id_token", "userinfo") and known:
            found[place] = known
    return found


def required_acr(text: str) -> tuple[str, ...]:
    """Return the levels of which one is essential (`claims` parameter); empty where none is.

    >>> required_acr('{"id_token": {"acr": {"essential": true, "values": ["urn:x"]}}}')
    ('urn:x',)
    """
    asked = _claims_request(text).get("id_token", {}).get("acr")
    if not isinstance(asked, dict) or not asked.get("essential"):
        return ()
    values = asked.get("values") or [asked.get("value")]
    if not isinstance(values, list):
        raise ValueError("values of acr is no list")
    return tuple(value for value in values if isinstance(value, str))


def _claims_request(text: str) -> Mapping[str, Mapping[str, Any]]:
    if not text:
        return {}
    asked = json.loads(text)
    if not isinstance(asked, dict) or not all(isinstance(one, dict) for one in asked.values()):
        raise ValueError("claims is no object of objects")
    return asked
