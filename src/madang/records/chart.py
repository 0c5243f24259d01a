"""The chart of accounts, as data: which heads the books have, and what each is kept for.

An account is a head with what it is kept for behind colons: ``receivable:parking-permit``,
``gateway:sample``. One in another currency than the city's ends with it (``gateway:sample:USD``).
Assets and expenses grow by debits, liabilities and revenue by credits (K-IFRS and the accounting
rules of local governments agree: 지방자치단체 회계기준에 관한 규칙).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from madang.records.errors import UnknownAccount


@dataclass(frozen=True)
class Head:
    """One head of the chart; `per` names what its accounts are kept for."""

    code: str
    kind: str  # asset, liability, revenue, expense
    per: tuple[str, ...]
    names: Mapping[str, str]


RECEIVABLE = "receivable"
GATEWAY = "gateway"
BANK = "bank"
REVENUE = "revenue"
REFUNDS_PAYABLE = "refunds-payable"
GATEWAY_FEES = "gateway-fees"
DISPUTED = "disputed"
SUSPENSE = "suspense"
MISCELLANEOUS = "miscellaneous-revenue"
WRITTEN_OFF = "written-off"

CHART: Mapping[str, Head] = MappingProxyType(
    {
        one.code: one
        for one in (
            Head(RECEIVABLE, "asset", ("service",), {"ko": "미수금", "en": "Fees receivable"}),
            Head(GATEWAY, "asset", ("gateway",), {"ko": "결제대행 미정산금",
                                                  "en": "Cash at the gateway"}),
            Head(BANK, "asset", (), {"ko": "보통예금", "en": "Bank"}),
            Head(DISPUTED, "asset", ("service",), {"ko": "이의제기 결제",
                                                   "en": "Charged back, in dispute"}),
            Head(REFUNDS_PAYABLE, "liability", (), {"ko": "과오납 환급금",
                                                    "en": "Refunds payable"}),
            Head(SUSPENSE, "liability", ("gateway",), {"ko": "가수금", "en": "Suspense"}),
            Head(REVENUE, "revenue", ("service", "department"), {"ko": "수수료 수입",
                                                                 "en": "Fee revenue"}),
            Head(MISCELLANEOUS, "revenue", (), {"ko": "잡수입", "en": "Miscellaneous revenue"}),
            Head(GATEWAY_FEES, "expense", ("gateway",), {"ko": "결제대행 수수료",
                                                         "en": "Fees of the gateway"}),
            Head(WRITTEN_OFF, "expense", (), {"ko": "결손처분", "en": "Written off"}),
        )
    }
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """An account of the books, as a booking names it."""

    head: str
    of: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """On which side it grows."""
        return head(self.head).kind

    def code(self, currency: str, home: str) -> str:
        """Return its code; the city's own currency is not said.

        >>> Account("gateway", ("sample",)).code("KRW", "KRW")
        'gateway:sample'
        """
        of = (*self.of, currency) if currency != home else self.of
        return ":".join((self.head, *(part for part in of if part)))


def account(code: str, *of: str) -> Account:
    """Return an account of the chart.

    Raises
    ------
    UnknownAccount
        If the chart has no such head, or the head is kept for something else.
    """
    wanted = head(code).per
    if len(of) > len(wanted) or (wanted and not of) or any(":" in part for part in of):
        raise UnknownAccount(f"accounts of {code!r} are kept per {', '.join(wanted) or 'nothing'}")
    return Account(code, of)


def head(code: str) -> Head:
    """Return a head of the chart; raises `UnknownAccount`."""
    try:
        return CHART[code]
    except KeyError:
        known = ", ".join(CHART)
        raise UnknownAccount(f"the chart has no head {code!r}; it has {known}") from None
