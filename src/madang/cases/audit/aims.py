"""What ``decision_audit.yaml`` of a city may say: how closely decisions by machine are watched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import read_yaml
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "decision_audit.yaml"
Rate = Annotated[float, Meta(gt=0, lt=1)]
Days = Annotated[int, Meta(ge=1, le=92)]


class Aim(Struct, frozen=True, forbid_unknown_fields=True):
    """An error rate that samples are to show, and with which confidence."""

    error_rate: Rate = 0.01
    confidence: Rate = 0.95


class Aims(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; without one a city has these defaults.

    period_days: how often a sample is drawn. planted: known wrong cases mixed in, as a share of the
    sample. catch_rate: median share of them that officers are to catch.
    automated_share: of all R0 and R1, the aim. baseline_weeks: of the control charts.
    gap: difference of shares between groups that is borne. groups_days: span that groups are
    compared over. services: services with an aim of their own, drawn apart.
    """

    version: str = ""
    period_days: Days = 7
    aim: Aim = Aim()
    planted: Annotated[float, Meta(ge=0, le=0.5)] = 0.05
    catch_rate: Rate = 0.9
    automated_share: Rate = 0.6
    baseline_weeks: Annotated[int, Meta(ge=8, le=52)] = 12
    gap: Rate = 0.05
    groups_days: Annotated[int, Meta(ge=28, le=731)] = 365
    services: dict[str, Aim] = {}


def aims() -> Aims:
    """Return how closely this city watches."""
    from madang.city.api import profile

    if "decision_audit" in profile().rule_names:
        return msgspec.convert(dict(profile().rules("decision_audit")), Aims)
    return Aims()


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, str(path))
    if problems:
        return [(problem.line, problem.message) for problem in problems]
    return [
        (document.line(place), f"{'.'.join(map(str, place))}: {message}" if place else message)
        for place, message in mismatches(document.value, Aims)
    ]
