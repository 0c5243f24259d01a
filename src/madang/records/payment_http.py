"""Payments over HTTP: opened and given back by staff, told by gateways."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status

from madang.access.api import Actor
from madang.identity.api import api_access, current_actor
from madang.records import api, payment_reads
from madang.records.errors import InvalidSignature, UnknownGateway
from madang.records.gateway_words import take
from madang.records.gateways import registry as gateways
from madang.records.gateways.base import Word

router = Router(tags=["payments"])
_staff = api_access("role:clerk,officer")
_taker = api_access("role:clerk,officer,treasurer")
_reader = api_access("signed-in+represented")
_refunder = api_access("role:officer,treasurer")
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200,
        description="Names this request: sent again, it is done once.",
    ),
]  # fmt: skip
Amount = Annotated[int, Field(gt=0, description="Minor units of the city's currency.")]


class IntentIn(Schema):
    """What is to be paid; `title` by language, `payer` the person's id in the register."""

    payer: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Amount
    title: dict[str, str]
    service: Annotated[str, Field(min_length=1, max_length=100)]
    case: Annotated[str, Field(max_length=64)] = ""
    department: Annotated[str, Field(max_length=100)] = ""
    return_to: Annotated[str, Field(max_length=300)] = ""
    expires_at: datetime | None = None


class IntentOut(Schema):
    """A payment; `state` is one of created, authorised, captured, partly-refunded, refunded,
    charged-back, failed, expired, cancelled."""

    id: str
    state: str
    amount: int
    currency: str
    refunded: int
    charged_back: int
    pay_url: str
    case: str
    service: str
    title: dict[str, str]
    opened_at: datetime
    expires_at: datetime
    captured_at: datetime | None
    failure: str


class RefundIn(Schema):
    """How much goes back, and why; the reason is kept with the payment."""

    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ReceiptIn(Schema):
    """The number of the receipt that the payer has in hand, and how they paid."""

    receipt: Annotated[str, Field(min_length=1, max_length=60)]
    how: Literal["", "cash", "card", "transfer"] = ""


class TakenOut(Schema):
    """What became of each word of a callback: applied, nothing, suspense or repeated."""

    taken: list[str]


@router.post("/intents", auth=_staff, response={201: IntentOut}, summary="Open a payment")
def open_intent(request: HttpRequest, body: IntentIn, idempotency_key: Key) -> Status[Any]:
    """Open a payment; the same key opens it once."""
    by = current_actor(request)
    made = api.open_intent(**body.dict(), key=_key(by, idempotency_key), by=by)
    return Status(201, asdict(made))


@router.get("/intents/{intent_id}", auth=_reader, response=IntentOut, summary="One payment")
def intent(request: HttpRequest, intent_id: str, case: str = "") -> dict[str, Any]:
    """Return a payment to its payer, to who acts for them, or to staff who work on its `case`."""
    return asdict(payment_reads.seen_by(current_actor(request), intent_id, case))


@router.post(
    "/intents/{intent_id}/refunds",
    auth=_refunder,
    response={201: IntentOut},
    summary="Give money back",
)
def refund(
    request: HttpRequest, intent_id: str, body: RefundIn, idempotency_key: Key
) -> Status[Any]:
    """Give money back, whole or in part; above the city's limit a second person is asked."""
    by = current_actor(request)
    made = api.refund(intent_id, body.amount, body.reason, by=by, key=_key(by, idempotency_key))
    return Status(201, asdict(made))


@router.post(
    "/intents/{intent_id}/counter-payment",
    auth=_taker,
    response=IntentOut,
    summary="Note a payment at the counter",
)
def counter_payment(request: HttpRequest, intent_id: str, body: ReceiptIn) -> dict[str, Any]:
    """Note that the fee was paid at a counter; the same receipt again changes nothing."""
    by = current_actor(request)
    return asdict(api.paid_at_counter(intent_id, body.receipt, by=by, how=body.how))


def _signed(request: HttpRequest) -> list[Word]:
    """Let a callback in whose signature is its gateway's, and fresh."""
    assert request.resolver_match is not None
    name = str(request.resolver_match.kwargs["gateway"])
    try:
        door = gateways.gateway(name)
    except UnknownGateway:
        raise InvalidSignature("no gateway of this name calls back here") from None
    return list(door.read_callback(request.headers, request.body))


_signed.access = "key"  # type: ignore[attr-defined]


@router.post("/webhooks/{gateway}", auth=_signed, response=TakenOut, summary="A callback")
def callback(request: HttpRequest, gateway: str) -> dict[str, list[str]]:
    """Take a gateway's callback in; one that was here before changes nothing."""
    words: list[Word] = request.auth  # type: ignore[attr-defined]
    return {"taken": [take(gateway, word) for word in words]}


def _key(by: Actor, key: str) -> str:
    return f"http:{by.id}:{key}"
