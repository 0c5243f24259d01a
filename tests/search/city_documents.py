"""A small town's services and what people ask about them, written for these tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SERVICES = {
    "move-in": ("전입신고", "새로 이사 온 사람은 열나흘 안에 살 곳의 주민센터에 알려야 한다."),
    "copy": ("주민등록표 등본 발급", "함께 사는 가족이 모두 적힌 증명서를 무인 발급기에서 뽑는다."),
    "birth": ("출생신고", "아기가 태어나면 부모가 한 달 안에 이름을 정해 관청에 올린다."),
    "parking": ("거주자 우선 주차", "집 앞 골목 주차 구획을 달마다 요금을 내고 배정받는다."),
    "waste": ("대형 폐기물 배출", "낡은 장롱이나 냉장고를 버리려면 스티커를 사서 붙인다."),
    "library": ("도서관 회원증", "책을 빌리려는 사람은 신분증을 가지고 회원으로 가입한다."),
    "tax": ("재산세 납부", "집과 땅을 가진 사람은 칠월과 구월에 고지서를 받아 낸다."),
    "noise": ("층간소음 상담", "위층 발소리로 잠들지 못하는 이웃 사이를 조정한다."),
    "senior": ("어르신 교통카드", "예순다섯이 넘으면 지하철을 거저 타는 카드를 받는다."),
    "childcare": ("아이돌봄 서비스", "맞벌이 부모 대신 돌보미가 집으로 와서 아이를 본다."),
}
QUESTIONS = [
    ("이사 왔는데 주민센터에 무엇을 해야 하나요?", "move-in"),
    ("등본 뽑으려면 어디로 가나요", "copy"),
    ("아기 이름 올리는 기한", "birth"),
    ("골목에 차를 대고 싶어요", "parking"),
    ("냉장고 버리는 방법", "waste"),
    ("책 빌리는 카드 만들기", "library"),
    ("집에 매기는 세금은 언제 내나요", "tax"),
    ("위층이 시끄러워요", "noise"),
    ("지하철 공짜로 타는 나이", "senior"),
    ("맞벌이인데 아이 봐 줄 사람", "childcare"),
]


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows as JSON lines and return the file."""
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def documents(folder: Path) -> Path:
    """Return a file of the services."""
    rows = [{"id": key, "title": t, "text": body} for key, (t, body) in SERVICES.items()]
    return lines(folder / "docs.jsonl", rows)


def questions(folder: Path, name: str = "queries.jsonl") -> Path:
    """Return a file of the questions."""
    return lines(folder / name, [{"text": text, "doc": doc} for text, doc in QUESTIONS])
