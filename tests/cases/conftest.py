"""A clock that stands where a test puts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from madang.kernel import times
from tests.cases.booking import MONDAY


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Set the time to Monday, 09:00; return what sets it to another moment."""
    now = [MONDAY]
    with times.fixed_clock(lambda: now[0]):
        yield lambda moment: now.__setitem__(0, moment)
