"""The questions of a package as a paper form has them: all of them, numbered, with "only if"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from madang.services.forms.reading import choice_name
from madang.services.forms.widgets import widget_of
from madang.services.packages.package import Package
from madang.services.packages.questions import Page, Question

# kinds of `madang.records.api.Question`
_KINDS = {
    "number": "number", "money": "number", "date": "date", "yes-no": "choice", "choice": "choice",
    "select": "choice", "choices": "choices", "consent": "check", "long-text": "long",
    "address": "long", "place": "long",
}  # fmt: skip
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_IS = re.compile(r'([a-z][a-z0-9_]*)\s*=\s*"([^"]*)"')
_TRUE = re.compile(r"([a-z][a-z0-9_]*)(?:\s*=\s*true)?")
_FALSE = re.compile(r"not\(\s*([a-z][a-z0-9_]*)\s*\)|([a-z][a-z0-9_]*)\s*=\s*false")


@dataclass(frozen=True)
class PaperOption:
    """One answer that can be ticked."""

    value: str
    label: str


@dataclass(frozen=True)
class PaperQuestion:
    """One question on paper; fields as those of `madang.records.api.Question`.

    id: fact, by which what was written is keyed in; `item` the repetition on the paper, from 0.
    """

    id: str
    number: str
    label: str
    kind: str
    hint: str = ""
    why: str = ""
    options: tuple[PaperOption, ...] = ()
    is_required: bool = True
    only_if: str = ""
    answer: str = ""
    unit: str = ""
    item: int | None = None


@dataclass(frozen=True)
class PaperSection:
    """Questions that belong together; `page` is the page of the package."""

    page: str
    title: str
    questions: tuple[PaperQuestion, ...]
    intro: str = ""


def form_of(
    package: Package, answers: Mapping[str, Any] | None = None, language: str = ""
) -> tuple[PaperSection, ...]:
    """Return the whole form of a package, blank or filled in with what is known.

    Parameters
    ----------
    package : in the language of the paper.
    answers : values by fact.
    language : of what the house itself says ("only if ..."); the package's own without one.
    """
    with translation.override(language or package.service.language):
        return _sections(package, answers or {})


def _sections(package: Package, answers: Mapping[str, Any]) -> tuple[PaperSection, ...]:
    numbers: dict[str, str] = {}
    sections = []
    for page in package.pages.pages:
        asked = [package.questions[name] for name in page.questions if name in package.questions]
        if not asked:
            continue
        for question in asked:
            numbers.setdefault(question.id, str(len(numbers) + 1))
        times = _times(page, answers)
        for item in range(times):
            row = item if page.repeat else None
            title = page.title or (asked[0].ask if len(asked) == 1 else "")
            title = f"{title} ({item + 1})" if page.repeat else title
            found = tuple(
                _question(package, page, q, numbers, answers=answers, item=row) for q in asked
            )
            intro = page.hint
            if page.repeat and item == times - 1:
                intro = f"{intro} {_('If there are more, copy this part.')}".strip()
            sections.append(PaperSection(page.id, title, found, intro))
    return tuple(sections)


def _times(page: Page, answers: Mapping[str, Any]) -> int:
    """Return how often a repeated page is printed: twice, or as often as it is answered."""
    if page.repeat is None:
        return 1
    lists = [answers.get(name) for name in page.questions]
    longest = max((len(one) for one in lists if isinstance(one, list)), default=0)
    return min(page.repeat.max, max(longest, page.repeat.min, 2))


def _question(
    package: Package,
    page: Page,
    question: Question,
    numbers: Mapping[str, str],
    *,
    answers: Mapping[str, Any],
    item: int | None,
) -> PaperQuestion:  # fmt: skip
    widget = widget_of(question)
    value = answers.get(question.id)
    if item is not None:
        value = value[item] if isinstance(value, list) and item < len(value) else None
    conditions = [text for text in (page.when, question.when) if text]
    return PaperQuestion(
        id=question.id,
        number=numbers[question.id] + (f"-{item + 1}" if item is not None else ""),
        label=question.ask,
        kind=_KINDS.get(widget, "line"),
        hint=question.hint,
        why=question.why,
        options=_options(question),
        is_required=not question.optional,
        only_if=" ".join(_only_if(package, text, numbers) for text in conditions),
        answer=_answer(value),
        unit=_("won") if widget == "money" else "",
        item=item,
    )


def _options(question: Question) -> tuple[PaperOption, ...]:
    if question.choices:
        return tuple(PaperOption(choice_name(c.value), c.title) for c in question.choices)
    if widget_of(question) == "yes-no":
        return (PaperOption("yes", _("Yes")), PaperOption("no", _("No")))
    return ()


def _answer(value: Any) -> str:
    """Return an answer as paper forms of `records` want it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(choice_name(one) for one in value)
    return choice_name(value)


def _only_if(package: Package, text: str, numbers: Mapping[str, str]) -> str:
    """Return a condition in words; of a complicated one, only which answers it looks at."""
    plain = text.strip()
    if (found := _IS.fullmatch(plain)) and found[1] in numbers:
        title = _title(package.questions[found[1]], found[2])
        return _("Only if you answered “%(answer)s” to question %(n)s.") % {
            "answer": title, "n": numbers[found[1]],
        }  # fmt: skip
    if (found := _FALSE.fullmatch(plain)) and (found[1] or found[2]) in numbers:
        return _said(_("No"), numbers[found[1] or found[2]])
    if (found := _TRUE.fullmatch(plain)) and found[1] in numbers:
        return _said(_("Yes"), numbers[found[1]])
    used = [numbers[w] for w in _WORD.findall(_QUOTED.sub("", plain)) if w in numbers]
    if not used:
        return _("Only if it applies to you; the office tells you.")
    listed = ", ".join(sorted(set(used), key=int))
    return _("Only for some answers to question %(n)s. If in doubt, leave it open.") % {"n": listed}


def _said(answer: str, number: str) -> str:
    return _("Only if you answered “%(answer)s” to question %(n)s.") % {
        "answer": answer, "n": number,
    }  # fmt: skip


def _title(question: Question, value: str) -> str:
    return next((c.title for c in question.choices if str(c.value) == value), value)
