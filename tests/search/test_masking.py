"""What could tell who asked is taken out before anything is kept; the rest stays."""

from __future__ import annotations

import pytest

from madang.search.engine.masking import MASK, masked
from madang.search.question_log import kept_form


@pytest.mark.parametrize(
    ("told", "secret"),
    [
        ("주민등록번호 900101-1234567 입니다", "900101"),
        ("9001011234567 확인", "9001011234567"),
        ("010-1234-5678로 연락 주세요", "1234"),
        ("０１０１２３４５６７８ 연락", "５６７８"),
        ("+82 10 1234 5678", "5678"),
        ("카드 1234-5678-9012-3456 결제 취소", "9012"),
        ("kim.minsu@example.com 으로 보내 주세요", "kim"),
        ("마포대로 123 전입신고", "123"),
        ("공덕동 12-3 불법주차", "12-3"),
        ("101동 1203호 층간소음", "1203"),
        ("12가 3456 견인", "3456"),
        ("저는 김철수입니다 전입신고", "김철수"),
        ("홍길동씨 연락처", "홍길동"),
        ("my name is John Smith, lost passport", "Smith"),
        ("Mr. Smith's birth certificate", "Smith"),
        ("여권 M12345678 분실", "M12345678"),
        ("접수번호 20261122 처리", "20261122"),
        ("https://example.com/?token=abc 열어 주세요", "token"),
    ],
)
def test_what_tells_who_asked_is_masked(told: str, secret: str):
    assert secret not in masked(told)
    assert MASK in masked(told)
    assert secret.lower() not in kept_form(told)


@pytest.mark.parametrize(
    "told",
    [
        "만 65세 이상 기초연금",
        "2026년 중위소득",
        "주차 30분 요금",
        "119 신고",
        "중위소득 50% 이하",
        "lost passport",
    ],
)
def test_what_the_city_is_asked_stays(told: str):
    assert masked(told) == told


def test_a_question_of_nothing_else_is_not_kept():
    assert kept_form("010-1234-5678") == ""
    assert kept_form("   ") == ""


def test_what_folding_brings_to_light_is_masked_as_well():
    assert "5678" not in kept_form("010\u200b-1234\u200b-5678 연락")
