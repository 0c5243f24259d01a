"""Published alerts over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from madang.notices import api

router = Router(tags=["notices"])
CAP_TYPE = "application/cap+xml; charset=utf-8"


class AlertOut(Schema):
    """The head of a published alert."""

    identifier: str
    sender: str
    subject: str
    status: str
    message_type: str
    sent: datetime
    document: str


@router.get("/alerts", auth=None, response=list[AlertOut], summary="Newest alerts")
def alerts(
    request: HttpRequest,
    subject: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[dict[str, object]]:
    """Return the newest published alerts, newest first."""
    return [
        {**asdict(alert), "document": f"/api/v1/notices/alerts/{alert.identifier}.xml"}
        for alert in api.alerts(subject, limit=limit)
    ]


@router.get("/alerts/{identifier}.xml", auth=None, summary="One alert as CAP 1.2")
def alert_document(request: HttpRequest, identifier: str) -> HttpResponse:
    """Return the alert's document as it was sent."""
    return HttpResponse(api.document(identifier), content_type=CAP_TYPE)
