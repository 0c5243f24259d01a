"""How far somebody may act just now: asked once where many things are looked at, as on one page."""

from __future__ import annotations

from dataclasses import dataclass

from madang.access.api import Actor
from madang.identity import acting, mandates
from madang.identity.mandate_rules import allows


@dataclass(frozen=True)
class Extent:
    """How far an actor may act just now, asked once for many questions.

    `services` limits a right to act for somebody else; empty: all, as `verbs` None is.
    """

    verbs: frozenset[str] | None = None
    services: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether no service is left out."""
        return not self.services

    def services_for(self, *verbs: str) -> tuple[str, ...] | None:
        """Return the services to which a right to any of these verbs is limited.

        Empty: all services; None: there is no such right.

        >>> Extent(frozenset({"view"}), ("tax",)).services_for("view", "apply")
        ('tax',)
        """
        if self.verbs is not None and self.verbs.isdisjoint(verbs):
            return None
        return self.services

    def covers(self, verb: str, service: str = "") -> bool:
        """Return whether it covers a verb for a service; without a service, for everything.

        >>> Extent(frozenset({"view"}), ("tax",)).covers("view", "housing")
        False
        """
        if self.verbs is None:
            return not self.services or service in self.services
        return allows(tuple(self.verbs), self.services, verb, service)


NO_EXTENT = Extent(frozenset())


def extent_of(actor: Actor) -> Extent:
    """Return how far the actor may act: for themselves always, for others as far as it goes."""
    if actor.is_anonymous:
        return NO_EXTENT
    if not actor.on_behalf_of:
        return Extent()
    if actor.through:
        service = acting.assisted_service(actor)
        return NO_EXTENT if service is None else Extent(None, (service,))
    found = mandates.standing(actor.mandate, actor.person)
    return Extent(frozenset(found[1]), found[2]) if found else NO_EXTENT
