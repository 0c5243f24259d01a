"""What watches the city's data for the operator: detectors and rules, and how each of them does.

A room offers `registry.Watcher`; its target returns one `Watch` for each detector or rule it runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madang.kernel.errors import MadangError
from madang.kernel.registry import Watcher, load, registry


@dataclass(frozen=True)
class Watch:
    """One detector or rule.

    Parameters
    ----------
    id : its id in its room. title : its name in the reader's language.
    series : how many series it watches.
    events : how often it opened or closed something in the last hour.
    ran_at : when it last looked at anything; None where nothing has come yet.
    errors : how much of its work failed and waits for a person, or how often it had to be restored.
    """

    id: str
    title: str
    series: int
    events: int
    ran_at: datetime | None
    errors: int


@dataclass(frozen=True)
class Watching:
    """All watches of the house, and the rooms that could not say (`silent`)."""

    watches: Sequence[Watch]
    silent: Sequence[str]

    @property
    def events(self) -> int:
        """How often something opened or closed in the last hour."""
        return sum(one.events for one in self.watches)

    @property
    def errors(self) -> int:
        """How much failed."""
        return sum(one.errors for one in self.watches)

    @property
    def ran_at(self) -> datetime | None:
        """When any of them last looked."""
        return max((one.ran_at for one in self.watches if one.ran_at), default=None)


def watching() -> Watching:
    """Return how all detectors and rules do; a room whose parts are away is named."""
    found: list[Watch] = []
    silent: list[str] = []
    for offer in registry().offers(Watcher):
        try:
            found.extend(load(offer.target)())
        except MadangError:
            silent.append(offer.name)
    return Watching(found, silent)
