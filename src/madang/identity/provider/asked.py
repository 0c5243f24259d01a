"""An authorization request, read and checked: what is asked for, by whom, how surely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError

from madang.identity.engine.levels import Level, UnknownLevel, level_of
from madang.identity.provider.scopes import requested_claims, required_acr
from madang.identity.provider_models import Client

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
RESPONSE_MODES = ("query", "form_post")
LONGEST = {"state": 2000, "nonce": 500, "login_hint": 200, "claims": 4000}
OLDEST_S = 10**9


@dataclass(frozen=True)
class Asked:
    """What an application asks for when it sends somebody to us.

    Parameters
    ----------
    levels : those it would take, best liked first; empty where any will do.
    is_level_required : whether it would rather have an answer of failure than a lower level.
    not_before : the oldest sign-in it takes; None where age does not matter.
    """

    client: Client
    redirect_uri: str
    at: datetime
    scopes: tuple[str, ...]
    claims: dict[str, list[str]]
    state: str = ""
    nonce: str = ""
    challenge: str = ""
    response_mode: str = "query"
    prompts: frozenset[str] = frozenset()
    levels: tuple[Level, ...] = ()
    not_before: datetime | None = None
    login_hint: str = ""
    id_token_hint: str = ""
    ui_locales: tuple[str, ...] = ()

    @property
    def least(self) -> Level:
        """The level that this client takes from anybody."""
        return Level(max(self.client.ial, 1), max(self.client.aal, 1))

    @property
    def wanted(self) -> Level:
        """The level to lead the reader to: what is liked best, never below the client's least."""
        liked = self.levels[0] if self.levels else self.least
        return Level(max(liked.ial, self.least.ial), max(liked.aal, self.least.aal))

    def takes(self, level: Level) -> bool:
        """Return whether a sign-in of this level is enough."""
        if not level.meets(self.least):
            return False
        return not self.levels or any(level.meets(one) for one in self.levels)

    @property
    def names_claims(self) -> list[str]:
        """The claims asked for one by one, wherever they are to be told."""
        return sorted({claim for claims in self.claims.values() for claim in claims})


def asked_in(
    parameters: dict[str, Any], client: Client, redirect_uri: str, scope: str, at: datetime
) -> Asked:
    """Return what the parameters of a request ask for.

    Raises
    ------
    InvalidRequestError
        Naming the parameter that cannot be used.
    """
    for name, length in LONGEST.items():
        if len(str(parameters.get(name, ""))) > length:
            raise InvalidRequestError(f"{name} has more than {length} characters")
    prompts = frozenset(str(parameters.get("prompt", "")).split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt cannot be used so")
    mode = parameters.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise InvalidRequestError("response_mode is query or form_post")
    text = str(parameters.get("claims", ""))
    try:
        claims, required = requested_claims(text, client.scopes), required_acr(text)
    except ValueError:
        raise InvalidRequestError("claims is no claims request") from None
    return Asked(
        client=client,
        redirect_uri=redirect_uri,
        at=at,
        scopes=tuple(scope.split()),
        claims=claims,
        state=parameters.get("state", ""),
        nonce=parameters.get("nonce", ""),
        challenge=parameters.get("code_challenge", ""),
        response_mode=mode,
        prompts=prompts,
        levels=_levels(required or tuple(str(parameters.get("acr_values", "")).split())),
        not_before=_not_before(parameters.get("max_age"), prompts, at),
        login_hint=parameters.get("login_hint", ""),
        id_token_hint=parameters.get("id_token_hint", ""),
        ui_locales=tuple(str(parameters.get("ui_locales", "")).split()),
    )


def _levels(values: tuple[str, ...]) -> tuple[Level, ...]:
    """Return the levels we know among the values; others are passed over (Core, 3.1.2.1)."""
    found = []
    for value in values:
        try:
            found.append(level_of(value))
        except UnknownLevel:
            continue
    return tuple(found)


def _not_before(max_age: Any, prompts: frozenset[str], at: datetime) -> datetime | None:
    if "login" in prompts:
        return at
    if max_age in (None, ""):
        return None
    if not str(max_age).isdecimal() or int(max_age) > OLDEST_S:
        raise InvalidRequestError("max_age is a whole number of seconds")
    return at - timedelta(seconds=int(max_age))
