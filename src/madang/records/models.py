"""The tables of the records room, by subject."""

from __future__ import annotations

from madang.records.document_models import (
    DocumentFile,
    IssuedDocument,
    RevokedPlace,
    StatusList,
)
from madang.records.gateways.sample_models import SampleCallback, SampleCharge, SampleMovement
from madang.records.ledger_models import Entry, Journal, LedgerAccount
from madang.records.payment_models import GatewayMessage, PaymentIntent, Refund, SuspenseItem
from madang.records.seal_models import KnownSeal
from madang.records.settlement_models import Difference, SettlementFile, SettlementLine

__all__ = [
    "Difference",
    "DocumentFile",
    "Entry",
    "GatewayMessage",
    "IssuedDocument",
    "Journal",
    "KnownSeal",
    "LedgerAccount",
    "PaymentIntent",
    "Refund",
    "RevokedPlace",
    "SampleCallback",
    "SampleCharge",
    "SampleMovement",
    "SettlementFile",
    "SettlementLine",
    "StatusList",
    "SuspenseItem",
]
