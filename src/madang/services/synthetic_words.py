"""The words of made-up services: kinds, subjects and questions, in Korean and English."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Pair = tuple[str, str]  # Korean, English


@dataclass(frozen=True)
class Archetype:
    """A kind of service: its process, its class, and what it gives.

    document: layout of the paper; empty for none. output: what it is to CPSV-AP.
    refuses: whether the rules may prepare a refusal.
    """

    id: str
    title: Pair
    like: str
    level: str
    document: str = ""
    output: str = ""
    fee: bool = False
    refuses: bool = False


ARCHETYPES = (
    Archetype("certificate", ("증명 발급", "Certificate"), "application", "R1", "certificate",
              "certificate", fee=True),
    Archetype("permit", ("허가", "Permit"), "application", "R3", "permit", "permit", fee=True,
              refuses=True),
    Archetype("benefit", ("지원금", "Benefit"), "application", "R2", "decision", "benefit",
              refuses=True),
    Archetype("registration", ("등록", "Registration"), "application", "R2", "receipt",
              "registration"),
    Archetype("report", ("신고", "Report"), "report", "R0"),
    Archetype("enquiry", ("문의", "Enquiry"), "answer", "R0"),
    Archetype("booking", ("예약", "Booking"), "booking", "R1", fee=True),
    Archetype("payment", ("납부", "Payment"), "payment", "R0", "receipt", "receipt", fee=True),
    Archetype("objection", ("이의신청", "Objection"), "objection", "R3", refuses=True),
    Archetype("support", ("돌봄 지원", "Care"), "application", "R3", refuses=True),
)  # fmt: skip

THINGS: tuple[Pair, ...] = tuple(
    (f"{place[0]} {what[0]}", f"{what[1]} ({place[1]})")
    for what in (
        ("벤치", "Bench"), ("가로등", "Street lamp"), ("나무", "Tree"), ("화분", "Flower box"),
        ("간판", "Shop sign"), ("자전거", "Bicycle"), ("주차면", "Parking space"),
        ("창고", "Store"),
        ("수도관", "Water pipe"), ("놀이터", "Playground"), ("체육관", "Gymnasium"),
        ("강당", "Hall"),
        ("도서", "Book"), ("악기", "Instrument"), ("공구", "Tool"), ("텃밭", "Allotment"),
        ("천막", "Stall"), ("무대", "Stage"), ("안내판", "Notice board"), ("울타리", "Fence"),
    )
    for place in (
        ("공원", "park"), ("하천", "river"), ("시장", "market"), ("학교", "school"),
        ("골목", "lane"), ("광장", "square"), ("아파트", "flats"), ("경로당", "senior club"),
        ("역", "station"), ("산", "hill"), ("한강", "Han river"), ("마을", "village"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Extra:
    """A question that only serves to reach or to know people."""

    id: str
    title: Pair
    ask: Pair
    type: str = "string"
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string", "maxLength": 80})


EXTRAS = (
    Extra("phone", ("전화번호", "Telephone"), ("전화번호는 무엇입니까?", "What is your number?")),
    Extra("email", ("전자우편", "E-mail"), ("전자우편은 무엇입니까?", "What is your e-mail?")),
    Extra("contact_name", ("연락받을 사람", "Contact"), ("누구에게 연락합니까?", "Whom?")),
    Extra("floor", ("층", "Floor"), ("몇 층입니까?", "Which floor is it?"), "number",
          {"type": "integer", "minimum": 0, "maximum": 80}),
    Extra("door", ("호수", "Door"), ("몇 호입니까?", "Which door is it?")),
    Extra("best_time", ("편한 때", "Best time"), ("언제 연락하면 됩니까?", "When may we call?")),
    Extra("language_wanted", ("언어", "Language"), ("어떤 언어가 편합니까?", "Which language?")),
    Extra("visit_day", ("방문일", "Day of visit"), ("언제 방문할까요?", "When?"), "date",
          {"type": "string", "format": "date"}),
    Extra("needs_sign", ("수어 필요", "Sign language"), ("수어가 필요합니까?", "Signing?"),
          "boolean", {"type": "boolean"}),
    Extra("needs_lift", ("승강기 필요", "Lift"), ("승강기가 필요합니까?", "Do you need a lift?"),
          "boolean", {"type": "boolean"}),
)  # fmt: skip
