"""The rules of a service as people can read them (PIPA art. 37-2(4): criteria are public).

A condition is said in words where its form is one of those that packages use; any other stands as
it is written, in FEEL.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from madang.services.packages.package import Package
from madang.services.packages.refunds import ENDED_BY, REFUND
from madang.services.packages.rules import Decision, Input, Row
from madang.services.packages.texts import key_of
from madang.services.spoken import Spoken
from madang.services.words import ENDINGS, OUTCOMES

_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_RANGE = re.compile(r"([\[(\]])\s*([^.\[\]()]+?)\s*\.\.\s*([^\[\]()]+?)\s*([\])\[])")
_TEXTS = re.compile(r'\s*"([^"\\]*)"\s*(?:,\s*"([^"\\]*)"\s*)*')
_QUOTED = re.compile(r'"([^"\\]*)"')
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Condition:
    """One condition of a row: what is looked at, and what it must be; `code` where it is FEEL."""

    title: str
    text: str
    code: bool = False


@dataclass(frozen=True)
class ShownRow:
    """A row of a table: conditions, conclusions, why, and on which law."""

    conditions: tuple[Condition, ...]
    results: tuple[str, ...]
    because: str
    law: str


@dataclass(frozen=True)
class ShownTable:
    """A decision as people read it; `value` is an expression instead of rows."""

    id: str
    title: str
    rows: tuple[ShownRow, ...]
    value: str = ""
    law: str = ""
    first_counts: bool = False


def shown_tables(package: Package, say: Spoken) -> list[ShownTable]:
    """Return the decisions of a package in the reader's language, the outcome first."""
    ordered = sorted(package.rules, key=lambda item: item.id != "outcome")
    return [_table(package, item, say) for item in ordered]


def rule_tables(package: Package, language: str) -> list[ShownTable]:
    """Return the decisions of a package in a language, for pages of other rooms."""
    return shown_tables(package, Spoken(package, language))


def _table(package: Package, item: Decision, say: Spoken) -> ShownTable:
    return ShownTable(
        id=item.id,
        title=say(f"rules.{item.id}.title", item.title),
        rows=tuple(_row(package, item, row, say) for row in item.rows),
        value=item.value or "",
        law=say.law(item.law),
        first_counts=item.hit == "FIRST",
    )


def _row(package: Package, item: Decision, row: Row, say: Spoken) -> ShownRow:
    conditions = tuple(
        condition(package, item, column, test, say)
        for column, test in zip(item.inputs, row.when, strict=False)
        if test.strip() not in ("", "-")
    )
    in_words = _share if item.id == REFUND else _result
    results = tuple(in_words(package, name, say) for name in row.then)
    because = say(f"rules.{item.id}.{row.id}.because", row.because)
    return ShownRow(conditions, results, because, say.law(row.law))


def condition(package: Package, item: Decision, column: Input, test: str, say: Spoken) -> Condition:
    """Return one condition in words."""
    fact = package.facts.get(column.of)
    own = say(f"facts.{column.of}.title", fact.title) if fact else column.of
    number = item.inputs.index(column)
    title = say(f"rules.{item.id}.inputs.{number}.title", column.title) or own
    text = _in_words(package, column.of, test.strip(), say)
    return Condition(title, text or test, code=not text)


def _in_words(package: Package, of: str, test: str, say: Spoken) -> str:
    """Return a unary test in words; empty where its form is none of those known."""
    plain = {"true": _("yes"), "false": _("no"), "null": _("not known")}
    if test in plain:
        return plain[test]
    if test.startswith("not(") and test.endswith(")"):
        inside = _in_words(package, of, test[4:-1].strip(), say)
        return _("not: %(text)s") % {"text": inside} if inside else ""
    if compared := _COMPARED.fullmatch(test):
        return _compared(compared[1], _operand(package, of, compared[2], say))
    if ranged := _RANGE.fullmatch(test):
        return _ranged(package, of, ranged, say)
    if _TEXTS.fullmatch(test):
        names = [_value_title(package, of, value, say) for value in _QUOTED.findall(test)]
        return _(" or ").join(names)
    return test if _NUMBER.fullmatch(test) else ""


def _compared(sign: str, operand: str) -> str:
    if not operand:
        return ""
    text = {
        "<": _("less than %(value)s"),
        "<=": _("at most %(value)s"),
        ">": _("more than %(value)s"),
        ">=": _("at least %(value)s"),
    }[sign]
    return text % {"value": operand}


def _ranged(package: Package, of: str, found: re.Match[str], say: Spoken) -> str:
    low, high = (_operand(package, of, found[number], say) for number in (2, 3))
    if not low or not high:
        return ""
    lower = _compared(">=" if found[1] == "[" else ">", low)
    upper = _compared("<=" if found[4] == "]" else "<", high)
    return _("%(lower)s and %(upper)s") % {"lower": lower, "upper": upper}


def _operand(package: Package, of: str, text: str, say: Spoken) -> str:
    """Return what a value is compared with: a number, a parameter or a fact by its title."""
    word = text.strip()
    if _NUMBER.fullmatch(word):
        number = json.loads(word)
        return f"{number:,}"
    if quoted := _QUOTED.fullmatch(word):
        return _value_title(package, of, quoted[1], say)
    for parameter in package.parameters:
        if parameter.id == word:
            return say(f"parameters.{word}.title", parameter.title)
    fact = package.facts.get(word)
    return say(f"facts.{word}.title", fact.title) if fact else ""


def _value_title(package: Package, of: str, value: str, say: Spoken) -> str:
    if of == ENDED_BY:
        return _ending_title(package, value, say)
    question = package.questions.get(of)
    for choice in question.choices if question else ():
        if key_of(choice.value) == value:
            return say(f"questions.{of}.choices.{value}.title", choice.title)
    return say.own(value)


def _ending_title(package: Package, value: str, say: Spoken) -> str:
    """Return how a verb ends a case, in words: its own title, or that of its kind."""
    for verb in package.process.verbs:
        if verb.id == value:
            own = say(f"process.verbs.{value}.title", verb.title)
            return own or _(ENDINGS.get(verb.kind, value))
    return say.own(value)


def _share(package: Package, written: str, say: Spoken) -> str:
    """Return what comes back in words; as written where it is an expression."""
    if _NUMBER.fullmatch(written.strip()):
        return _("%(share)s %% of what was paid") % {"share": written.strip()}
    return _operand(package, "", written, say) or written


def _result(package: Package, written: str, say: Spoken) -> str:
    """Return a conclusion in words; as written where it is an expression."""
    quoted = _QUOTED.fullmatch(written.strip())
    if quoted is None:
        return _operand(package, "", written, say) or written
    return _(OUTCOMES[quoted[1]]) if quoted[1] in OUTCOMES else quoted[1]
