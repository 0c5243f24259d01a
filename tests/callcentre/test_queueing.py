"""Who gets whom and how long a wait may be, with values reckoned by hand."""

from __future__ import annotations

import math

import pytest

from madang.callcentre.engine.mood import ALERT, is_alert, line_mood, moved
from madang.callcentre.engine.queueing import Free, Waiting, fits, pairs, wait_span

KO, EN = frozenset({"ko"}), frozenset({"ko", "en"})


def test_the_longest_wait_is_served_first_by_who_speaks_the_fewest_languages():
    waiting = [Waiting("late", 9, "ko"), Waiting("early", 1, "ko"), Waiting("foreign", 5, "en")]
    operators = [Free("both", EN, idle_since=0), Free("korean", KO, idle_since=100)]
    assert pairs(waiting, operators) == [("early", "korean"), ("foreign", "both")]


def test_of_equals_who_was_idle_longest_and_who_passed_comes_last():
    operators = [Free("a", KO, idle_since=5), Free("b", KO, idle_since=3)]
    assert pairs([Waiting("x", 0, "ko")], operators) == [("x", "b")]
    assert pairs([Waiting("x", 0, "ko", passed=frozenset({"b"}))], operators) == [("x", "a")]
    assert pairs([Waiting("x", 0, "ko", passed=frozenset({"b"}))], operators[1:]) == [("x", "b")]


def test_nobody_gets_more_than_there_is_room_for_and_a_call_needs_both_hands():
    chats = [Waiting(str(n), n, "ko") for n in range(4)]
    assert [c for c, _o in pairs(chats, [Free("a", KO, room=3)])] == ["0", "1", "2"]
    call = Waiting("call", 9, "ko", is_call=True)
    assert pairs([call], [Free("a", KO, room=2, busy=1)]) == []
    assert pairs([call, Waiting("chat", 10, "ko")], [Free("a", KO, room=3)]) == [("call", "a")]


def test_a_skill_that_is_missing_keeps_a_contact_waiting():
    one = Waiting("x", 0, "ko", frozenset({"law"}))
    assert not fits(one, Free("a", KO))
    assert fits(one, Free("b", KO, frozenset({"law", "tax"})))


def test_the_next_one_waits_exponentially():
    mean, low, high = wait_span(1, 4, 240)  # an end each 60 s
    assert mean == 60
    assert low == pytest.approx(6.3216, abs=1e-3)  # -60 ln 0.9
    assert high == pytest.approx(138.155, abs=1e-3)  # -60 ln 0.1


@pytest.mark.parametrize(
    # quantiles of chi-square with 2n degrees of freedom over 2, tables (NIST handbook 1.3.6.7.4)
    ("place", "low", "high"),
    [(2, 1.064 / 2, 7.779 / 2), (5, 4.865 / 2, 15.987 / 2), (10, 12.443 / 2, 28.412 / 2)],
)
def test_a_wait_further_back_is_erlangs_within_one_percent(place, low, high):
    mean, below, above = wait_span(place, 1, 1.0)
    assert mean == place
    assert below == pytest.approx(low, rel=0.015)
    assert above == pytest.approx(high, rel=0.01)


def test_without_operators_nobody_knows():
    assert wait_span(1, 0, 240) == (math.inf,) * 3
    assert wait_span(0, 2, 240) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("정말 짜증 나고 어이없네요", -0.7),  # -0.7 and -0.7
        ("감사합니다 친절하시네요", 0.55),  # 0.6 and 0.5
        ("친절하지 않아요", -0.5),
        ("I am not happy, this is ridiculous", -0.8),
        ("not helpful at all", -0.7),
        ("등본은 어디서 떼나요", 0.0),
        ("", 0.0),
    ],
)
def test_words_weigh_as_the_list_says(text, mood):
    assert line_mood(text) == pytest.approx(mood)


def test_one_of_the_worst_lines_or_two_bad_ones_call_the_supervisor():
    assert is_alert(moved(0.0, -0.8))
    once = moved(0.0, -0.6)
    assert not is_alert(once)
    assert is_alert(moved(once, -0.6))
    assert moved(ALERT, 0.6) > 0
