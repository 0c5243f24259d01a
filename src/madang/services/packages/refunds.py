"""What comes back of a paid fee when a case ends without what was paid for.

A package says so by a decision named `refund` (`rules/refund.yaml`): a table, or an expression,
whose result is the share of what was paid, in percent. Beside facts, parameters and `today` (the
day of receipt) it sees `ended_by`, the verb that ends the case, and `ended_on`, the day on which
it does. Without such a decision all comes back to who withdraws; of a fee that is due before the
case is looked at, nothing comes back on a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from madang.services.packages.package import Package
from madang.services.packages.process import Verb

REFUND = "refund"
ENDED_BY = "ended_by"
ENDED_ON = "ended_on"
ENDING: Mapping[str, str] = {ENDED_BY: "string", ENDED_ON: "date"}
WHOLE = Decimal(100)
_JOINED = ("merge", "duplicate")


@dataclass(frozen=True)
class Refund:
    """What comes back.

    Parameters
    ----------
    share
        Percent of what was paid.
    amount
        Minor units; a part of one is rounded up, for the payer.
    rows
        Rows that held, as `table.row`; empty where the package says nothing of its own.
    because, law
        Why, and by which provision, where the package says so; in its own language.
    doubts
        Why the rule could not be applied; then all comes back.
    """

    share: Decimal
    amount: int
    rows: tuple[str, ...] = ()
    because: str = ""
    law: str = ""
    doubts: tuple[str, ...] = ()


def is_ending(package: Package, verb: Verb) -> bool:
    """Return whether a verb ends a case so that the decision `refund` is asked."""
    ends = {s.id: s.outcome for s in package.process.states if s.kind == "final"}
    if verb.kind in _JOINED:
        return False
    outcome = ends.get(verb.to or "")
    return verb.kind in ("withdraw", "refuse") or outcome in ("withdrawn", "refused")


def endings(package: Package) -> tuple[str, ...]:
    """Return the verbs that a table `refund` must know."""
    return tuple(verb.id for verb in package.process.verbs if is_ending(package, verb))


def without_rule(package: Package, verb: Verb) -> Decimal:
    """Return the share, in percent, where a package has no decision `refund`."""
    ends = {state.id: state.outcome for state in package.process.states}
    is_refusal = verb.kind == "refuse" or ends.get(verb.to or "") == "refused"
    was_for_looking = any(fee.due == "submit" for fee in package.service.fees)
    return Decimal(0) if is_refusal and was_for_looking else WHOLE


def part_of(paid: int, share: Decimal) -> int:
    """Return a share of an amount in minor units, rounded up.

    >>> part_of(10_000, Decimal(50)), part_of(999, Decimal(50)), part_of(999, Decimal(0))
    (5000, 500, 0)
    """
    return int((paid * share / WHOLE).to_integral_value(ROUND_CEILING))


def share_of(value: Any) -> Decimal | None:
    """Return a value of FEEL as a share in percent; None where it is none."""
    if not isinstance(value, Decimal) or not 0 <= value <= WHOLE:
        return None
    return value


def reason_of(package: Package, rows: tuple[str, ...]) -> tuple[str, str]:
    """Return why, and by which provision, of the row of `refund` that held."""
    decision = package.decision(REFUND)
    for row in decision.rows if decision else ():
        if f"{REFUND}.{row.id}" in rows:
            return row.because, f"{row.law.law} {row.law.article}" if row.law else ""
    law = decision.law if decision else None
    return "", f"{law.law} {law.article}" if law else ""
