"""What can go wrong with a city profile."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.data_files import Problem
from madang.kernel.errors import Invalid, NotFound


class InvalidProfile(Invalid):
    """A profile cannot be used; `problems` lists everything that is wrong with it."""

    code = "invalid-city-profile"

    def __init__(self, city: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"city profile {city!r} has {len(self.problems)} problem(s):\n{lines}")


class UnknownCity(NotFound):
    """There is no profile of that name and no folder at that path."""

    code = "unknown-city"


class UnknownUnit(NotFound):
    """No unit of the city has that code."""

    code = "unknown-unit"


class UnknownLevel(NotFound):
    """The city has no level of units of that name."""

    code = "unknown-level"


class UnknownRules(NotFound):
    """The city has no rules for that domain."""

    code = "unknown-rules"


class InvalidBoundaries(Invalid):
    """A boundary file does not fit the units of the city."""

    code = "invalid-boundaries"
