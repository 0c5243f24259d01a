"""The instances that tests of several files share; a start takes longer than most tests.

Who stops, restarts or kills a part takes `struck`; all others leave `instance` running as it was,
and count from what they find. Files that share one stay on one worker: tests/groups.py names them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.groups import group_of
from tests.system.instance import Instance

running: dict[str, Instance] = {}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop a shared instance behind the last of its group: it would take time from all the rest."""
    yield
    group = group_of(item.nodeid)
    if group in running and (nextitem is None or group_of(nextitem.nodeid) != group):
        running.pop(group).stop()


def started(group: str, factory: pytest.TempPathFactory) -> Instance:
    """Start the instance of a group."""
    running[group] = Instance(factory.mktemp(group), "--no-sim")
    running[group].start()
    return running[group]


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Return an instance without a simulator, for tests that only add to it."""
    return started("instance", tmp_path_factory)


@pytest.fixture(scope="session")
def struck(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """Return an instance whose parts are killed; each test leaves it running and in good health."""
    return started("struck", tmp_path_factory)
