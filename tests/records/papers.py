"""Papers to test with, and what a reader finds in a PDF."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from madang.records import fonts
from madang.records.layouts import (
    CHECK,
    CHOICE,
    DATE,
    LONG,
    Certificate,
    Decision,
    Fact,
    Facts,
    Form,
    Issuer,
    Letter,
    Listing,
    Mark,
    Note,
    Option,
    Paragraph,
    Question,
    Recipient,
    Remedy,
    Section,
    Signature,
    Table,
)

needs_fonts = pytest.mark.skipif(
    fonts.fonts().folder is None, reason="the fonts of papers are not laid: make assets"
)
CODE = "BX6WT-NWJF-4776X-S5J9"
ISSUER = Issuer(
    name={"ko": "서울특별시 마포구", "en": "Mapo-gu, Seoul"},
    head={"ko": "마포구청장", "en": "Mayor of Mapo-gu"},
    unit="민원여권과",
    address="서울특별시 마포구 월드컵로 212",
    phone="02-3153-8114",
    seal="마포구청장의인",
)
MARK = Mark(CODE, f"https://city.example/verify/{CODE}", date(2026, 11, 23), date(2027, 2, 21))
RECIPIENT = Recipient("김하늘 귀하", ("서울특별시 마포구 월드컵로 212", "03936"))
FACTS = Facts((Fact({"ko": "성명", "en": "Name"}, "김하늘"), Fact("주소", "월드컵로 212 (성산동)")))


def certificate(*blocks: Any, languages: tuple[str, ...] = ("ko", "en")) -> Certificate:
    title = {"ko": "주민등록 사실 확인서", "en": "Certificate of residence"}
    closing = Signature({"ko": "위 사실을 확인합니다.", "en": "We certify the above."})
    return Certificate(title, ISSUER, (*(blocks or (FACTS,)), closing), languages, MARK)


_POINTS = Listing(("하나", "둘"), is_numbered=True)


def letter(*blocks: Any) -> Letter:
    return Letter(
        "거주자 우선주차 배정 안내", ISSUER, RECIPIENT,
        blocks or (Paragraph("배정되었습니다.\n확인하세요."), _POINTS),
        mark=MARK, reference="C-2026-1", enclosures=("고지서 1부",),
    )  # fmt: skip


def decision() -> Decision:
    return Decision(
        "등록 신청에 대한 결정", ISSUER, RECIPIENT, "받아들이지 않기로 하였습니다.",
        ("진단서가 3개월을 넘었습니다.", "보완 요청에 답하지 않으셨습니다."),
        Remedy("90일 안에 이의를 신청할 수 있습니다.", date(2027, 2, 21), "복지정책과", "제36조"),
        facts=FACTS.facts, blocks=(Note("도움이 필요하면 전화하세요."),), mark=MARK,
        reference="C-2026-1", decided_by="이정민", legal_basis="장애인복지법 제32조",
    )  # fmt: skip


def form() -> Form:
    move = (
        Question("1", "성명", answer="김하늘"),
        Question("2", "이사한 날", DATE, answer="2026-11-20"),
        Question("3", "세대", CHOICE, options=(Option("new", "새 세대"), Option("join", "편입"))),
        Question("4", "특이 사항", LONG, is_required=False, hint="없으면 비워 두세요"),
        Question("5", "조회에 동의합니다.", CHECK),
    )
    return Form(
        {"ko": "전입신고서", "en": "Report of moving in"}, ISSUER, (Section("이사", move),),
        ("ko", "en"), "F7K2-9QXM-3", "https://city.example/intake/F7K2-9QXM-3",
        declaration="위와 같이 신고합니다.", submit_to=("동 주민센터",), privacy="5년 뒤 지웁니다.",
    )  # fmt: skip


def table() -> Table:
    return Table(("해", "세액"), (("2025", "120,000원"), ("2026", "130,000원")), "납부 내역")


def text_of(pdf: bytes) -> str:
    """Return the text of all pages as another program reads it."""
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def root_of(pdf: bytes) -> Any:
    return PdfFileReader(io.BytesIO(pdf)).root


def structure(pdf: bytes) -> list[str]:
    """Return the tags of the structure tree, depth first."""
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif hasattr(node, "get") and "/S" in node:
            found.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(root_of(pdf)["/StructTreeRoot"]["/K"])
    return found
