"""Faults of answers and answers themselves, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.services.forms.faults import Fault
from madang.services.forms.reading import choice_name
from madang.services.forms.widgets import widget_of
from madang.services.packages.questions import Question

DayText = Callable[[date], str]

_TEXTS = {
    "not-whole": gettext_noop("Write a whole number, such as 2."),
    "not-number": gettext_noop("Write a number in digits, such as 12."),
    "not-date": gettext_noop("There is no such day. Write year, month and day, such as 1951 3 24."),
    "not-time": gettext_noop("Write the time like 14:30."),
    "not-email": gettext_noop("Write the address like name@example.org."),
    "not-phone": gettext_noop("Write the number in digits, such as 010-1234-5678."),
    "not-choice": gettext_noop("Choose one of the answers that stand here."),
    "not-yes-no": gettext_noop("Choose yes or no."),
    "not-text": gettext_noop("Write the answer in words."),
    "too-short": gettext_noop("Write at least %(limit)s characters."),
    "too-long": gettext_noop("Write at most %(limit)s characters. You wrote %(length)s."),
    "too-small": gettext_noop("The number is too small. At least %(limit)s."),
    "too-large": gettext_noop("The number is too large. At most %(limit)s."),
    "below": gettext_noop("The number has to be more than %(limit)s."),
    "above": gettext_noop("The number has to be less than %(limit)s."),
    "too-early": gettext_noop("The day is too early. Not before %(limit)s."),
    "too-late": gettext_noop("The day is too late. Not after %(limit)s."),
    "before-today": gettext_noop("This day is over. Choose today or a later day."),
    "after-today": gettext_noop("This day is still to come. Choose today or an earlier day."),
    "not-multiple": gettext_noop("Write a multiple of %(limit)s."),
    "pattern": gettext_noop("This is not written as it has to be. Look at the hint above."),
    "too-few": gettext_noop("Choose at least %(limit)s."),
    "too-many": gettext_noop("Choose at most %(limit)s."),
    "twice": gettext_noop("Choose each only once."),
    "control": gettext_noop("There are signs here that cannot be seen. Type the answer again."),
    "consent": gettext_noop("Without your yes we cannot go on here. You can apply on paper or at a "
                            "counter."),
    "unknown": gettext_noop("This is not asked here."),
}  # fmt: skip
_MISSING = {
    "choice": gettext_noop("Choose an answer."),
    "choices": gettext_noop("Choose at least one answer."),
    "select": gettext_noop("Choose an answer."),
    "yes-no": gettext_noop("Choose yes or no."),
    "date": gettext_noop("Write the day: year, month and day."),
    "number": gettext_noop("Write a number."),
    "money": gettext_noop("Write the amount."),
    "address": gettext_noop("Write the address."),
    "district": gettext_noop("Choose a district."),
    "place": gettext_noop("Say where it is."),
    "phone": gettext_noop("Write a telephone number."),
    "email": gettext_noop("Write an e-mail address."),
}


def fault_text(fault: Fault, question: Question, day_text: DayText = date.isoformat) -> str:
    """Return what is wrong and what to do, as a sentence."""
    if fault.code == "missing":
        return _(_MISSING.get(widget_of(question), gettext_noop("Write an answer.")))
    values = dict(fault.values)
    name: str = fault.code
    if values.get("exclusive"):
        name = "below" if name == "too-small" else "above"
    if values.get("is_today"):
        name = "before-today" if name == "too-early" else "after-today"
    limit = values.get("limit")
    if isinstance(limit, date):
        values["limit"] = day_text(limit)
    elif isinstance(limit, int | float):
        values["limit"] = f"{limit:,}"
    return _(_TEXTS[name]) % values


def answer_text(
    question: Question, value: Any, day_text: DayText = date.isoformat,
    units: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Return an answer as people read it; a dash where there is none.

    Parameters
    ----------
    units : names of districts by code.
    """
    if value is None or value in ([], ""):
        return "–"
    if isinstance(value, list):
        return ", ".join(answer_text(question, one, day_text, units) for one in value)
    titles = {choice_name(choice.value): choice.title for choice in question.choices}
    if not titles and isinstance(value, bool):
        return _("Yes") if value else _("No")
    widget = widget_of(question)
    if widget == "date":
        return day_text(date.fromisoformat(value))
    if isinstance(value, int | float) and not titles:
        return _("%(amount)s won") % {"amount": f"{value:,}"} if widget == "money" else f"{value:,}"
    known = units or {} if widget == "district" else titles
    return known.get(choice_name(value), str(value))
