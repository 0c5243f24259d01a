"""Many cases decided by the rules of a package that ships, for tests of the watch."""

from __future__ import annotations

from datetime import UTC, date, datetime

from madang.access.api import Actor
from madang.cases import api
from madang.cases.audit import drawing
from madang.cases.audit.models import AuditDraw
from madang.cases.register_feed import Sent, take_in
from tests.cases.packages import lent

THEN = datetime(2026, 1, 5, 3, tzinfo=UTC)
NEXT_MONDAY = date(2026, 11, 30)
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}


def person(number: int) -> Actor:
    """Return a resident with an id of their own."""
    key = f"00000000-0000-7000-8000-{number:012d}"
    return Actor(f"account:p{number}", "P", person=key, ial=2, aal=2)


def granted(count: int, start: int = 0) -> list[str]:
    """Open cases that the rules grant at once; return their numbers."""
    numbers = []
    for number in range(start, start + count):
        who = person(number)
        said = {"is_registered": "residents", "basic_security": "welfare"}
        for field, register in said.items():
            take_in(register, [Sent(who.person, field, True, THEN)], "test")
        made = api.open_case(
            package_hash=lent().hash, subject=who.person, facts=FACTS, actor=who, channel="web",
            key="k",
        )  # fmt: skip
        assert made.decided
        numbers.append(made.number)
    return numbers


def drawn() -> AuditDraw:
    """Draw the sample of the week that the clock stands in."""
    (one,) = drawing.draw_due(NEXT_MONDAY)
    return one
