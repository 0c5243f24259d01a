"""May an office close? Not where a service would be left without any way but the computer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OFFLINE = frozenset({"counter", "phone", "visit", "post"})


@dataclass(frozen=True)
class ServiceChannels:
    """How one service can be had.

    Parameters
    ----------
    id : of the service; `title` is what people call it.
    channels : kinds of channels: ``web``, ``app``, ``counter``, ``phone``, ``visit``, ``post``.
    offices : ids of the offices whose counters offer it; none where it has no counter.
    """

    id: str
    title: str
    channels: frozenset[str]
    offices: frozenset[str]


def closing_problem(office: str, services: Iterable[ServiceChannels]) -> list[str]:
    """Return the ids of the services that closing an office would leave online only, sorted.

    An office may close where this is empty. A service by phone, visit or post stays reachable
    without its counters; one whose only offline channel is the counter needs another office.
    """
    return sorted(one.id for one in services if _is_last(office, one))


def _is_last(office: str, service: ServiceChannels) -> bool:
    others = (service.channels & OFFLINE) - {"counter"}
    has_counter = "counter" in service.channels and office in service.offices
    return has_counter and not others and not service.offices - {office}
