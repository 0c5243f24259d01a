"""Which gateways this instance has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madang.kernel.config import settings
from madang.records.errors import GatewayDown, UnknownGateway
from madang.records.gateways.base import Gateway
from madang.records.gateways.counter import CounterGateway
from madang.records.gateways.sample import SampleGateway

_KINDS: dict[str, type[Gateway]] = {"sample": SampleGateway, "counter": CounterGateway}


def gateway(name: str) -> Gateway:
    """Return a gateway by its name.

    Raises
    ------
    UnknownGateway
        If there is none of that name.
    GatewayDown
        In production, for the simulated one: it would let fees pass as paid.
    """
    kind = _KINDS.get(name)
    if kind is None:
        raise UnknownGateway(f"no gateway is called {name!r}; there are {', '.join(_KINDS)}")
    found = kind()
    if found.is_simulated and settings().is_production:
        raise GatewayDown(_("No payment gateway is set up; fees are paid at the counter."))
    return found
