"""What is simulated, as a file: languages and their calls, operators, rules, the bot in front."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec

from madang.callcentre.errors import InvalidCalls
from madang.callcentre.spans import seconds
from madang.kernel.data_files import field_name, read_yaml
from madang.kernel.errors import Invalid
from madang.kernel.shapes import mismatches

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Clock = Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}:[0-5]\d$")]


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Calls in one language; the first one of a scenario is the home language.

    calls : mean calls of an interval, or a list for the intervals of a day, repeated
    aht_s, patience_s : means [s]; without patience nobody gives up
    priority : a free operator takes the highest first
    """

    calls: NotNegative | tuple[NotNegative, ...]
    aht_s: Positive
    patience_s: Positive | None = None
    priority: int = 0


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """So many operators with the same skills and hours; `to` may lie after 24:00.

    daily : whether they come every day of the simulated time, or on the first only
    """

    count: Annotated[int, msgspec.Meta(ge=0, le=20_000)]
    skills: tuple[str, ...]
    start: Clock = "00:00"
    to: Clock = "24:00"
    daily: bool = True


class RuleSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How calls find operators; see `engine.simulate.Rules`. Times in seconds."""

    fewest_skills_first: bool = True
    callback_wait_s: Positive | None = None
    takes_callback: Share = 0.0
    interpreter_after_s: NotNegative | None = None
    interpreters: Annotated[int, msgspec.Meta(ge=0)] = 0
    interpreted: Annotated[float, msgspec.Meta(ge=1)] = 1.0
    gives_up_again: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    fails_again: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    again_s: Positive = 3600.0


class BotSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The automaton in front; see `engine.simulate.Bot`."""

    share: Share = 0.0
    closes: Share = 0.0
    mean_s: Positive = 60.0
    handed_over: Positive = 1.0
    opted_out: Share = 0.0


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A call centre to simulate.

    variation : standard deviation of the handling time by its mean; 1 is as in Erlang's formulae
    """

    languages: dict[str, Language]
    operators: tuple[Team, ...]
    interval: str = "30m"
    hours: Annotated[float, msgspec.Meta(gt=0, le=24 * 366)] = 24.0
    variation: NotNegative = 1.0
    rules: RuleSpec = RuleSpec()
    bot: BotSpec = BotSpec()

    def assumptions(self) -> dict[str, Any]:
        """Return all that the scenario takes as given, as plain values."""
        found = msgspec.to_builtins(self)
        for one in found["languages"].values():
            if isinstance(one["calls"], list | tuple):
                one["calls"] = {"intervals": len(one["calls"]), "sum": round(sum(one["calls"]), 2)}
        return dict(found)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario of a YAML file.

    Raises
    ------
    InvalidCalls
        If the file cannot be read or something in it does not fit; names line and field.
    """
    file = str(path)
    document, problems = read_yaml(path, file)
    for problem in problems:
        raise InvalidCalls(file, problem.message, line=problem.line)
    for where, message in mismatches(document.value, Scenario):
        text = f"{field_name(where)}: {message}" if where else message
        raise InvalidCalls(file, text, line=document.line(where))
    found = msgspec.convert(document.value, Scenario)
    for where, message in _faults(found):
        raise InvalidCalls(file, f"{field_name(where)}: {message}", line=document.line(where))
    return found


def _faults(scenario: Scenario) -> list[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = []
    if not scenario.languages:
        found.append((("languages",), "names none"))
    if len(scenario.languages) > 60:
        found.append((("languages",), "at most 60"))
    for number, team in enumerate(scenario.operators):
        for skill in team.skills:
            if skill not in scenario.languages:
                known = ", ".join(scenario.languages)
                told = f"{skill!r} is none of the languages {known}"
                found.append((("operators", number, "skills"), told))
        if clock_s(team.to) <= clock_s(team.start):
            found.append((("operators", number, "to"), f"{team.to} is not after {team.start}"))
    try:
        seconds(scenario.interval)
    except Invalid as error:
        found.append((("interval",), error.message))
    return found


def clock_s(text: str) -> float:
    """Return a time of the day [s]; hours above 24 belong to the next day.

    >>> clock_s("06:30")
    23400.0
    """
    hour, _, minute = text.partition(":")
    return int(hour) * 3600.0 + int(minute) * 60.0


def simple_scenario(
    calls: float,
    interval_s: float,
    aht_s: float,
    *,
    patience_s: float | None,
    agents: int,
    length_s: float,
) -> Scenario:
    """Return a centre of one language with a steady load and one team that never leaves."""
    hours = length_s / 3600.0
    team = Team(count=agents, skills=("any",), to=f"{int(-(-hours // 1))}:00", daily=False)
    return Scenario(
        languages={"any": Language(calls=calls, aht_s=aht_s, patience_s=patience_s)},
        operators=(team,),
        interval=f"{interval_s:g}s",
        hours=hours,
    )
