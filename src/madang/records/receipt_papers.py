"""What receipts say, as templates of documents (`document_templates`), in Korean and English.

The words follow the forms of local governments: a receipt names the fee, the day, the way and the
number of the payment (지방회계법 시행령; 지방자치법 제153조, 제154조 for fees themselves).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ONLINE = {"ko": "온라인 결제", "en": "online"}
NO_RECEIPT = {"ko": "창구", "en": "at a counter"}
HOW: Mapping[str, Mapping[str, str]] = {
    "counter": NO_RECEIPT,
    "cash": {"ko": "창구, 현금", "en": "at a counter, in cash"},
    "card": {"ko": "창구, 카드", "en": "at a counter, by card"},
    "transfer": {"ko": "계좌 이체", "en": "by bank transfer"},
}
_WHAT = {"title": {"ko": "납부 항목", "en": "What for"}, "value": "{title}"}
_CASE = {"title": {"ko": "민원 번호", "en": "Case"}, "value": "{case}"}
_NUMBER = {"title": {"ko": "결제 번호", "en": "Number of the payment"}, "value": "{payment}"}

PAID: Mapping[str, Any] = {
    "id": "payment-receipt",
    "kind": "receipt",
    "title": {"ko": "영수증", "en": "Receipt"},
    "blocks": [
        {
            "id": "facts",
            "kind": "facts",
            "rows": [
                _WHAT,
                {"title": {"ko": "낸 금액", "en": "Amount paid"}, "value": "{amount}"},
                {"title": {"ko": "낸 날", "en": "Paid on"}, "value": "{paid_on}"},
                {"title": {"ko": "낸 방법", "en": "How it was paid"}, "value": "{how}"},
                {"title": {"ko": "영수 번호", "en": "Receipt number"}, "value": "{receipt}"},
                _CASE,
                _NUMBER,
            ],
        },
        {
            "id": "back",
            "kind": "facts",
            "title": {"ko": "돌려드린 금액", "en": "What went back"},
            "when": "something went back",
            "rows": [
                {"title": {"ko": "돌려드린 금액", "en": "Given back"}, "value": "{refunded}"},
                {"title": {"ko": "남은 금액", "en": "What stays paid"}, "value": "{kept}"},
            ],
        },
        {
            "id": "close",
            "kind": "signature",
            "text": {"ko": "위 금액을 받았습니다.", "en": "We have received the amount above."},
        },
    ],
}

REFUNDED: Mapping[str, Any] = {
    "id": "refund-receipt",
    "kind": "receipt",
    "title": {"ko": "환급 확인서", "en": "Receipt of a refund"},
    "blocks": [
        {
            "id": "facts",
            "kind": "facts",
            "rows": [
                _WHAT,
                {"title": {"ko": "돌려드린 금액", "en": "Amount given back"}, "value": "{amount}"},
                {"title": {"ko": "돌려드린 날", "en": "Given back on"}, "value": "{refund_on}"},
                {"title": {"ko": "처음 낸 금액", "en": "Amount paid before"}, "value": "{paid}"},
                _CASE,
                _NUMBER,
                {"title": {"ko": "환급 번호", "en": "Number of the refund"}, "value": "{refund}"},
            ],
        },
        {
            "id": "close",
            "kind": "signature",
            "text": {
                "ko": "위 금액을 낸 방법으로 돌려드렸습니다.",
                "en": "We have given the amount above back the way it was paid.",
            },
        },
    ],
}
