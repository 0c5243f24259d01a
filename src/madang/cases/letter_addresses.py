"""Where a letter goes: the address of record, from which register, since when; or why it cannot.

The register of residents says it (`residents.address`): ``{"lines": [...],
"postal_code": "04175"}`` or a text with line ends. What does not fit the window, cannot be
printed, or came back from there is not used: a letter that cannot arrive is shown to the office,
never printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import purpose
from madang.cases.case_purposes import CASES, POST
from madang.cases.post_models import PostedLetter
from madang.cases.register_models import RegisterFact
from madang.identity.api import names_of
from madang.records import api as records

REGISTER, FIELD = "residents", "address"
MOST_LINES = 5  # under the name, in a window of 45 mm
LONGEST_LINE = 60
WRONG_PLACE = frozenset({"moved", "unknown", "address", "deceased"})
PROBLEMS = {
    "nobody": gettext_noop("The register does not know this person."),
    "missing": gettext_noop("No register says where this person lives."),
    "unreadable": gettext_noop("The register's address cannot be read."),
    "too-long": gettext_noop("The address does not fit the window of an envelope."),
    "glyphs": gettext_noop("The address has characters that no font can print."),
    "came-back": gettext_noop("A letter to this address came back; the register has no newer one."),
}


@dataclass(frozen=True)
class Address:
    """Where a letter goes; `problem` is a key of `PROBLEMS` where it cannot go there.

    Parameters
    ----------
    source : the register, as facts of cases name it (``register:residents``).
    as_of : since when the register says so.
    """

    name: str
    lines: tuple[str, ...] = ()
    source: str = ""
    as_of: datetime | None = None
    problem: str = ""

    @property
    def problem_text(self) -> str:
        """Return what is wrong, in a sentence."""
        return _(PROBLEMS[self.problem]) if self.problem else ""


def addresses_of(people: Iterable[str]) -> dict[str, Address]:
    """Return the address of each person for the post; our own process looks, under `POST`."""
    wanted = sorted({one for one in people if one})
    with purpose(CASES, POST):
        facts = {
            row.subject: row
            for row in RegisterFact.objects.filter(
                subject__in=wanted, register=REGISTER, field=FIELD
            )
        }
        back = list(
            PostedLetter.objects.filter(
                person__in=wanted, state=PostedLetter.State.RETURNED, why__in=WRONG_PLACE
            )
        )
    names = names_of(wanted, by=CASES, why=POST)
    return {
        one: _address(names.get(one, ""), facts.get(one), [b for b in back if b.person == one])
        for one in wanted
    }


def _address(name: str, fact: RegisterFact | None, back: list[PostedLetter]) -> Address:
    if not name:
        return Address("", problem="nobody")
    if fact is None or not fact.value:
        return Address(name, problem="missing")
    lines = read_lines(fact.value)
    found = Address(name, lines, f"register:{REGISTER}", fact.as_of)
    problem = _problem(found)
    if not problem and any(tuple(b.lines) == lines and b.at >= fact.as_of for b in back):
        problem = "came-back"
    return Address(name, lines, found.source, fact.as_of, problem)


def read_lines(value: Any) -> tuple[str, ...]:
    """Return the lines of an address under the name; empty where it cannot be read.

    >>> read_lines({"lines": ["마포구 월드컵로 212", "101동 1203호"], "postal_code": "03936"})
    ('마포구 월드컵로 212', '101동 1203호', '03936')
    """
    if isinstance(value, str):
        given: list[Any] = value.splitlines()
    elif isinstance(value, Mapping):
        lines = value.get("lines")
        given = [*(lines if isinstance(lines, list) else []), value.get("postal_code")]
    else:
        return ()
    if any(one is not None and not isinstance(one, str) for one in given):
        return ()
    clean = (" ".join(one.split()) for one in given if one)
    return tuple(one for one in clean if one)


def _problem(address: Address) -> str:
    if not address.lines:
        return "unreadable"
    texts = (address.name, *address.lines)
    if len(address.lines) > MOST_LINES or any(len(one) > LONGEST_LINE for one in texts):
        return "too-long"
    if any(not sign.isprintable() for one in texts for sign in one):
        return "unreadable"
    return "glyphs" if records.missing_characters("".join(texts)) else ""
