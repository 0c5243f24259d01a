"""The linter of service packages: a whole catalogue, one package, and one of a hundred questions.

Open Forms needs tens of seconds to minutes to save a form of 95 components (its issue 5084); there
is no other linter of service packages to compare with.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.report import OURS, Bar, Report
from madang.city.api import load_profile
from madang.services.lint.examine import lint
from madang.services.lint.run import examined, packages_in
from madang.services.packages.reader import read_package
from madang.services.synthetic import made, write_catalogue, write_package

WHOLE = 4_200


def run(*, full: bool = False) -> Report:
    """Measure; `full` lints 4,200 packages, else a tenth of them, reckoned up to the whole."""
    count = WHOLE if full else WHOLE // 10
    report = Report(
        "services_lint",
        f"{count:,} made-up packages; seconds are of CPU for {WHOLE:,}, over {_cores()} processes",
        bars=(
            Bar("catalogue", "lint_s", 90.0),
            Bar("catalogue", "load_s", 30.0),
            Bar("one package", "lint_ms", 50.0),
            Bar("100 questions", "lint_ms", 200.0),
        ),
    )
    seoul = load_profile("seoul")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_catalogue(home / "many", seoul, count)
        up = WHOLE / count
        report.add(
            OURS, "catalogue",
            lint_s=_lint_s(home / "many") * up / _cores(), load_s=_load_s(home / "many") * up,
        )  # fmt: skip
        one = packages_in([home / "many"])[0]
        report.add(OURS, "one package", lint_ms=_lint_ms(one, seoul))
        large = write_package(home, made(0, seoul, questions=100))
        report.add(OURS, "100 questions", lint_ms=_lint_ms(large, seoul))
    return report


def _cores() -> int:
    return min(os.cpu_count() or 1, 4)


def _cpu() -> float:
    return sum(os.times()[:4])


def _lint_s(folder: Path) -> float:
    begun = _cpu()
    found = examined([folder], "lint", "seoul")
    assert not any(one.faults for one in found)
    return _cpu() - begun


def _load_s(folder: Path) -> float:
    begun = _cpu()
    for one in packages_in([folder]):
        assert read_package(one)[0] is not None
    return _cpu() - begun


def _lint_ms(folder: Path, city: object) -> float:
    times = []
    for _ in range(9):
        begun = time.process_time()
        assert lint(folder, city) == []  # type: ignore[arg-type]
        times.append((time.process_time() - begun) * 1000)
    return median(times)
