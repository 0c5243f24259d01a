"""Days, places and values as people say them; corrections of them."""

from __future__ import annotations

from datetime import date

import pytest

from madang.assistant.city_places import said_places
from madang.assistant.engine.corrections import corrects, is_denied
from madang.assistant.engine.days_said import days_said
from madang.assistant.engine.values_said import amount
from madang.city.api import load_profile
from madang.search.api import folded

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12월 20일에 이사해요", "2026-12-20"),
        ("2027년 1월 3일", "2027-01-03"),
        ("2026-12-20", "2026-12-20"),
        ("2026. 12. 20.", "2026-12-20"),
        ("내일", "2026-11-24"),
        ("모레 이사", "2026-11-25"),
        ("어제 태어났어요", "2026-11-22"),
        ("사흘 전에", "2026-11-20"),
        ("2주 뒤", "2026-12-07"),
        ("다음 달 5일", "2026-12-05"),
        ("다음 달 말", "2026-12-31"),
        ("다음 주 토요일", "2026-12-05"),
        ("이번 주 금요일", "2026-11-27"),
        ("1월 5일", "2027-01-05"),  # the nearest one
        ("10월 3일", "2026-10-03"),
        ("내년 3월 2일", "2027-03-02"),
        ("December 20", "2026-12-20"),
        ("on the 20th of December", "2026-12-20"),
        ("Dec 20th, 2027", "2027-12-20"),
        ("12/20/2026", "2026-12-20"),
        ("next Friday", "2026-12-04"),
        ("this Friday", "2026-11-27"),
        ("tomorrow", "2026-11-24"),
        ("in two weeks", "2026-12-07"),
        ("3 days ago", "2026-11-20"),
        ("the 25th", "2026-11-25"),
        ("the 5th", "2026-12-05"),
    ],
)
def test_a_day_is_read_as_it_is_meant(text: str, day: str):
    (found,) = days_said(folded(text), TODAY)
    assert found.day is not None
    assert found.day.isoformat() == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("다음 달에", (2026, 12)),
        ("next month", (2026, 12)),
        ("내년 3월에", (2027, 3)),
        ("in May", (2027, 5)),
    ],
)
def test_a_month_without_its_day_is_no_day(text: str, month: tuple[int, int]):
    (found,) = days_said(folded(text), TODAY)
    assert found.day is None
    assert found.month == month
    (day,) = days_said("20일이요", TODAY, found.month)
    assert day.day == date(*month, 20)


@pytest.mark.parametrize(
    "text", ["14일 이내에 신고", "31 February", "2월 30일", "2027년 13월 1일", "며칠"]
)
def test_what_is_no_day_is_not_taken_for_one(text: str):
    assert not [one for one in days_said(folded(text), TODAY) if one.day]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("강남에서 마포로 이사해요", [("11680", "from"), ("11440", "to")]),
        ("강남구 살다가 마포구로 이사 가요", [("11680", "at"), ("11440", "to")]),
        ("마포로 이사 와요", [("11440", "to")]),
        ("from Gangnam to Mapo", [("11680", "from"), ("11440", "to")]),
        ("Gangnam-gu → Mapo-gu", [("11680", "from"), ("11440", "to")]),
        ("I live in Songpa", [("11710", "at")]),
        ("노원구에 살아요", [("11350", "at")]),
        ("부산에서 종로로", [("부산", "from"), ("11110", "to")]),
        ("중구로 이사", [("11140", "to")]),
        ("합정동으로 이사해요", [("마포구 합정동", "to")]),
    ],
)
def test_places_say_from_where_and_where_to(text: str, places: list[tuple[str, str]]):
    found = said_places(folded(text), load_profile("seoul"), ("부산",))
    assert [(one.name, one.role) for one in found] == places


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3억", 300_000_000),
        ("3억 5천만 원", 350_000_000),
        ("1억 2000", 120_000_000),
        ("은 50만원", 500_000),
        ("5천만원", 50_000_000),
        ("300 million won", 300_000_000),
        (" of 1,000,000 won", 1_000_000),
        ("과 다른 이야기 50", None),
        ("", None),
    ],
)
def test_money_is_read_in_words_and_signs(text: str, number: int | None):
    assert amount(text) == number


@pytest.mark.parametrize(
    ("text", "denied", "meant"),
    [
        ("마포가 아니라 용산이에요", "마포", "용산"),
        ("마포 말고 용산", "마포", "용산"),
        ("마포구 아니고 용산구요", "마포", "용산"),
        ("not mapo, yongsan", "mapo", "yongsan"),
        ("it's yongsan, not mapo", "mapo", "yongsan"),
        ("yongsan instead of mapo", "mapo", "yongsan"),
    ],
)
def test_a_correction_denies_one_and_means_the_other(text: str, denied: str, meant: str):
    at, other = text.index(denied), text.index(meant)
    assert corrects(text)
    assert is_denied(text, at, at + len(denied))
    assert not is_denied(text, other, other + len(meant))
