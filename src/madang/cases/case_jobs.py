"""Jobs of cases that the clock runs."""

from __future__ import annotations

from madang.cases.case_keeping import forget_closed, root_of_day


def root() -> None:
    """Put the root over yesterday's events into the audit log."""
    root_of_day()


def forget() -> None:
    """Delete closed cases whose time to be kept is over."""
    forget_closed()
