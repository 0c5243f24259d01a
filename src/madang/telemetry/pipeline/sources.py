"""Where the pipeline gets catalogue and rules from: the system of record and the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from madang.kernel.registry import Detector, registry
from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.detectors import Rule

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Sources:
    """Functions that give the present catalogue, its version and the detector rules."""

    catalogue: Callable[[], Catalogue]
    version: Callable[[], int]
    rules: Callable[[], Sequence[Rule]]


def installed() -> Sources:
    """Return the sources of this instance; errors of the database are `Unavailable`."""
    from madang.kernel.orm import ready

    ready()
    return Sources(_catalogue, _version, offered_rules)


def offered_rules() -> tuple[Rule, ...]:
    """Return the detectors of all rooms."""
    return tuple(
        Rule(offer.id, offer.property, offer.kind, dict(offer.parameters))
        for offer in registry().offers(Detector)
    )


def _catalogue() -> Catalogue:
    from madang.telemetry.catalogue import load_catalogue

    return _asked(load_catalogue)


def _version() -> int:
    from madang.telemetry.changes import catalogue_version

    return _asked(catalogue_version)


def _asked(question: Callable[[], Answer]) -> Answer:
    """Return the answer of the database, on a connection that is closed if it went bad."""
    from django.db import Error, close_old_connections

    from madang.kernel.errors import Unavailable

    close_old_connections()
    try:
        return question()
    except Error as error:
        raise Unavailable(f"the system of record does not answer: {error}") from error
    finally:
        close_old_connections()
