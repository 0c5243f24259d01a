"""What every test can ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does; before numpy

import hypothesis
import pytest

from tests.groups import Groups, check_marks, is_left_out, longest_first
from tools.messages import compile_catalogues

# the same examples in every run: what fails for one fails for all
hypothesis.settings.register_profile("house", derandomize=True)
hypothesis.settings.load_profile("house")

SHARED = Path(os.environ.get("MADANG_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_configure() -> None:
    """Let the pages speak Korean in a fresh clone, too."""
    compile_catalogues()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data, or skip, saying so."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"real data absent: no {folder} (set MADANG_SHARED)")
    return folder


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files without tests of real processes or servers where only those are asked for."""
    return is_left_out(collection_path, config.option.markexpr) or None


@pytest.hookimpl(hookwrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark tests that ask for real data, so that they can be counted, and those of the database."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or asked & {"db", "transactional_db"}:
            item.add_marker(pytest.mark.data)
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
    check_marks(items)
    yield
    longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadfile``, keep what shares an instance on one worker."""
    return Groups(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_runtest_teardown() -> None:
    """No test owes the next one's database the records of looks."""
    if records := sys.modules.get("madang.access.records"):
        records.forget_owed()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """In CI, a test that skips although its real data is there has failed."""
    outcome = yield
    report = outcome.get_result()
    data_is_there = (SHARED / "data").is_dir()
    if (
        report.skipped
        and os.environ.get("CI")
        and data_is_there
        and item.get_closest_marker("shared")
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped although real data is there: {report.longrepr}"
