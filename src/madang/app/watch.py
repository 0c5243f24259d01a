"""Parts of the platform that fail are put on the operators' desk, and taken off when they work."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from madang.kernel.health import health
from madang.notices import api as notices

_FAILS = gettext_noop("The part %(part)s does not work: %(problem)s")


def watch_parts() -> None:
    """Look at all parts once (the schedule's target, every minute)."""
    for check in health().checks:
        key = f"platform:part:{check.name}"
        if check.ok:
            notices.clear_alert(key)
            continue
        notices.open_alert(
            notices.Trouble(
                key=key,
                kind="platform.part",
                severity="critical",
                message=_FAILS,
                values={"part": check.name, "problem": check.problem},
                link="/operations/pipeline/",
            )
        )
