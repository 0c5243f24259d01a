"""There is one clock, `madang.kernel.times`, so that a test can put it forward and back."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import modules

_READS = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|timezone\.now|time\.time)\(")
# What is compared with what the operating system stamps (files, processes) stays with its clock.
ITS_OWN = {"madang.kernel.times", "madang.kernel.metrics", "madang.app.supervisor"}


@pytest.mark.parametrize(
    "module",
    [m for m in modules() if m.name not in ITS_OWN and ".proof" not in m.name],
    ids=lambda module: module.name,
)
def test_only_the_house_clock_tells_the_time(module):
    lines = module.path.read_text("utf-8").splitlines()
    wrong = [f"line {n}: {line.strip()}" for n, line in enumerate(lines, 1) if _READS.search(line)]
    assert not wrong, f"{module.path}: use madang.kernel.times.now(). {wrong}"
