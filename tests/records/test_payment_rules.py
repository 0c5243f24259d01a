"""What may become of a payment, as a table: every word in every state, in any order."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.records import payment_rules as rules


def after(*words: str, state: str = rules.CREATED) -> str:
    for word in words:
        state = rules.move(state, word).state
    return state


def test_every_state_knows_every_word():
    assert set(rules.MOVES) == {(state, word) for state in rules.STATES for word in rules.WORDS}
    assert {move.state for move in rules.MOVES.values()} <= set(rules.STATES)


@pytest.mark.parametrize("words", list(permutations(["authorised", "captured", "failed"])))
def test_a_capture_wins_in_whatever_order_words_arrive(words):
    assert after(*words) == rules.CAPTURED


@given(st.lists(st.sampled_from(rules.WORDS), max_size=12))
def test_money_that_came_is_never_forgotten(words):
    """Once paid, only money going back changes the state."""
    state, was_paid = rules.CREATED, False
    for word in words:
        before, state = state, rules.move(state, word).state
        was_paid = was_paid or state in rules.PAID
        assert (state in rules.PAID) == was_paid
        if was_paid and before in rules.PAID and state != before:
            assert word in (rules.SAID_REFUNDED, rules.SAID_CHARGED_BACK)


@given(st.sampled_from(rules.STATES), st.sampled_from(rules.WORDS))
def test_a_word_said_twice_leads_where_it_led_once(state, word):
    once = rules.move(state, word).state
    assert rules.move(once, word).state == once


@pytest.mark.parametrize("state", rules.STATES)
def test_money_is_booked_or_suspended_or_known(state):
    effect = rules.move(state, rules.SAID_CAPTURED).effect
    assert effect in (rules.BOOK, rules.SUSPEND) or state in rules.PAID


@pytest.mark.parametrize("state", sorted(rules.PAID))
def test_what_is_paid_is_not_withdrawn(state):
    assert rules.move(state, rules.WITHDRAWN).effect == rules.REFUSE


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [(1000, "KRW", ""), (999, "KRW", "amount-differs"), (1000, "USD", "currency-differs")],
)
def test_what_does_not_fit_is_named(amount, currency, why):
    assert rules.misfit(amount, currency, 1000, "KRW") == why


def test_a_refund_at_the_limit_needs_one_person_and_above_it_two():
    assert rules.refund_state(300_000, 300_000) == rules.TO_SEND
    assert rules.refund_state(300_001, 300_000) == rules.WAITING
