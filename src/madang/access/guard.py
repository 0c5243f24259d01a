"""The guard: asks the policies of all rooms, about one data set at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from madang.access.actors import ROLES, Actor
from madang.access.engine.decision import Decision
from madang.access.engine.policies import Asked, Policies, parsed, principal
from madang.access.errors import NoPurpose, PolicyFault
from madang.access.policy_check import Known
from madang.kernel.registry import PolicyFile, Purpose, registry


@cache
def purposes() -> Mapping[str, Purpose]:
    """Return the purposes that rooms declare, by id."""
    return {one.id: one for one in registry().offers(Purpose)}


def declared_purpose(name: str) -> Purpose:
    """Return a purpose; raises `NoPurpose` where no room declares it."""
    known = purposes().get(name)
    if known is None:
        raise NoPurpose(f"no room declares a purpose {name!r}; see the page of purposes")
    return known


@cache
def policies() -> Policies:
    """Return all policies of the house, read and compiled once in this process."""
    from madang.access.personal import rooms_of_datasets

    found = []
    for file, text in policy_sources():
        try:
            found += parsed(file, text)
        except ValueError as error:
            line, message = error.args
            raise PolicyFault(file, message, line=line) from None
    return Policies(found, rooms_of_datasets())


def known_words() -> Known:
    """Return what policies may speak of in this house."""
    from madang.access.personal import rooms_of_datasets

    rooms = rooms_of_datasets()
    unlisted = {one.id for one in purposes().values() if not one.is_listed}
    return Known(set(purposes()), set(rooms), set(rooms.values()), set(ROLES), unlisted)


def policy_sources() -> list[tuple[str, str]]:
    """Return (name, text) of every policy file that rooms offer."""
    found = []
    for offer in registry().offers(PolicyFile):
        package, _, file = offer.target.partition(":")
        text = files(package).joinpath(file).read_text(encoding="utf-8")
        found.append((f"{package.replace('.', '/')}/{file}", text))
    return found


def decide(actor: Actor, purpose: str, dataset: str, action: str, *, case: str = "") -> Decision:
    """Return whether, and how far, the actor may do this to a data set for that purpose."""
    return policies().decide(
        Asked(
            principal=principal(actor.id),
            roles=actor.roles,
            action=action,
            dataset=dataset,
            context={
                "purpose": purpose,
                "has_case": bool(case),
                "ial": actor.ial,
                "aal": actor.aal,
                "is_assisted": bool(actor.through),
                "is_represented": bool(actor.on_behalf_of),
                "departments": sorted(actor.departments),
                "districts": sorted(actor.districts),
            },
        )
    )
