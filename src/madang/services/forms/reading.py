"""From what a form sent to values of JSON: one question, or one page with its repetitions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from madang.services.forms.checking import fault_of
from madang.services.forms.faults import Code, Fault
from madang.services.forms.widgets import DATE_PARTS, LISTS, field_of, widget_of
from madang.services.packages.questions import Question

Raw = Mapping[str, Sequence[str]]
YES, NO = "yes", "no"
LONGEST_FIELD = 20_000
_NUMBER = re.compile(r"[+-]?\d{1,16}(\.\d{1,10})?")
_DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,2}")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:시]\s?([0-5]\d)분?")


@dataclass(frozen=True)
class Read:
    """What a page was answered with: good values, faults, and all as it was written."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class Unreadable(ValueError):
    """What was written is no value of the question's kind."""

    def __init__(self, code: Code, part: str = "") -> None:
        super().__init__(code)
        self.code: Code = code
        self.part = part


def read_questions(
    questions: Sequence[Question], raw: Raw, today: date, item: int | None = None
) -> Read:
    """Return the answers to questions that stand on one page, and what is wrong with them.

    An answer that is wrong is not among the values; one left open is there as None.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for question in questions:
        try:
            value = value_of(question, raw, item)
        except Unreadable as wrong:
            faults.append(Fault(question.id, wrong.code, {}, item, wrong.part))
            continue
        fault = fault_of(question, value, today, item)
        if fault:
            faults.append(fault)
        else:
            values[question.id] = value
    return Read(values, tuple(faults))


def value_of(question: Question, raw: Raw, item: int | None = None) -> Any:
    """Return what was written as a value of JSON; None where nothing was.

    Raises
    ------
    Unreadable
        If it is no value of the question's kind; limits are looked at by `fault_of`.
    """
    widget = widget_of(question)
    if widget == "date":
        return _date(question, raw, item)
    given = [one[:LONGEST_FIELD] for one in raw.get(field_of(question.id, item), ())]
    if widget in LISTS or question.schema.get("type") == "array":
        return [_chosen(question, one) for one in given if one] or None
    text = unicodedata.normalize("NFC", given[-1]).replace("\r\n", "\n").strip() if given else ""
    if not text:
        return False if widget == "consent" and question.optional else None
    if widget == "consent":
        return True if text == YES else (False if question.optional else None)
    if question.choices:
        return _chosen(question, text)
    return _plain(str(question.schema.get("type", "string")), text, widget)


def _plain(kind: str, text: str, widget: str) -> Any:
    if kind == "boolean":
        if text not in (YES, NO):
            raise Unreadable("not-yes-no")
        return text == YES
    if kind in ("integer", "number"):
        return _number(kind, text)
    if widget == "time":
        found = _CLOCK.fullmatch(text)
        if not found:
            raise Unreadable("not-time")
        return f"{int(found[1]):02d}:{found[2]}"
    return text


def _number(kind: str, text: str) -> int | float:
    plain = unicodedata.normalize("NFKC", text)  # full-width digits of Korean keyboards
    plain = re.sub(r"[,\s₩']|원$", "", plain)
    if not plain.isascii() or not _NUMBER.fullmatch(plain):
        raise Unreadable("not-number")
    if "." not in plain:
        return int(plain)
    value = float(plain)
    if kind == "integer":
        if value % 1:
            raise Unreadable("not-whole")
        return int(value)
    return value


def _date(question: Question, raw: Raw, item: int | None) -> str | None:
    """Return an ISO day of three fields, or of one field for those who send it at once."""
    whole = (raw.get(field_of(question.id, item)) or ("",))[-1].strip()[:40]
    parts = [(raw.get(field_of(question.id, item, p)) or ("",))[-1].strip() for p in DATE_PARTS]
    if whole:
        found = _DAY.fullmatch(whole)
        if not found:
            raise Unreadable("not-date", "year")
        parts = list(found.groups())
    if not any(parts):
        return None
    numbers = []
    for name, text in zip(DATE_PARTS, parts, strict=True):
        plain = unicodedata.normalize("NFKC", text).rstrip("년월일. ")
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 4):
            raise Unreadable("not-date", name)
        numbers.append(int(plain))
    if numbers[0] < 1000:
        raise Unreadable("not-date", "year")
    try:
        return date(*numbers).isoformat()
    except ValueError:
        raise Unreadable("not-date", "day" if 1 <= numbers[1] <= 12 else "month") from None


def _chosen(question: Question, text: str) -> Any:
    """Return the value of a choice by what the form calls it."""
    for choice in question.choices:
        if choice_name(choice.value) == text:
            return choice.value
    for value in question.schema.get("items", question.schema).get("enum", ()):
        if choice_name(value) == text:
            return value
    raise Unreadable("not-choice")


def choice_name(value: object) -> str:
    """Return what a form calls a value that can be chosen."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def written(question: Question, value: Any, item: int | None = None) -> dict[str, list[str]]:
    """Return the fields of a form that say this value, so that it can be shown and changed."""
    name = field_of(question.id, item)
    if value is None:
        return {}
    if widget_of(question) == "date" and isinstance(value, str) and value.count("-") == 2:
        parts = zip(DATE_PARTS, value.split("-"), strict=True)
        return {field_of(question.id, item, part): [text.lstrip("0")] for part, text in parts}
    if isinstance(value, list):
        return {name: [choice_name(one) for one in value]}
    return {name: [choice_name(value)]}
