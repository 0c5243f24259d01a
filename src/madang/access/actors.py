"""Actors, roles, and the decision each route states: who is let in, with which proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from madang.access.errors import ActsForAnother, StepUpNeeded
from madang.kernel import times
from madang.kernel.errors import Forbidden, Invalid, Unauthenticated

ROLES: dict[str, str] = {
    "administrator": "Runs the installation: users, keys, jobs, backups.",
    "operator": "Watches the control room: sensors, dead letters, pipeline.",
    "officer": "Takes decisions of the city: approves and lifts measures.",
    "clerk": "Serves residents at a counter or by phone: proofs identity, assists, issues codes.",
    "department-head": "Second pair of eyes of a department: approves what needs two people.",
    "treasurer": "Keeps the city's money: settlement, differences, the second yes to refunds.",
    "reviewer": "Judges answers of the assistant, masked, without knowing who asked.",
    "privacy-officer": "Watches the looks at personal data: reviews emergencies, answers people.",
}
SEPARATE = frozenset({"privacy-officer"})  # who runs the machines does not watch over the looks

RECENT = timedelta(minutes=5)
STAFF_AAL = 2  # a role opens nothing to a password alone (ASVS 5, 6.3.3)


@dataclass(frozen=True)
class Actor:
    """Who acts. An anonymous visitor is an actor without id and roles.

    Parameters
    ----------
    id : ``account:<id>``, ``system:<name>`` or ``client:<id>``.
    person : id of the person in the register whose account this is.
    departments, districts : where a member of staff works.
    ial, aal : assurance of identity and of this sign-in, 0 to 3.
    authenticated_at : when the actor last proved who they are.
    on_behalf_of : id of the person acted for; `mandate` says by which right.
    through : account id of the member of staff at the keyboard in an assisted session.
    """

    id: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()
    person: str = ""
    departments: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    ial: int = 0
    aal: int = 0
    authenticated_at: datetime | None = None
    on_behalf_of: str = ""
    through: str = ""
    session: str = ""
    mandate: str = ""

    @property
    def is_anonymous(self) -> bool:
        """True where nobody is signed in."""
        return not self.id

    @property
    def is_system(self) -> bool:
        """True where no person acts, but a process of ours."""
        return self.id.startswith("system:")


ANONYMOUS = Actor()


def system_actor(name: str) -> Actor:
    """Return the actor of one of our own processes or jobs.

    >>> system_actor("notices").id
    'system:notices'
    """
    return Actor(id=f"system:{name}", name=name)


AUTHENTICATION = system_actor("authentication")


@dataclass(frozen=True)
class Requirement:
    """A route's decision, taken apart: who, and with which proof."""

    kind: str  # "public", "key", "signed-in", "role"
    roles: frozenset[str] = frozenset()
    ial: int = 0
    aal: int = 0
    is_recent: bool = False
    is_open_to_represented: bool = False


@lru_cache(maxsize=512)
def requirement(access: str) -> Requirement:
    """Return what a decision asks for; raises `Invalid` for a word that is no decision.

    A role asks for two factors, whether or not the decision says so.

    >>> requirement("signed-in+ial2+recent").ial, requirement("role:officer").aal
    (2, 2)
    """
    who, *proofs = access.split("+")
    kind, _, names = who.partition(":")
    roles = frozenset(names.split(",")) if names else frozenset()
    ial = _level(proofs, "ial")
    aal = _level(proofs, "aal")
    known = {f"ial{ial}", f"aal{aal}", "recent", "represented"}
    if kind in ("public", "key", "signed-in"):
        fits = not names and (kind == "signed-in" or not proofs)
    else:
        fits = kind == "role" and bool(roles) and roles <= ROLES.keys()
    if not fits or not set(proofs) <= known or len(set(proofs)) != len(proofs):
        raise Invalid(f"{access!r} is no authorisation decision")
    if kind == "role":
        aal = max(aal, STAFF_AAL)
    return Requirement(kind, roles, ial, aal, "recent" in proofs, "represented" in proofs)


def required_roles(access: str) -> frozenset[str]:
    """Return the roles a decision names; raises `Invalid` for a word that is no decision."""
    return requirement(access).roles


def may(actor: Actor, access: str) -> bool:
    """Return whether the decision `access` lets the actor in as they are signed in now.

    Parameters
    ----------
    access : ``public``, ``key``, ``signed-in`` or ``role:<name>[,<name>]``
        ``key`` lets everybody through to the view, which checks the device key itself. The last
        two may ask for proof: ``+ial2``, ``+aal2`` (at least that level), ``+recent`` (proved
        within the last five minutes); a role asks for ``+aal2`` by itself. Who acts for somebody
        else, by mandate or in an assisted session, is let in only with ``+represented``. An
        administrator passes every role but those in `SEPARATE`.

    >>> may(ANONYMOUS, "public"), may(ANONYMOUS, "role:officer")
    (True, False)
    """
    wanted = requirement(access)
    return _is_entitled(actor, wanted) and not _lacks_proof(actor, wanted)


def is_entitled(actor: Actor, access: str) -> bool:
    """Return whether the actor is let in, if need be after a stronger or fresher sign-in."""
    return _is_entitled(actor, requirement(access))


def require(actor: Actor, access: str) -> None:
    """Raise `Unauthenticated`, `Forbidden` or `StepUpNeeded` unless `may(actor, access)`."""
    wanted = requirement(access)
    if not _is_entitled(actor, wanted):
        if actor.is_anonymous:
            raise Unauthenticated("sign in to see this")
        if actor.on_behalf_of:
            raise ActsForAnother
        roles = ",".join(sorted(wanted.roles))
        raise Forbidden(f"this needs {roles}; your account does not have it")
    if _lacks_proof(actor, wanted):
        raise StepUpNeeded(
            "confirm once more who you are to go on",
            acr=f"urn:madang:ial{max(wanted.ial, 1)}:aal{max(wanted.aal, 1)}",
            max_age_s=int(RECENT.total_seconds()) if wanted.is_recent else None,
        )


def _level(proofs: list[str], kind: str) -> int:
    found = [int(word[3:]) for word in proofs if word in {f"{kind}{n}" for n in (1, 2, 3)}]
    return max(found, default=0)


def _is_entitled(actor: Actor, wanted: Requirement) -> bool:
    if wanted.kind in ("public", "key"):
        return True
    if actor.on_behalf_of and not wanted.is_open_to_represented:
        return False
    if wanted.kind == "signed-in":
        return not actor.is_anonymous
    if actor.roles & wanted.roles:
        return True
    return "administrator" in actor.roles and not wanted.roles <= SEPARATE


def _lacks_proof(actor: Actor, wanted: Requirement) -> bool:
    if actor.ial < wanted.ial or actor.aal < wanted.aal:
        return True
    if not wanted.is_recent:
        return False
    return actor.authenticated_at is None or times.now() - actor.authenticated_at > RECENT
