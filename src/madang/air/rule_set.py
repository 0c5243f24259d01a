"""The city's air rules as data: the shape of ``air.yaml`` and its strict reader.

The file is checked field by field (unknown fields are refused), then as a whole: rules that name
unknown measures, an advisory that could never be lifted, texts without the official language. An
error names file, line and field.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
import yaml

from madang.air import index_spec
from madang.air.errors import InvalidRules
from madang.air.standards import Standard

POLLUTANTS = index_spec.POLLUTANTS


Text = dict[str, str]
"""One text in several languages, by language tag."""

Positive = Annotated[float, msgspec.Meta(ge=0)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=72)]
HourOfDay = Annotated[int, msgspec.Meta(ge=0, le=24)]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Declare(_Struct, frozen=True):
    """Beyond the limit (`above`, or `at_least`) for `hours` consecutive hours."""

    hours: Hours
    above: Positive | None = None
    at_least: Positive | None = None


class Lift(_Struct, frozen=True):
    """Lifted at the first hour `below`, or `at_or_below`, the limit."""

    below: Positive | None = None
    at_or_below: Positive | None = None


class CapText(_Struct, frozen=True):
    """What the CAP 1.2 document of a measure says; codes are those of the standard."""

    urgency: str
    severity: str
    certainty: str
    response: str
    headline: Text
    description: Text
    instruction: Text


class _Rule(_Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    pollutant: str
    name: Text
    legal: Text
    source: str
    needs_approval: bool
    measures: list[str]
    reason: Text
    cap: CapText


class RunRule(_Rule, frozen=True, tag_field="kind", tag="run"):
    """Declared by a run of hours."""

    declare: Declare
    lift: Lift


class MeanWindow(_Struct, frozen=True):
    """The hours of today whose mean counts, and how many of them must have a value."""

    from_hour: HourOfDay
    to_hour: HourOfDay
    min_hours: Hours


class Clause(_Struct, frozen=True):
    """One sufficient condition of a forecast rule."""

    tomorrow_above: Positive
    reason: Text
    today_mean_above: Positive | None = None
    issued_today: list[str] = []


class NextDay(_Struct, frozen=True):
    """When the measure is in force on the day after the decision, city time."""

    starts: ClockTime
    ends: ClockTime


class ForecastRule(_Rule, frozen=True, tag_field="kind", tag="forecast"):
    """Decided once a day from today's hours and tomorrow's forecast."""

    decide_at: ClockTime
    today_mean: MeanWindow
    any_of: list[Clause]
    in_force_next_day: NextDay


class MeasureKind(_Struct, frozen=True):
    """What the city does while a rule's measure is in force."""

    name: Text
    text: Text
    legal: Text


class Stations(_Struct, frozen=True):
    """Whose hours make a district's hour: stations of `classes`.

    `completeness` is the share of its readings that an hour needs, `min_share` the share of the
    district's stations.
    """

    classes: list[str]
    completeness: Annotated[float, msgspec.Meta(gt=0, le=1)]
    min_share: Annotated[float, msgspec.Meta(gt=0, le=1)]


class AdviceSource(_Struct, frozen=True):
    """A guide that the advice on the pages rests on: its title in the language it is written in."""

    language: str
    title: str


_EPA = AdviceSource(
    language="en",
    title="US EPA, Air Quality Guide for Particle Pollution (nepis.epa.gov, P100N1JG)",
)


class RuleFile(_Struct, frozen=True):
    """A city's ``air.yaml``; without an `index` the city shows the US index, named as such.

    Public alerts (CAP 1.2) are written in `alert_languages`, by default the file's own and English.
    With `own_forecast` the platform's own forecast decides where no other was given for the day.
    """

    version: str
    time_zone: str
    language: str
    stations: Stations
    alert_languages: tuple[str, ...] = ()
    own_forecast: bool = False
    measures: dict[str, MeasureKind] = {}
    rules: list[RunRule | ForecastRule] = []
    index: index_spec.IndexSpec = index_spec.IndexSpec()
    advice_sources: tuple[AdviceSource, ...] = (_EPA,)


@dataclass(frozen=True)
class RuleSet:
    """A checked rules file, with the hash of its bytes: what a measure is pinned to."""

    file: RuleFile
    digest: str
    path: str

    @cached_property
    def standard(self) -> Standard:
        """The air quality index of the city."""
        return Standard(self.file.index)

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.file.time_zone)

    @property
    def rules(self) -> tuple[RunRule | ForecastRule, ...]:
        """All rules in the order of the file."""
        return tuple(self.file.rules)

    def rule(self, rule_id: str) -> RunRule | ForecastRule:
        """Return one rule; raises KeyError."""
        return {rule.id: rule for rule in self.file.rules}[rule_id]


def read_rule_set(path: Path, complete: Callable[[Any], Any] | None = None) -> RuleSet:
    """Return the rule set of a file; `complete` adds to its texts the languages it does not have.

    Raises
    ------
    InvalidRules
        If the file cannot be read, is not YAML, or breaks the schema; names line and field.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRules(str(path), f"cannot be read: {error.strerror}") from error
    return parse_rule_set(content, str(path), complete)


def parse_rule_set(
    content: bytes, name: str, complete: Callable[[Any], Any] | None = None
) -> RuleSet:
    """Return the rule set written in `content`; `name` is what errors call the file."""
    from madang.air.rule_checks import contradictions

    tree, lines = _yaml_with_lines(content, name)
    try:
        file = msgspec.convert(complete(tree) if complete else tree, RuleFile)
    except msgspec.ValidationError as error:
        text, path = _split_msgspec(str(error))
        raise InvalidRules(name, f"{path or 'file'}: {text}", line=_line_of(path, lines)) from error
    for path, text in contradictions(file):
        raise InvalidRules(name, f"{path}: {text}", line=_line_of(path, lines))
    return RuleSet(file, hashlib.sha256(content).hexdigest(), name)


def _yaml_with_lines(content: bytes, name: str) -> tuple[Any, dict[str, int]]:
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidRules(name, f"is not YAML: {error.problem}", line=line) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidRules(name, f"is not YAML: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise InvalidRules(name, "is not a mapping of fields", line=1)
    lines: dict[str, int] = {}
    return _value_of(node, "", lines, name), lines


def _value_of(node: yaml.Node, path: str, lines: dict[str, int], name: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value_of(n, f"{path}[{i}]", lines, name) for i, n in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node, path, name)
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidRules(name, f"{path}: a field's name is no text", line=lines[path])
        field = f"{path}.{key.value}".lstrip(".")
        if key.value in found:
            raise InvalidRules(name, f"{field}: given twice", line=key.start_mark.line + 1)
        lines[field] = key.start_mark.line + 1
        found[key.value] = _value_of(value, field, lines, name)
    return found


def _scalar(node: yaml.Node, path: str, name: str) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        line = node.start_mark.line + 1
        raise InvalidRules(name, f"{path}: {node.value!r} cannot be read", line=line) from error


def _split_msgspec(message: str) -> tuple[str, str]:
    text, _, path = message.partition(" - at `$")
    if text.startswith("Object contains unknown field `"):
        unknown = text.removeprefix("Object contains unknown field `").rstrip("`")
        return "is no field of this file", f"{path.rstrip('`')}.{unknown}".lstrip(".")
    return text, path.rstrip("`").lstrip(".")


def _line_of(path: str, lines: Mapping[str, int]) -> int | None:
    while path and path not in lines:
        path = re.sub(r"(\.[^.\[\]]+|\[[^\]]*\]|^[^.\[\]]+)$", "", path)
    return lines.get(path)
