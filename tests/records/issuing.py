"""Documents to test with."""

from __future__ import annotations

from datetime import date
from typing import Any

from madang.records import api

TEMPLATE = {
    "id": "residence",
    "kind": "certificate",
    "title": {"ko": "거주 확인서", "en": "Certificate of residence"},
    "valid": "90 days",
    "issuer": {
        "name": {"ko": "서울특별시 마포구", "en": "Mapo-gu, Seoul"},
        "head": {"ko": "마포구청장", "en": "Mayor of Mapo-gu"},
        "seal": "마포구청장인",
    },
    "blocks": [
        {
            "id": "facts", "kind": "facts",
            "rows": [
                {"title": {"ko": "성명", "en": "Name"}, "value": "{applicant}"},
                {"title": {"ko": "주소", "en": "Address"}, "value": "{address}"},
                {"title": {"ko": "전입일", "en": "Since"}, "value": "{since}"},
                {"title": "통수", "value": "{copies}통"},
            ],
        },
        {"id": "hidden", "kind": "note", "text": "번호 뒷자리는 없습니다.", "when": "not(all)"},
        {"id": "close", "kind": "signature", "text": {"ko": "확인합니다.", "en": "We certify it."}},
    ],
}  # fmt: skip
DATA = {
    "applicant": "김철수",
    "address": {"ko": "마포구 월드컵로 212", "en": "212 World Cup-ro"},
    "since": date(2024, 3, 2),
    "copies": 1,
}


def issued(key: str = "case-1:residence", **changed: Any) -> api.Document:
    """Issue a certificate of residence."""
    wanted: dict[str, Any] = {
        "kind": "residence", "subject": "person-1", "case": "C-2026-1", "service": "residence",
        "template": TEMPLATE, "data": DATA, "language": ("ko", "en"), "by": "account:officer",
        "key": key, "holder": "김철수", "conditions": {"hidden": True},
    }  # fmt: skip
    return api.issue(**(wanted | changed))


def pdf_of(document: api.Document) -> bytes:
    """Return its PDF."""
    return api.file_of(document.id, "pdf", by="system:test")


def credential_of(document: api.Document) -> str:
    """Return its credential."""
    return api.file_of(document.id, "credential", by="system:test").decode()
