"""Data that a room offers: what is measured, detectors, tables of the lake, profile files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class QualityLimits:
    """Thresholds of the quality tests for one observed property, in its unit (QARTOD names)."""

    fail_span: tuple[float, float]
    suspect_span: tuple[float, float]
    spike: float
    rate_per_s: float
    flat_line_s: int
    flat_line_eps: float
    source: str


@dataclass(frozen=True)
class ObservedProperty:
    """What is measured. `resolution` is the smallest step kept in the lake.

    `not_above` names the property of the same thing whose value this one cannot exceed (PM2.5 is
    part of PM10); a reading that does is flagged.
    """

    id: str
    name: str
    definition: str
    unit_name: str
    unit_symbol: str
    resolution: float
    limits: QualityLimits
    not_above: str = ""


@dataclass(frozen=True)
class Detector:
    """A rule over one observed property, run in the detector runtime.

    `kind` is one of the kernels of ``telemetry.engine.detectors``: ``threshold``, ``hourly_run``,
    ``zscore``, ``stuck``; `parameters` are its numbers.
    """

    id: str
    property: str
    kind: str
    parameters: Mapping[str, float]
    help: str


@dataclass(frozen=True)
class LakeTable:
    """A table of the lake. Columns are (name, type, codec); the codec is used where it is known.

    `exported` tables go to Parquet day by day, once a day is closed.
    """

    name: str
    columns: tuple[tuple[str, str, str], ...]
    order_by: tuple[str, ...]
    partition_by: str = ""
    retention_days: int | None = None
    replacing_by: str = ""
    help: str = ""
    exported: bool = True


@dataclass(frozen=True)
class ProfileFile:
    """A file of the city's profile that this room reads, such as ``air.yaml``.

    The target finds its faults before anything runs: ``f(path, profile)`` returns (line or None,
    message) of each.
    """

    file: str
    target: Target
    help: str
