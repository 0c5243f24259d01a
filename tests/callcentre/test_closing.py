"""Drafts of wrap-ups, rules of quality and service levels, with values reckoned by hand."""

from __future__ import annotations

import pytest

from madang.callcentre.engine.closing import (
    Rules,
    Said,
    draft,
    failed,
    likeness,
    longest_silence_ms,
    overtalk_ms,
)
from madang.callcentre.engine.service import served

RULES = Rules(["안녕"], ["본인 확인"], ["자동으로"], ["몰라요"])
GOOD = [
    Said("operator", "안녕하세요", 0, 1000),
    Said("resident", "등본이 필요해요", 1500, 3000),
    Said("operator", "본인 확인을 하겠습니다. 자동으로 찾은 안내입니다.", 3500, 6000),
]


@pytest.mark.parametrize(
    ("lines", "said", "wrong", "score"),
    [
        (GOOD, {}, (), 100),
        (GOOD, {"is_personal": True, "is_assisted": True, "is_call": True}, (), 100),
        (GOOD[1:], {}, ("greeting",), 50),
        (GOOD[:2], {"is_personal": True, "is_assisted": True}, ("verification", "disclosure"), 50),
        ([*GOOD, Said("operator", "몰라요")], {"is_assisted": True}, ("forbidden",), 67),
        ([*GOOD, Said("resident", "네", 26_001, 27_000)], {"is_call": True}, ("silence",), 75),
        ([*GOOD, Said("resident", "잠깐", 5000, 5601)], {"is_call": True}, ("overtalk",), 75),
        ([], {}, ("greeting",), 50),
    ],
)
def test_a_contact_is_marked_by_the_rules_that_apply(lines, said, wrong, score):
    assert failed(lines, RULES, **said) == (wrong, score)


def test_silence_and_talking_at_once_are_measured_between_lines():
    assert longest_silence_ms(GOOD) == 500
    assert overtalk_ms(GOOD) == -500  # never at once: half a second lies between them
    assert overtalk_ms([]) == longest_silence_ms([]) == 0


def test_a_draft_names_the_reason_whose_words_came_most_and_what_was_promised():
    lines = [
        Said("resident", "자동차세 과태료를 이사 전 주소로 받았어요"),
        Said("operator", "확인했습니다. 내일 전화드리겠습니다."),
        Said("machine", "보내드리겠습니다."),
    ]
    found = draft(lines, {"moving": ["이사"], "taxes": ["자동차세", "과태료"]})
    assert found.reason == "taxes"
    assert found.promised == ("내일 전화드리겠습니다.",)
    assert found.summary.startswith("자동차세")
    assert draft([], {"moving": ["이사"]}).reason == "other"


def test_likeness_is_dices_of_character_pairs():
    assert likeness("night", "nacht") == pytest.approx(0.25)  # the textbook's pair
    assert likeness("", "이사") == 0


def test_the_service_level_counts_who_gave_up_late_and_not_who_gave_up_at_once():
    found = served([5, 20, 21], [2, 90], 20)
    assert (found.count, found.answered) == (5, 3)
    assert found.level == pytest.approx(50)  # 2 of 4
    assert found.abandoned == pytest.approx(25)
    assert found.mean_wait_s == pytest.approx(46 / 3)
    assert found.longest_wait_s == 90
    nobody = served([], [1], 20)
    assert (nobody.level, nobody.abandoned, nobody.mean_wait_s) == (None, None, None)
