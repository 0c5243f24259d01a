"""Bring an instance's stores to the present version, and its demo to life."""

from __future__ import annotations

import sys

from madang.kernel import orm
from madang.kernel.config import Settings
from madang.kernel.logs import logger

DEMO_GATEWAY = "city-simulator"
_DEMO_QUOTA_POINTS_PER_S = 100_000


def prepare(here: Settings) -> None:
    """Load the city's profile (a broken one stops here), migrate, and publish its services.

    Raises
    ------
    Invalid
        If the profile does not load; the message names file, line and field.
    """
    from madang.city.api import check_domains, ensure_basemap, profile

    check_domains(profile())
    (here.data / "run").mkdir(parents=True, exist_ok=True)
    ensure_basemap()  # of boundaries imported since the last start, too
    migrate()
    publish_services()


def publish_services() -> None:
    """Bring the services that come with the city into force, where their packages are new."""
    from madang.services.api import publish_shipped

    for refusal in publish_shipped().refused:
        logger("services").warning("a service is not published", reason=refusal)


def migrate(verbosity: int = 0) -> None:
    """Bring the system of record to the present schema (in place, forward only)."""
    orm.ready()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=verbosity, stdout=sys.stderr)


def demo_gateway() -> str:
    """Return a fresh key of the simulator's gateway, made where it does not exist.

    Everything that comes with this key is labelled simulated, whatever it says of itself.
    """
    from madang.kernel.bus import sync
    from madang.telemetry.api import create_gateway, gateways, rotate_key

    try:
        if any(gateway.name == DEMO_GATEWAY for gateway in gateways()):
            return rotate_key(DEMO_GATEWAY)
        _, key = create_gateway(
            DEMO_GATEWAY,
            origin="simulated",
            scopes=("observe", "provision"),
            quota=_DEMO_QUOTA_POINTS_PER_S,
        )
        return key
    finally:
        sync.close()  # the supervisor outlives the bus and has no business on it
