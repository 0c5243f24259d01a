"""Whether everything exact in an answer stands in its sources.

Numbers with their units, dates, times, amounts, phones, shares, addresses: each must be there,
however it is written (`engine.quantities`), and a limit must not be turned round (at least, at
most). What an answer says beside them is not judged here; that is why an answer in words has to
name its passages, and why the passages are shown with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from madang.assistant.engine.quantities import Quantity, quantities

_LIST_MARK = re.compile(r"(?m)^[ \t]*(\d{1,2})[.)][ \t]+")
_CITATION = re.compile(r"\[(\d{1,2}(?:\s?,\s?\d{1,2})*)\]")
_LINK_TOKEN = re.compile(r"\[?\blink_\d+\b\]?")
_ALIKE_UNITS = ({"year", "age"}, {"item", "time"})
_ALIKE_BOUNDS = (
    {"over", "gt"}, {"over", "ge"}, {"under", "lt"}, {"under", "le"}, {"within", "le"},
)  # fmt: skip


def unsupported(answer: str, sources: Iterable[str], *, passages: int = 0) -> list[Quantity]:
    """Return what is exact in an answer and stands in none of its sources.

    Parameters
    ----------
    answer
        The text to be checked.
    sources
        The texts that it may draw on: passages that it cites, output of the planner, the question.
    passages
        How many passages there were: marks such as ``[2]`` up to that number are citations.

    Examples
    --------
    >>> passage = "수수료는 30,000원이며 전입한 날부터 14일 이내에 신고합니다. 문의 02-2133-1234"
    >>> unsupported("3만 원을 내고 14일 안에 신고하세요. ☎ (02)2133-1234", [passage])
    []
    >>> [one.text for one in unsupported("수수료는 3천 원, 30일 이내", [passage])]
    ['3000 원', '30일']
    """
    stated = quantities(_without_marks(answer, passages))
    if not stated:
        return []
    known = [one for source in sources for one in quantities(source)]
    return [one for one in stated if not any(_supports(other, one) for other in known)]


def _without_marks(answer: str, passages: int) -> str:
    """Return an answer without what orders and cites: list marks from 1 on, [1], links."""
    answer = _LINK_TOKEN.sub(" ", answer)

    def cited(match: re.Match[str]) -> str:
        numbers = [int(number) for number in match[1].split(",")]
        return " " if all(1 <= number <= passages for number in numbers) else match[0]

    answer = _CITATION.sub(cited, answer)
    marks = [int(mark) for mark in _LIST_MARK.findall(answer)]
    if len(marks) > 1 and marks == list(range(1, len(marks) + 1)):
        answer = _LIST_MARK.sub("", answer)
    return answer


def _supports(known: Quantity, stated: Quantity) -> bool:
    if stated.kind == "date":
        return known.kind == "date" and _same_date(known.value, stated.value)
    if stated.kind == "month":
        month = known.value[:-3] if known.kind == "date" else known.value
        return known.kind in ("month", "date") and _same_date(month, stated.value)
    if stated.kind == "weekday":
        return _weekday_of(known) == stated.value
    if known.kind != stated.kind or known.value != stated.value:
        return False
    aged = known.unit == "age" and not stated.unit and stated.bound  # 65 or older
    return bool(aged or _alike(known.unit, stated.unit, _ALIKE_UNITS)) and (
        not known.bound or not stated.bound or _alike(known.bound, stated.bound, _ALIKE_BOUNDS)
    )


def _same_date(known: str, stated: str) -> bool:
    """Return whether a date is the known one; without its year, it is any year's."""
    return known == stated or (stated.startswith("-") and known[4:] == stated[1:])


def _weekday_of(known: Quantity) -> str:
    if known.kind == "date" and not known.value.startswith("-"):
        return str(date.fromisoformat(known.value).weekday())
    return known.value if known.kind == "weekday" else ""


def _alike(one: str, other: str, sets: Sequence[set[str]]) -> bool:
    return one == other or any({one, other} <= alike for alike in sets)
