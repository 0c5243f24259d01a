"""Codes of documents: hard to guess, easy to read, a slip is noticed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.records.engine import codes


def _code(seed: int) -> str:
    return codes.made(random.Random(seed).getrandbits)


@given(st.integers(0, 10**9))
def test_a_code_is_read_however_it_is_typed(seed):
    code = _code(seed)
    written = codes.written(code)
    assert len(code) == 18
    assert codes.read(written) == code
    assert codes.read(written.lower().replace("-", " ")) == code
    assert codes.read(written.replace("0", "O").replace("1", "l")) == code


@given(st.integers(0, 10**9), st.integers(0, 17), st.sampled_from(codes.ALPHABET))
def test_one_wrong_sign_is_always_noticed(seed, place, sign):
    code = _code(seed)
    wrong = code[:place] + sign + code[place + 1 :]
    assert (codes.read(wrong) is None) == (wrong != code)


@given(st.integers(0, 10**9), st.integers(0, 15))
def test_two_neighbours_in_the_wrong_order_are_noticed(seed, place):
    code = _code(seed)
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (codes.read(wrong) is None) == (wrong != code)


def test_a_code_has_at_least_80_random_bits():
    assert codes.BITS >= 80


@pytest.mark.parametrize("typed", ["", "-", "한글" * 9, "A" * 17, "A" * 19, "0" * 1000, "../etc"])
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.read(typed) is None
