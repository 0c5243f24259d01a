"""What the simulated day takes as given, as a file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec

from madang.callcentre.errors import InvalidCalls
from madang.callcentre.scenario import NotNegative, Positive, Share
from madang.callcentre.spans import seconds, target
from madang.kernel.data_files import field_name, read_yaml
from madang.kernel.errors import Invalid
from madang.kernel.shapes import mismatches

_Again = Annotated[float, msgspec.Meta(ge=0, le=0.9)]


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way to run the day; see `assumptions/day.yaml` for the words."""

    settled: Share
    handling: Positive = 1.0
    offered: Share = 0.0
    opted_out: Share = 0.0
    closes: Share = 0.0
    right: Share = 1.0
    bot_s: Positive = 60.0
    handed_over: Positive = 1.0

    @property
    def closed(self) -> float:
        """Share of all calls that the bot closes alone."""
        return self.offered * (1.0 - self.opted_out) * self.closes


class Languages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls in other languages; see `assumptions/day.yaml` for the words."""

    count: Annotated[int, msgspec.Meta(ge=1, le=59)]
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    aht_s: Positive
    zipf: NotNegative = 1.0
    speaks: Annotated[int, msgspec.Meta(ge=1, le=59)] = 4
    interpreters: Annotated[int, msgspec.Meta(ge=0)] = 0
    interpreter_after_s: NotNegative = 15.0
    interpreted: Annotated[float, msgspec.Meta(ge=1)] = 1.5


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Figures that a city publishes of its own centre; shown beside, never computed with."""

    wait_s: float | None = None
    handling_change_pct: float | None = None
    first_call_pct: float | None = None
    closed_alone_pct: float | None = None


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. The first case is the one that the others are compared with."""

    calls: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)]
    aht_s: Positive
    variation: NotNegative
    patience_s: Positive
    gives_up_again: _Again
    unsettled_again: _Again
    again_s: Positive
    interval: str
    target: str
    shrinkage: Annotated[float, msgspec.Meta(ge=0, lt=1)]
    shift_s: Positive
    work_days: Annotated[float, msgspec.Meta(gt=0, le=7)]
    hours: Annotated[tuple[NotNegative, ...], msgspec.Meta(min_length=24, max_length=24)]
    languages: Languages | None = None
    cases: Annotated[dict[str, Case], msgspec.Meta(min_length=1)]
    sources: dict[str, str] = {}
    published: Published = Published()


def read_assumptions(path: Path | None) -> Assumptions:
    """Return the assumptions of a file, or those that come with Madang.

    Raises
    ------
    InvalidCalls
        If the file cannot be read or something in it does not fit; names line and field.
    """
    if path is None:
        packed = resources.files("madang.callcentre") / "assumptions" / "day.yaml"
        with resources.as_file(packed) as own:
            return _read(own, "day.yaml")
    return _read(path, str(path))


def _read(path: Path, file: str) -> Assumptions:
    document, problems = read_yaml(path, file)
    for problem in problems:
        raise InvalidCalls(file, problem.message, line=problem.line)
    for where, message in mismatches(document.value, Assumptions):
        text = f"{field_name(where)}: {message}" if where else message
        raise InvalidCalls(file, text, line=document.line(where))
    found = msgspec.convert(document.value, Assumptions)
    for field, read in (("interval", seconds), ("target", target)):
        try:
            read(getattr(found, field))
        except Invalid as error:
            told = f"{field}: {error.message}"
            raise InvalidCalls(file, told, line=document.line((field,))) from None
    if not sum(found.hours):
        raise InvalidCalls(file, "hours: no hour has calls", line=document.line(("hours",)))
    return found
