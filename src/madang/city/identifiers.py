"""Telephone numbers and the numbers by which people, firms and things are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

from madang.city.conventions import Identifier, Phones
from madang.kernel.data_files import FieldPath
from madang.kernel.errors import Invalid

Mismatch = tuple[FieldPath, str]
Digits = Sequence[int]

# 주민등록법 시행규칙: weights 2-9, then 2-5. Numbers issued since October 2020
# have six random digits and need not pass.
_KR_RESIDENT = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# National Tax Service, 사업자등록번호 검증: the ninth product adds its tens once more.
_KR_BUSINESS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
# DIAN, Orden Administrativa 4 of 1989: primes from the right.
_CO_NIT = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
# J. Verhoeff, "Error detecting decimal codes", Mathematical Centre Tract 29, 1969: the dihedral
# group D5 and the permutation of positions.
_D5 = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
       "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")  # fmt: skip
_POSITION = ("0123456789", "1576283094", "5803796142", "8916043527",
             "9453126870", "4286573901", "2793806415", "7046913258")  # fmt: skip


def _kr_resident(digits: Digits) -> bool:
    total = sum(w * d for w, d in zip(_KR_RESIDENT, digits, strict=False))
    return len(digits) == 13 and (11 - total % 11) % 10 == digits[-1]


def _kr_business(digits: Digits) -> bool:
    if len(digits) != 10:
        return False
    total = sum(w * d for w, d in zip(_KR_BUSINESS, digits, strict=False)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[-1]


def _co_nit(digits: Digits) -> bool:
    body, check = digits[:-1], digits[-1]
    rest = sum(w * d for w, d in zip(_CO_NIT, reversed(body), strict=False)) % 11
    return 5 < len(digits) <= 16 and (rest if rest < 2 else 11 - rest) == check


def _luhn(digits: Digits) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _verhoeff(digits: Digits) -> bool:
    state = 0
    for position, digit in enumerate(reversed(digits)):
        state = int(_D5[state][int(_POSITION[position % 8][digit])])
    return state == 0


CHECKS: MappingProxyType[str, Callable[[Digits], bool]] = MappingProxyType(
    {
        "kr-resident": _kr_resident,
        "kr-business": _kr_business,
        "co-nit": _co_nit,
        "luhn": _luhn,
        "verhoeff": _verhoeff,
    }
)


def bare(number: str) -> str:
    """Return a number without the spaces, hyphens, dots and brackets it is written with."""
    return re.sub(r"[\s().-]", "", number)


def is_valid(identifier: Identifier, number: str) -> bool:
    """Return whether a number has the pattern and check digit of its kind."""
    plain = bare(number)
    if re.fullmatch(identifier.pattern, plain) is None:
        return False
    if identifier.check == "none":
        return True
    return CHECKS[identifier.check]([int(c) for c in plain if c.isdigit()])


def phone_number(phones: Phones, text: str) -> tuple[str, str]:
    """Return kind and international form (E.164) of a number written in any usual way.

    Raises
    ------
    Invalid
        If it fits no kind of number of the city.
    """
    national = bare(text)
    if national.startswith("+" + phones.country_code):
        national = phones.trunk_prefix + national[1 + len(phones.country_code) :]
    for pattern in phones.patterns:
        if re.fullmatch(pattern.pattern, national):
            local = national.removeprefix(phones.trunk_prefix)
            return pattern.kind, f"+{phones.country_code}{local}"
    examples = ", ".join(pattern.example for pattern in phones.patterns)
    raise Invalid(f"{text!r} is no telephone number here; examples: {examples}")


def problems_of_phones(phones: Phones) -> Iterator[Mismatch]:
    """Yield what is wrong with the patterns of telephone numbers."""
    if not any(number.emergency for number in phones.numbers):
        yield ("phones", "numbers"), "has no emergency number"
    for number, item in enumerate(phones.patterns):
        path: FieldPath = ("phones", "patterns", number)
        try:
            fits = re.fullmatch(item.pattern, bare(item.example))
        except re.error as error:
            yield (*path, "pattern"), f"is no regular expression: {error}"
            continue
        if not fits:
            yield (*path, "example"), f"{item.example!r} does not fit the pattern"


def problems_of_identifier(identifier: Identifier, path: FieldPath) -> Iterator[Mismatch]:
    """Yield what is wrong with one kind of identifier."""
    try:
        passes = not identifier.example or is_valid(identifier, identifier.example)
    except re.error as error:
        yield (*path, "pattern"), f"is no regular expression: {error}"
        return
    if not passes:
        yield (*path, "example"), f"{identifier.example!r} does not pass pattern and check digit"
