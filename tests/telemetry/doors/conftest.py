"""The running stream process that system tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.telemetry.doors.running import Running, running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return one instance's bus and stream process, for the tests of a module."""
    with running(tmp_path_factory.mktemp("doors")) as found:
        yield found
