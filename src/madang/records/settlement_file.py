"""The settlement file: what a gateway moved on a day, as CSV; written by ours, read from any.

One line per movement, then a line of totals, by which a file that was cut short is noticed::

    kind,movement,charge,reference,amount,fee,currency,at
    payment,mov_1,ch_1,0198...,5000,90,KRW,2026-11-23T01:00:00Z
    refund,mov_2,ch_1,0198...,-2000,0,KRW,2026-11-23T02:00:00Z
    total,2,,,3000,90,KRW,

Amounts are signed minor units (refunds and chargebacks below 0), fees what the gateway keeps.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from madang.kernel.errors import BadInput, Invalid
from madang.kernel.times import format_time, parse_utc

COLUMNS = ("kind", "movement", "charge", "reference", "amount", "fee", "currency", "at")
KINDS = ("payment", "refund", "chargeback")
TOTAL = "total"
LARGEST = 50 << 20  # bytes
_LONGEST = 100  # characters of an id
_LARGEST_AMOUNT = 1 << 53


@dataclass(frozen=True)
class Movement:
    """One movement; `amount` is signed, `fee` is 0 or more, both minor units."""

    kind: str
    movement: str
    charge: str
    reference: str
    amount: int
    fee: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class Settlement:
    """A file that was read: its movements, all in one currency, and their sums."""

    currency: str
    movements: tuple[Movement, ...]
    gross: int
    fees: int

    @property
    def net(self) -> int:
        """What reaches the bank."""
        return self.gross - self.fees


def written(movements: Iterable[Movement]) -> str:
    """Return movements as a file; nothing where there are none."""
    rows = list(movements)
    if not rows:
        return ""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for row in rows:
        sheet.writerow(
            (row.kind, row.movement, row.charge, row.reference, row.amount, row.fee, row.currency,
             format_time(row.at))
        )  # fmt: skip
    gross, fees = sum(row.amount for row in rows), sum(row.fee for row in rows)
    sheet.writerow((TOTAL, len(rows), "", "", gross, fees, rows[0].currency, ""))
    return out.getvalue()


def read(name: str, text: str) -> Settlement:
    """Return what a file says.

    Raises
    ------
    BadInput
        Naming file, line and field: an unknown column or kind, a number that is none, a movement
        that stands there twice, totals that do not add up, a file cut short.
    """
    sheet = csv.reader(io.StringIO(text, newline=""), strict=True)
    movements: list[Movement] = []
    seen: set[str] = set()
    total: tuple[int, list[str]] | None = None
    try:
        _check_head(name, next(sheet, []))
        for row in sheet:
            line = sheet.line_num
            if total is not None:
                raise BadInput(name, "nothing stands behind the line of totals", line=line)
            if len(row) != len(COLUMNS):
                raise BadInput(name, f"has {len(row)} fields; each line has 8", line=line)
            if row[0] == TOTAL:
                total = (line, row)
                continue
            moved = _movement(name, line, row)
            if moved.movement in seen:
                raise BadInput(name, f"movement: {moved.movement} stands here twice", line=line)
            seen.add(moved.movement)
            movements.append(moved)
    except csv.Error as error:
        raise BadInput(name, f"is no CSV: {error}", line=sheet.line_num) from None
    if total is None:
        raise BadInput(name, "the line of totals is missing; the file was cut short")
    return _summed(name, movements, total)


def _check_head(name: str, head: list[str]) -> None:
    if head and head[0].startswith("\ufeff"):
        head = [head[0].removeprefix("\ufeff"), *head[1:]]
    if tuple(head) != COLUMNS:
        raise BadInput(name, f"the first line is {','.join(COLUMNS)}", line=1)


def _movement(name: str, line: int, row: list[str]) -> Movement:
    kind, movement, charge, reference, amount, fee, currency, at = row
    if kind not in KINDS:
        raise BadInput(name, f"kind: {kind!r} is none of {', '.join(KINDS)}", line=line)
    for field, value in (("movement", movement), ("charge", charge)):
        if not 0 < len(value) <= _LONGEST:
            raise BadInput(name, f"{field}: an id of 1 to {_LONGEST} characters", line=line)
    if len(reference) > _LONGEST:
        raise BadInput(name, f"reference: at most {_LONGEST} characters", line=line)
    moved = _whole(name, line, "amount", amount)
    if (moved > 0) != (kind == "payment") or not moved:
        raise BadInput(name, f"amount: {amount} does not fit a {kind}", line=line)
    kept = _whole(name, line, "fee", fee)
    if kept < 0:
        raise BadInput(name, "fee: is 0 or more", line=line)
    _check_currency(name, line, currency)
    try:
        moment = parse_utc(at)
    except Invalid as error:
        raise BadInput(name, f"at: {error.message}", line=line) from None
    return Movement(kind, movement, charge, reference, moved, kept, currency, moment)


def _check_currency(name: str, line: int, currency: str) -> None:
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise BadInput(name, f"currency: {currency!r} is no ISO 4217 code", line=line)


def _whole(name: str, line: int, field: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 17):
        raise BadInput(name, f"{field}: {text!r} is no whole number of minor units", line=line)
    number = int(text)
    if abs(number) > _LARGEST_AMOUNT:
        raise BadInput(name, f"{field}: {text} is beyond any payment", line=line)
    return number


def _summed(name: str, movements: list[Movement], total: tuple[int, list[str]]) -> Settlement:
    line, row = total
    if not movements:
        raise BadInput(name, "the file has no movement", line=line)
    gross, fees = sum(one.amount for one in movements), sum(one.fee for one in movements)
    currency = movements[0].currency
    other = next((n for n, one in enumerate(movements, 2) if one.currency != currency), None)
    if other is not None:
        message = f"currency: the file is in {currency}; settle others apart"
        raise BadInput(name, message, line=other)
    said = {
        "movement": (str(len(movements)), row[1], "movements"),
        "amount": (str(gross), row[4], "in sum"),
        "fee": (str(fees), row[5], "of fees"),
        "currency": (currency, row[6], "is the currency"),
    }
    for field, (ours, theirs, what) in said.items():
        if ours != theirs:
            raise BadInput(
                name, f"{field}: the totals say {theirs}, the lines {ours} {what}", line=line
            )
    return Settlement(currency, tuple(movements), gross, fees)
