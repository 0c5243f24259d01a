"""Puts the house clock of every process off by the seconds in the file TEST_CLOCK_OFFSET names.

On the PYTHONPATH of an instance under test only; the product has no such switch.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from madang.kernel import times

_file = Path(os.environ["TEST_CLOCK_OFFSET"])
_true = times._Clock.read


def _shifted() -> datetime:
    return _true() + timedelta(seconds=float(_file.read_text()))


times._Clock.read = staticmethod(_shifted)
