"""Transfers over HTTP: officers say that they have a case, and bodies outside the city do."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from madang.cases import transfers
from madang.cases.transfer_delivery import checked
from madang.cases.transfers import ShownTransfer
from madang.identity.api import api_access, current_actor
from madang.kernel.errors import Unauthenticated

router = Router(tags=["transfers"])
_officers = api_access("role:officer,department-head")


class WaitingOut(Schema):
    """What waits where one works, and what one has sent on."""

    coming: list[ShownTransfer]
    sent: list[ShownTransfer]


class SaidIn(Schema):
    """What is said with it; `version` is the one of the case that was seen."""

    reasons: Annotated[str, Field(max_length=4000)] = ""
    version: int | None = None


@router.get("", response=WaitingOut, auth=_officers, summary="Transfers that wait")
def waiting(request: HttpRequest) -> WaitingOut:
    """Return the cases that wait to be had where one works, and those that one sent on."""
    coming, sent = transfers.waiting(current_actor(request))
    return WaitingOut(coming=coming, sent=sent)


@router.post("/cases/{number}/acknowledge", response={204: None}, auth=_officers,
             summary="Have a case that was sent on")  # fmt: skip
def acknowledge(request: HttpRequest, number: str, payload: SaidIn) -> HttpResponse:
    """Say that one has a case; of a body outside, with how one knows."""
    transfers.acknowledge(current_actor(request), number, reasons=payload.reasons,
                          expects=payload.version)  # fmt: skip
    return HttpResponse(status=204)


@router.post("/cases/{number}/return", response={204: None}, auth=_officers,
             summary="Send a case back")  # fmt: skip
def send_back(request: HttpRequest, number: str, payload: SaidIn) -> HttpResponse:
    """Send a case back to who sent it on, with why."""
    transfers.send_back(current_actor(request), number, reasons=payload.reasons,
                        expects=payload.version)  # fmt: skip
    return HttpResponse(status=204)


@router.post("/{transfer}/acknowledge", response={204: None}, auth=api_access("key"),
             summary="A body outside has a case")  # fmt: skip
def has_it(request: HttpRequest, transfer: str, payload: SaidIn) -> HttpResponse:
    """Take a body's word that it has the case; the key came with the case."""
    transfers.answered(_opened(request, transfer), has=True, reasons=payload.reasons)
    return HttpResponse(status=204)


@router.post("/{transfer}/return", response={204: None}, auth=api_access("key"),
             summary="A body outside sends a case back")  # fmt: skip
def does_not_take_it(request: HttpRequest, transfer: str, payload: SaidIn) -> HttpResponse:
    """Take a body's word that it is not competent, with why."""
    transfers.answered(_opened(request, transfer), has=False, reasons=payload.reasons)
    return HttpResponse(status=204)


def _opened(request: HttpRequest, transfer: str) -> str:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthenticated("send the transfer's key as Authorization: Bearer")
    return checked(transfer, key.strip())
