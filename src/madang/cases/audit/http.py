"""What everybody may know of decisions by machine, as data (PIPA art. 37-2(4))."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from madang.cases.audit.aims import aims
from madang.cases.audit.kept import newest, public_count, public_share, sample_results
from madang.cases.audit.pages import EMPTY_SHARE

router = Router(tags=["cases"])
_TOLD = (
    "aim", "confidence", "state", "population", "drawn", "checked", "wrong", "open", "error_rate",
    "low", "high", "upper_bound",
)  # fmt: skip


class AutomatedOut(Schema):
    """Decisions by machine of twelve months; null where a number would tell of few people.

    Counts of cases are rounded to `share.rounded_to`.

    `share`: of all R0 and R1 cases; `samples`: what officers found who decided some once more.
    """

    counted_at: datetime | None
    share: dict[str, Any]
    samples: dict[str, Any]


@router.get("", auth=None, response=AutomatedOut, summary="Decisions by machine, watched")
def automated(request: HttpRequest) -> AutomatedOut:
    """Return which share rules decide, why others go to people, and the error rate of samples."""
    kept = newest("share")
    share = kept.content if kept else {"target": aims().automated_share, **EMPTY_SHARE}
    results = sample_results()
    return AutomatedOut(
        counted_at=kept.at if kept else None,
        share=public_share(share),
        samples={name: results[name] for name in _TOLD}
        | {"population": public_count(results["population"]), "catch": _catch(results["catch"])},
    )


def _catch(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("aim", "median", "state")}
