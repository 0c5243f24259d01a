"""Questions as the templates draw them: fields with what was written, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from madang.cases.application_knowing import Proposal
from madang.cases.case_words import register_title
from madang.city.api import profile
from madang.kernel.writing import weekday_text
from madang.services.api import (
    DATE_PARTS,
    Fault,
    Flow,
    Line,
    Question,
    Step,
    answer_text,
    choice_name,
    fault_text,
    field_of,
    first_field,
    read_questions,
    widget_of,
    written,
)

Raw = Mapping[str, Sequence[str]]
Option = tuple[str, str, str]
BUTTONS_AT_MOST = 10
QUICK_DAYS = 7
QUICK_NUMBERS = 6
WIDEST_RANGE = 30  # of a count, below which its first numbers are what most people answer
_AUTOCOMPLETE = {"phone": "tel", "email": "email", "address": "street-address"}
_INPUT = {"phone": "tel", "email": "email"}
_LEFT_TO_RIGHT = frozenset({"phone", "email", "number", "money", "time"})


@dataclass(frozen=True)
class DatePart:
    """One of the three fields of a day."""

    name: str
    label: str
    value: str
    width: int


@dataclass(frozen=True)
class Field:
    """A question as it is drawn.

    Parameters
    ----------
    name : of the field; `id` of the element that errors link to.
    values : what is written there.
    is_heading : whether the question already stands as the heading of the page.
    note : what it was filled in with, by whom and since when.
    fixed : the answer, where a register gave it and it is not asked.
    """

    question: Question
    name: str
    id: str
    widget: str
    values: Sequence[str]
    error: str = ""
    options: Sequence[Option] = ()
    parts: Sequence[DatePart] = ()
    is_heading: bool = False
    note: str = ""
    fixed: str = ""

    @property
    def unheaded(self) -> Field:
        """Return the field as it is drawn where its question is no heading of the page."""
        return replace(self, is_heading=False)

    @property
    def value(self) -> str:
        """Return what stands in a field of one value."""
        return self.values[-1] if self.values else ""

    @property
    def type(self) -> str:
        """Return the type of the input element."""
        return _INPUT.get(self.widget, "text")

    @property
    def inputmode(self) -> str:
        """Return which keyboard a phone shows."""
        if self.widget == "money" or self.question.schema.get("type") == "integer":
            return "numeric"
        return "decimal" if self.widget == "number" else ""

    @property
    def autocomplete(self) -> str:
        """Return what the browser may fill in by itself."""
        return _AUTOCOMPLETE.get(self.widget, "off")

    @property
    def ltr(self) -> bool:
        """Return whether the answer is written from left to right in every language."""
        return self.widget in _LEFT_TO_RIGHT

    @property
    def buttons(self) -> bool:
        """Return whether each answer can be a button of its own."""
        few = len(self.options) <= BUTTONS_AT_MOST
        return self.widget in ("yes-no", "choice") and few and not self.question.optional


@dataclass(frozen=True)
class Group:
    """The fields of one repetition of a page; `number` from 1, 0 where nothing repeats."""

    fields: Sequence[Field]
    number: int = 0


def groups_of(
    step: Step,
    flow: Flow,
    raw: Raw | None,
    faults: Sequence[Fault],
    proposed: Mapping[str, Proposal] | None = None,
) -> list[Group]:
    """Return the fields of a page, with what was just written, else answered, else proposed."""
    proposed = proposed or {}
    repeats = step.page.repeat is not None
    single = len(step.questions) == 1 and not repeats
    groups = []
    for item, questions in enumerate(step.groups):
        here = item if repeats else None
        fields = []
        for question in questions:
            value = flow.answers.get(question.id)
            if repeats:
                value = value[item] if isinstance(value, list) and item < len(value) else None
            offer = None if repeats else proposed.get(question.id)
            if value is None and offer:
                value = offer.value
            stands = raw if raw is not None else written(question, value, here)
            wrong = next((f for f in faults if f.question == question.id and f.item == here), None)
            drawn = field(question, stands, here, fault=wrong, is_heading=single)
            fields.append(_filled_in(drawn, offer, flow) if offer else drawn)
        groups.append(Group(fields, item + 1 if repeats else 0))
    return groups


def _filled_in(drawn: Field, offer: Proposal, flow: Flow) -> Field:
    line = Line(drawn.question, flow.answers.get(drawn.question.id, offer.value))
    fixed = line_text(replace(line, value=offer.value)) if offer.is_fixed else ""
    return replace(drawn, note=proposed_text(line, offer), fixed=fixed)


def proposed_text(line: Line, offer: Proposal) -> str:
    """Return who says what a question was filled in with, since when, and what can be done."""
    day = day_text(profile().local(offer.as_of).date())
    if offer.source.startswith("previous:"):
        return _("From your application of %(day)s.") % {"day": day}
    names = {"register": register_title(offer.source.partition(":")[2]), "day": day}
    if offer.is_fixed:
        return _("From the %(register)s, %(day)s. It can be corrected only there.") % names
    if line.value != offer.value:
        names["value"] = line_text(replace(line, value=offer.value))
        return _("The %(register)s says: %(value)s (%(day)s). The office sees both.") % names
    return _("From the %(register)s, %(day)s. Change it if it is not right.") % names


def field(
    question: Question,
    raw: Raw,
    item: int | None = None,
    *,
    fault: Fault | None = None,
    is_heading: bool = False,
) -> Field:
    """Return one question as it is drawn."""
    name = field_of(question.id, item)
    return Field(
        question=question,
        name=name,
        id=first_field(question, item),
        widget=widget_of(question),
        values=list(raw.get(name, ())),
        error=fault_text(fault, question, day_text) if fault else "",
        options=options_of(question),
        parts=_date_parts(question, raw, item) if widget_of(question) == "date" else (),
        is_heading=is_heading,
    )


def options_of(question: Question) -> list[Option]:
    """Return what can be chosen: name in the form, title, hint."""
    if question.choices:
        return [(choice_name(one.value), one.title, one.hint) for one in question.choices]
    if widget_of(question) == "yes-no":
        return [("yes", _("Yes"), ""), ("no", _("No"), "")]
    if widget_of(question) == "district":
        return [(code, name, "") for code, name in districts().items()]
    values = question.schema.get("items", question.schema).get("enum", ())
    return [(choice_name(one), str(one), "") for one in values]


def quick_answers(question: Question) -> list[tuple[str, str]]:
    """Return answers that most people give, as value and title: the next days, small numbers.

    They stand above the field in large type, each a button; the field takes all others.
    """
    today = profile().today()
    if widget_of(question) == "date" and question.schema.get("minimum") == "today":
        days = [today + timedelta(days=n) for n in range(2 * QUICK_DAYS)]
        found = [(day.isoformat(), _near(day, today)) for day in days]
        return [one for one in found if _fits(question, one[0], today)][:QUICK_DAYS]
    least, most = question.schema.get("minimum"), question.schema.get("maximum")
    if question.schema.get("type") != "integer" or not (
        isinstance(least, int) and isinstance(most, int) and 0 < most - least <= WIDEST_RANGE
    ):
        return []
    numbers = [str(n) for n in range(least, min(most + 1, least + QUICK_NUMBERS))]
    return [(one, one) for one in numbers if _fits(question, one, today)]


def _near(day: date, today: date) -> str:
    """Return a day of the next two weeks with its weekday, today and tomorrow by name."""
    city, language = profile(), get_language() or ""
    noon = datetime.combine(day, time(12), city.timezone)
    text = weekday_text(noon, language, today, city.habits(language))
    named = {0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    return f"{text} · {named}" if named else text


def _fits(question: Question, answer: str, today: date) -> bool:
    return not read_questions([question], {field_of(question.id, None): [answer]}, today).faults


def districts() -> dict[str, str]:
    """Return the names of the city's districts by code."""
    city = profile()
    language = get_language() or ""
    return {unit.code: unit.name(language) for unit in city.units(city.district_level)}


def _date_parts(question: Question, raw: Raw, item: int | None) -> list[DatePart]:
    titles = {
        "year": pgettext("part of a date", "Year"),
        "month": pgettext("part of a date", "Month"),
        "day": pgettext("part of a date", "Day"),
    }
    found = []
    for part in DATE_PARTS:
        name = field_of(question.id, item, part)
        stands = raw.get(name) or [""]
        found.append(DatePart(name, titles[part], stands[-1], 4 if part == "year" else 2))
    return found


def error_links(step: Step, faults: Sequence[Fault]) -> list[tuple[str, str]]:
    """Return (id of the field, sentence) for the summary above the form."""
    asked = {question.id: question for question in step.questions}
    links = []
    for fault in faults:
        question = asked.get(fault.question)
        if question is None:
            continue
        text = fault_text(fault, question, day_text)
        where = f"{question.ask} ({fault.item + 1})" if fault.item is not None else question.ask
        target = first_field(question, fault.item)
        if fault.part:
            target = field_of(question.id, fault.item, fault.part)
        links.append((target, text if len(asked) == 1 else f"{where} — {text}"))
    return links


def line_text(line: Line) -> str:
    """Return an answer as people read it."""
    units = districts() if widget_of(line.question) == "district" else None
    return answer_text(line.question, line.value, day_text, units)


def day_text(day: date) -> str:
    """Return a day in the reader's language."""
    return profile().date_text(day, get_language() or "")
