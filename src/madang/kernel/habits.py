"""What a city adds to a language when it is written: calendar, clock, digits. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# First digit of decimal numbering systems: Unicode, CLDR supplemental/numberingSystems.xml
ZEROS = {"latn": "0", "arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "khmr": "០",
         "laoo": "໐", "mong": "᠐", "mymr": "၀", "thai": "๐"}  # fmt: skip


@dataclass(frozen=True)
class Habits:
    """How a language is written in a city, beyond the language itself.

    locale : CLDR locale where it is not the language's own (``es_CO``).
    decimal, group : signs of numbers where they are not the locale's.
    digits : CLDR numbering system.
    """

    locale: str = ""
    calendar: Literal["gregorian", "ethiopian"] = "gregorian"
    clock: Literal["usual", "ethiopian"] = "usual"
    decimal: str = ""
    group: str = ""
    digits: str = "latn"


USUAL = Habits()


def in_digits(text: str, system: str) -> str:
    """Return a text with its digits in another decimal numbering system.

    >>> in_digits("25", "khmr")
    '២៥'
    """
    if system == "latn" or system not in ZEROS:
        return text
    zero = ord(ZEROS[system])
    return text.translate({ord("0") + n: zero + n for n in range(10)})
