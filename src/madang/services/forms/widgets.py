"""How a question is asked: its widget, and the names of its fields in a form."""

from __future__ import annotations

from madang.services.packages.questions import Question, Widget

LONG_TEXT = 200  # characters from which on an answer gets several lines
MOST_RADIOS = 8  # choices that are still seen at once
DATE_PARTS = ("year", "month", "day")
LISTS: frozenset[str] = frozenset({"choices"})
_BY_FORMAT: dict[str, Widget] = {"date": "date", "time": "time", "email": "email"}
_BY_TYPE: dict[str, Widget] = {
    "boolean": "yes-no", "integer": "number", "number": "number", "array": "choices",
}  # fmt: skip


def widget_of(question: Question) -> Widget:
    """Return the widget that a package names, or that follows from schema and choices.

    >>> widget_of(Question(id="sure", ask="?", why="?", schema={"type": "boolean"}))
    'yes-no'
    """
    if question.widget:
        return question.widget
    schema = question.schema
    if question.choices and schema.get("type") != "array":
        return "choice" if len(question.choices) <= MOST_RADIOS else "select"
    kind = str(schema.get("type", "string"))
    if kind != "string":
        return _BY_TYPE.get(kind, "text")
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    return "long-text" if schema.get("maxLength", 0) > LONG_TEXT else "text"


def field_of(question: str, item: int | None = None, part: str = "") -> str:
    """Return the name of a field: the fact, the number of the repetition, the part of a date.

    >>> field_of("child_born", 1, "year"), field_of("copies")
    ('child_born-2-year', 'copies')
    """
    parts = [question] if item is None else [question, str(item + 1)]
    return "-".join([*parts, part] if part else parts)


def first_field(question: Question, item: int | None = None) -> str:
    """Return the id of the element that a link to a question goes to."""
    return field_of(question.id, item, "year" if widget_of(question) == "date" else "")


def fields_of(question: Question, item: int | None = None) -> list[str]:
    """Return the names of all fields of a question."""
    if widget_of(question) == "date":
        return [field_of(question.id, item, part) for part in DATE_PARTS]
    return [field_of(question.id, item)]
