"""Which gateways this instance has."""

from __future__ import annotations

from madang.records.errors import UnknownGateway
from madang.records.gateways.base import Gateway
from madang.records.gateways.sample import SampleGateway

_KINDS: dict[str, type[Gateway]] = {"sample": SampleGateway}


def gateway(name: str) -> Gateway:
    """Return a gateway by its name; raises `UnknownGateway`."""
    kind = _KINDS.get(name)
    if kind is None:
        raise UnknownGateway(f"no gateway is called {name!r}; there are {', '.join(_KINDS)}")
    return kind()
