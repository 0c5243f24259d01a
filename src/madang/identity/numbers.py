"""The number of an account: what people write down to find their account again; no secret.

Nine random digits and a check digit (Luhn, ISO/IEC 7812-1 annex B), written in groups.
"""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity.account_models import Account

DIGITS = 10


def check_digit(digits: str) -> str:
    """Return the Luhn digit that makes `digits` whole.

    >>> check_digit("799273987")
    '5'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


def normal_number(text: str) -> str:
    """Return a number as typed in digits alone; nothing where it is none or mistyped.

    >>> normal_number(" 799-273 9875 "), normal_number("7992739874")
    ('7992739875', '')
    """
    digits = "".join(str(int(sign)) for sign in text[:40] if sign.isdecimal())
    fits = len(digits) == DIGITS and check_digit(digits[:-1]) == digits[-1]
    return digits if fits else ""


def written(number: str) -> str:
    """Return a number as it is printed.

    >>> written("7992739875")
    '799-273-9875'
    """
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def number_of(account_id: str) -> str:
    """Return the number of a resident's account; gives it one where it has none yet."""
    with purpose(AUTHENTICATION, "authenticate"):
        rows = Account.objects.filter(pk=account_id, kind=Account.Kind.RESIDENT)
        for _attempt in range(20):
            known = rows.values_list("login", flat=True).first()
            if known:
                return known
            digits = "".join(secrets.choice("0123456789") for _digit in range(DIGITS - 1))
            try:
                with transaction.atomic():
                    rows.filter(login=None).update(login=digits + check_digit(digits))
            except IntegrityError:  # taken; the next one will not be
                continue
    raise AssertionError("no free account number in twenty draws")


def account_with_number(text: str) -> Account | None:
    """Return the open resident's account with this number."""
    number = normal_number(text)
    with purpose(AUTHENTICATION, "authenticate"):
        rows = Account.objects.filter(kind=Account.Kind.RESIDENT, closed__isnull=True)
        return rows.filter(login=number or "-").first()
