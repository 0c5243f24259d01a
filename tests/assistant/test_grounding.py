"""Every number, date, amount, phone, time, share and address of an answer stands in its sources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.assistant.engine.grounding import unsupported
from madang.assistant.engine.numerals import in_digits
from madang.assistant.engine.quantities import quantities

PASSAGE = (
    "전입신고는 전입한 날부터 14일 이내에 합니다. 수수료는 30,000원, 65세 이상은 무료입니다. "
    "접수: 2026-12-20까지, 평일 오전 9시~오후 6시. 문의 02-2133-1234. 감면율 50%. 서류 3종. "
    "https://www.gov.kr/portal/move 에서도 됩니다. 주민등록법 제16조."
)
SAME = [
    "3만 원",
    "３만원",
    "삼만 원입니다",
    "30,000 won",
    "₩30,000",
    "30 thousand won",
    "KRW 30000",
    "14일 안에",
    "within 14 days",
    "within fourteen days",
    "십사 일 이내",
    "12월 20일까지",
    "2026년 12월 20일",
    "December 20, 2026",
    "by 20 December",
    "2026. 12. 20.(일)",
    "Sunday, December 20",
    "2026年12月20日",
    "오후 6시",
    "18:00까지",
    "6 p.m.",
    "9am",
    "(02)2133-1234",
    "+82 2-2133-1234",
    "02 2133 1234",
    "50퍼센트",
    "50 percent",
    "서류 세 가지",
    "3 documents",
    "만 65세 이상",
    "65 or older",
    "at least 65 years old",
    "www.gov.kr/portal/move",
    "gov.kr/portal/move.",
    "제16조",
    "Article 16",
    "1. 먼저 신고하세요\n2. 14일 이내입니다",
    "신고하세요 [1]",
    "link_1 에서 신청",
    "전입신고를 하세요",
    "한 번 더 확인하고 한 가지만 준비하세요",
]
INVENTED = [
    "3천 원",
    "300,000원",
    "30,000달러",
    "30일 이내",
    "two weeks",
    "14개월",
    "14시간",
    "12월 21일",
    "2027-12-20",
    "12월",  # said of any day in December, so supported: see below
    "5시 30분까지",
    "오후 9시",
    "02-2133-1235",
    "010-2133-1234",
    "120으로 전화",
    "15%",
    "서류 4종",
    "60세",
    "65세 미만",
    "under 65",
    "gov.kr/portal/login",
    "https://evil.example/move",
    "help@gov.kr",
    "제17조",
    "내일까지",
    "월요일",
    "하루면 됩니다",
    "한 달 안에",
    "반드시 [7]",
]
INVENTED.remove("12월")


@pytest.mark.parametrize("answer", SAME)
def test_the_same_written_otherwise_stands(answer):
    assert unsupported(answer, [PASSAGE], passages=1) == []


@pytest.mark.parametrize("answer", INVENTED)
def test_what_the_source_does_not_say_is_found(answer):
    assert unsupported(answer, [PASSAGE], passages=1)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1억 2천만 원", "120000000 원"),
        ("3만5천원", "35000원"),
        ("1.5만 원", "15000 원"),
        ("만 원", "10000 원"),
        ("만 19세", "만 19세"),
        ("열두 시간", "12 시간"),
        ("이 일은 이천시 시청에서", "이 일은 이천시 시청에서"),
        ("한 시민이 한 가지를", "한 시민이 한 가지를"),
        ("४२ ngày ٣٠ days ３０％", "42 ngày 30 days 30%"),
    ],
)
def test_numbers_in_words_become_digits(text, plain):
    assert in_digits(text) == plain


def test_a_range_has_one_unit():
    assert [(one.value, one.unit) for one in quantities("3~5일 걸립니다")] == [
        ("3", "day"),
        ("5", "day"),
    ]
    assert unsupported("5일", ["3~5일"]) == []
    assert unsupported("4일", ["3~5일"])


def test_a_limit_turned_round_is_found():
    assert unsupported("100만 원 이하", ["소득 100만 원 초과"])
    assert unsupported("100만 원", ["소득 100만 원 초과"]) == []


def test_output_of_the_planner_is_a_source():
    assert unsupported("1월 4일(월)까지", ["14일 이내", "due 2027-01-04"]) == []


@given(st.text(max_size=300))
def test_a_text_supports_itself(text):
    assert unsupported(text, [text]) == []


@given(st.integers(1, 10**9))
def test_amounts_in_korean_are_amounts(number):
    large, rest = divmod(number, 10_000)
    korean = (f"{large}만" if large else "") + (f" {rest}" if rest and large else str(rest or ""))
    assert unsupported(f"{korean} 원", [f"{number:,}원"]) == []
    assert unsupported(f"{number + 1:,}원", [f"{korean} 원"])
