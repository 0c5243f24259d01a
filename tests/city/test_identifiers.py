"""Check digits against numbers whose validity is known from elsewhere."""

import pytest

from madang.city.conventions import Identifier
from madang.city.identifiers import CHECKS, bare, is_valid


@pytest.mark.parametrize(
    ("check", "number"),
    [
        ("luhn", "4539 1488 0343 6467"),  # the example of ISO/IEC 7812-1 texts
        ("verhoeff", "2363"),  # Verhoeff's own: 236 with check digit 3
        ("verhoeff", "123451"),
        ("kr-business", "124-81-00998"),  # Samsung Electronics
        ("kr-business", "220-81-62517"),  # Naver
        ("co-nit", "899.999.061-9"),  # Bogotá, Distrito Capital
        ("co-nit", "860.034.313-7"),  # Banco Davivienda
        # made up; by hand 5*1 + 7*1 + 8*3 = 36, 36 mod 11 = 3, 11 - 3 = 8
        ("kr-resident", "000101-3000008"),
    ],
)
def test_one_wrong_digit_is_always_found(check, number):
    digits = [int(c) for c in number if c.isdigit()]
    valid = CHECKS[check]
    last = [d for d in range(10) if valid([*digits[:-1], d])]
    assert last == [digits[-1]]
    for position in range(len(digits)):
        for other in set(range(10)) - {digits[position]}:
            changed = [*digits[:position], other, *digits[position + 1 :]]
            if check in ("luhn", "verhoeff"):
                assert not valid(changed)


def test_the_pattern_is_part_of_the_check():
    card = Identifier("card", {}, r"\d{16}", "luhn")
    assert is_valid(card, "4539-1488-0343-6467")
    assert not is_valid(card, "18")
    assert bare("(02) 731-2114") == "027312114"


def test_numbers_of_the_wrong_length_are_not_valid():
    for check in ("kr-business", "kr-resident"):
        assert not CHECKS[check]([1, 2, 3])
    assert not CHECKS["co-nit"]([0] * 5)
