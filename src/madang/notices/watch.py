"""Whether notices can go out: what ``/healthz`` says."""

from __future__ import annotations

from datetime import timedelta

from madang.kernel.errors import MadangError
from madang.kernel.times import now
from madang.notices.channels import setup
from madang.notices.models import Lane

AWAY = timedelta(minutes=5)


def problem() -> str | None:
    """Return what is wrong with the channels, None where all is well."""
    troubles = []
    for name in setup.offered():
        try:
            setup.channel(name)
        except MadangError as error:
            troubles.append(f"{name}: {error.message}")
    resting = Lane.objects.filter(failures__gt=5, free_at__gt=now() - AWAY)
    troubles += [f"{lane.channel}: {lane.error}" for lane in resting]
    return "; ".join(troubles) or None
