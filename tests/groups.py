"""Which files a run of the system tests reads, and which stay together on one of its workers.

Under ``pytest -n 2 --dist loadfile`` two files run at a time. Tests of real processes share
servers, browsers and databases within their file, so a file stays whole; files that share an
instance (tests/system/conftest.py) run on one worker, too. Those that take longest begin first, so
that no worker is left with one of them at the end.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

GROUPS = {
    "tests/system/test_enrolment_kill.py": "struck",
    "tests/system/test_kill.py": "struck",
    "tests/system/test_outages.py": "struck",
    "tests/system/test_faults.py": "instance",
    "tests/system/test_life.py": "instance",
    "tests/system/test_relying_parties.py": "instance",
    "tests/system/test_sensorthings.py": "instance",
}
LONGEST = (
    "struck",
    "tests/web/test_browser.py",
    "instance",
)
_SYSTEM = re.compile(r"\bmark\.system\b|\bBROWSER_TEST\b")
_EXTERNAL = re.compile(r"\bmark\.external\b")


def has_system_tests(file: Path) -> bool:
    """Return whether a file marks tests of real processes."""
    return _SYSTEM.search(file.read_text(encoding="utf-8")) is not None


def has_external_tests(file: Path) -> bool:
    """Return whether a file marks tests of servers that are not ours."""
    return _EXTERNAL.search(file.read_text(encoding="utf-8")) is not None


def is_left_out(file: Path, expression: str) -> bool:
    """Return whether a run of the marks in `expression` need not import the file."""
    if not file.match("test_*.py"):
        return False
    if expression.startswith("system and "):
        return not has_system_tests(file)
    return expression.startswith("external and ") and not has_external_tests(file)


def check_marks(items: list[pytest.Item]) -> None:
    """Refuse a mark of real processes or servers that a run of them would not find."""
    files = {item.path for item in items if item.get_closest_marker("system")}
    hidden = {file for file in files if not has_system_tests(file)}
    asked = {item.path for item in items if item.get_closest_marker("external")}
    hidden |= {file for file in asked if not has_external_tests(file)}
    if hidden:
        raise pytest.UsageError(f"write the mark into the file itself: {sorted(map(str, hidden))}")


def group_of(nodeid: str) -> str:
    """Return the name of a test's group: that of a shared instance, else its file."""
    file = nodeid.partition("::")[0]
    return GROUPS.get(file, file)


def longest_first(items: list[pytest.Item]) -> None:
    """Put the longest groups first; all else keeps its order."""
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(group_of(item.nodeid), len(rank)))


class Groups(LoadFileScheduling):
    """Gives each worker whole groups, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
