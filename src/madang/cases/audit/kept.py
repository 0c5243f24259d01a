"""What the pages show of the watch: reports that were kept, results of samples.

Tables of decisions (polars) are loaded only where one is counted: a web process that shows no such
page does not carry them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from madang.cases.audit.models import AuditReport


def newest(kind: str) -> AuditReport | None:
    """Return the newest report of a kind: ``share``, ``drift`` or ``groups``."""
    return AuditReport.objects.filter(kind=kind).order_by("-until").first()


def sample_results() -> dict[str, Any]:
    """Return what the samples of twelve months found, as `monitoring.sample_results`."""
    from madang.cases.audit import monitoring

    return monitoring.sample_results()


def public_share(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what everybody may see of a share, as `figures.public_share`."""
    from madang.cases.audit import figures

    return figures.public_share(dict(report))


def public_count(count: int) -> int | None:
    """Return a count as everybody may see it: rounded, None where it tells of few people."""
    from madang.cases.engine.suppression import is_small, rounded

    return None if is_small(count) else rounded(count)
