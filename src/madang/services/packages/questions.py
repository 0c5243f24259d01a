"""`pages.yaml`: the questions, each one a JSON Schema node, and the pages that ask them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from madang.services.packages.words import Count, FactName, Feel, Slug, Text

Widget = Literal[
    "text", "long-text", "number", "money", "date", "time", "yes-no", "choice", "choices",
    "select", "phone", "email", "address", "district", "place", "consent",
]  # fmt: skip


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """A value that can be chosen.

    value: what the fact becomes.
    title: what people read.
    hint: what it means.
    """

    value: str | int | bool
    title: Text
    hint: str = ""


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One question: the answer becomes the fact of the same id.

    id: the fact.
    ask: the question, as a sentence.
    why: why we ask.
    schema: JSON Schema 2020-12 node of the answer (`choices` adds its enum; `maximum`/`minimum` of
        dates may be `today`).
    hint: how to answer.
    widget: how it is asked; without one it follows from schema and choices.
    choices: values that can be chosen.
    when: condition under which it is asked.
    optional: whether it may stay open.
    prefill: what the answer is filled in from, if the person lets the city look: one of `prefills`
        of service.yaml. It can be changed; the office then sees both.
    fixed: whether what is filled in cannot be changed here, but at the register only.
    """

    id: FactName
    ask: Text
    why: Text
    schema: dict[str, Any]
    hint: str = ""
    widget: Widget | None = None
    choices: tuple[Choice, ...] = ()
    when: Feel | None = None
    optional: bool = False
    prefill: str = ""
    fixed: bool = False


class Repeat(Struct, frozen=True, forbid_unknown_fields=True):
    """A page that is asked once for each of several, such as each child; facts become lists."""

    min: Count = 1
    max: Annotated[int, Meta(ge=1, le=50)] = 10
    add: Text = "+"


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """One page of questions that belong together.

    id: its name in addresses.
    questions: ids, in order.
    title: heading; with one question, the question itself is.
    hint: what stands under the heading.
    when: condition under which it is shown.
    repeat: where it is asked several times.
    evidence: papers asked for on this page.
    """

    id: Slug
    questions: tuple[FactName, ...] = ()
    title: str = ""
    hint: str = ""
    when: Feel | None = None
    repeat: Repeat | None = None
    evidence: tuple[Slug, ...] = ()


class Pages(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; pages are shown in the order in which they stand."""

    questions: tuple[Question, ...] = ()
    pages: tuple[Page, ...] = ()
    consent: str = ""
