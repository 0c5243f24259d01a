"""Actors and authorisation decisions."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.errors import Forbidden, Invalid, Unauthenticated

ROLES: dict[str, str] = {
    "administrator": "Runs the installation: users, keys, jobs, backups.",
    "operator": "Watches the control room: sensors, dead letters, pipeline.",
    "officer": "Takes decisions of the city: approves and lifts measures.",
}


@dataclass(frozen=True)
class Actor:
    """Who acts. An anonymous visitor is an actor without id and roles."""

    id: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        """True where nobody is signed in."""
        return not self.id


ANONYMOUS = Actor()


def may(actor: Actor, access: str) -> bool:
    """Return whether the decision `access` lets the actor in.

    Parameters
    ----------
    access : ``public``, ``signed-in``, ``role:<name>[,<name>]`` or ``key``
        ``key`` lets everybody through to the view, which checks the device key itself.
        An administrator passes every role.

    >>> may(ANONYMOUS, "public"), may(ANONYMOUS, "role:officer")
    (True, False)
    """
    if access in ("public", "key"):
        return True
    if access == "signed-in":
        return not actor.is_anonymous
    return bool(actor.roles & ({"administrator"} | required_roles(access)))


def require(actor: Actor, access: str) -> None:
    """Raise `Unauthenticated` or `Forbidden` unless `may(actor, access)`."""
    if may(actor, access):
        return
    if actor.is_anonymous:
        raise Unauthenticated("sign in to see this")
    raise Forbidden(f"this needs {access.removeprefix('role:')}; your account does not have it")


def required_roles(access: str) -> frozenset[str]:
    """Return the roles a decision names; raises `Invalid` for a word that is no decision."""
    if access in ("public", "key", "signed-in"):
        return frozenset()
    kind, _, names = access.partition(":")
    roles = frozenset(names.split(",")) if kind == "role" and names else frozenset()
    if not roles or not roles <= ROLES.keys():
        raise Invalid(f"{access!r} is no authorisation decision")
    return roles
