"""How a city takes payments, from ``payments.yaml`` of its profile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

from madang.kernel.errors import Invalid
from madang.kernel.times import parse_duration

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "payments.yaml"


class SampleTerms(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the simulated gateway behaves.

    `late_s` are the shortest and the longest delay of a callback, `repeated` and `out_of_order` the
    shares of callbacks sent twice and sent before the one they follow; `fee_permille` is what it
    keeps of a payment.
    """

    late_s: tuple[int, int] = (2, 20)
    repeated: float = 0.3
    out_of_order: float = 0.2
    fee_permille: int = 18


class PaymentTerms(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Through which gateway the city is paid, for how long, and what needs two people.

    `open_for` is an ISO 8601 duration; `second_yes_above` is in minor units of the currency.
    """

    version: str = ""
    gateway: str = "sample"
    open_for: str = "P3D"
    second_yes_above: int = 0
    sample: SampleTerms = SampleTerms()

    @property
    def open_span(self) -> timedelta:
        """For how long a payment can be made after it was opened."""
        return parse_duration(self.open_for)


def terms_in_effect() -> PaymentTerms:
    """Return the terms of the city; without a file every refund needs a second person."""
    from madang.city.api import UnknownRules, profile

    try:
        return msgspec.convert(dict(profile().rules("payments")), PaymentTerms)
    except UnknownRules:
        return PaymentTerms()


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    try:
        terms = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), PaymentTerms)
        is_open = terms.open_span > timedelta(0)
    except (msgspec.ValidationError, yaml.YAMLError, Invalid) as error:
        return [(None, str(error))]
    first, last = terms.sample.late_s
    shares = (terms.sample.repeated, terms.sample.out_of_order)
    checks = {
        "open_for is longer than nothing": is_open,
        "second_yes_above is 0 or more": terms.second_yes_above >= 0,
        "late_s is the shortest and the longest delay": 0 <= first <= last,
        "repeated and out_of_order are shares between 0 and 1": all(0 <= s <= 1 for s in shares),
        "fee_permille lies between 0 and 1000": 0 <= terms.sample.fee_permille <= 1000,
    }
    return [(None, words) for words, holds in checks.items() if not holds]
