"""An answer of the assistant as bubbles: words, then plan, sides or sources, then facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from madang.assistant.engine.dialogue import Answered, Choice, Line, Passage, PlanCard, Side
from madang.assistant.kakao import bubbles
from madang.assistant.kakao.bubbles import Bubble

_WORDS_SHOWN = 400


def skill_response(answered: Answered, origin: str, said: Iterable[str] = ()) -> dict[str, Any]:
    """Return what Kakao shows for an answer.

    Parameters
    ----------
    origin : of the portal (`https://...`), before addresses of its pages.
    said : what an operator wrote meanwhile; it comes first.
    """
    words = [bubbles.simple_text(text) for text in said][-2:]
    outputs = [*words, bubbles.simple_text(answered.text)]
    outputs += [bubble for bubble in (_shown(answered, origin), _facts(answered)) if bubble]
    return bubbles.response(outputs, _quick_replies(answered))


def offered(answered: Answered) -> dict[str, str]:
    """Return the keys of choices by the words that their buttons say."""
    return {bubbles.shortened(one.label, bubbles.MESSAGE): one.key for one in _keyed(answered)}


def apology(text: str, lines: Iterable[Line] = ()) -> dict[str, Any]:
    """Return what Kakao shows where something went wrong: words, and numbers to call."""
    return bubbles.response([bubbles.simple_text(text), *_numbers(lines)])


def _shown(answered: Answered, origin: str) -> Bubble | None:
    if answered.plan is not None and answered.plan.steps:
        return _plan(answered.plan, origin)
    if answered.sides:
        return bubbles.one_or_many([_side(one, origin) for one in answered.sides])
    if answered.passages:
        return _sources(answered, origin)
    lines = answered.lines or (answered.hand_over.lines if answered.hand_over else ())
    return next(iter(_numbers(lines)), None)


def _plan(plan: PlanCard, origin: str) -> Bubble:
    page = bubbles.web_button(_("Whole checklist"), _address(plan.url, origin))
    if len(plan.steps) <= bubbles.MOST_ITEMS:
        items = [
            bubbles.item(one.title, _when_and_where(one.due_text, one.office),
                         _address(one.apply or plan.url, origin))
            for one in plan.steps
        ]  # fmt: skip
        return bubbles.list_card(plan.title, items, [page])
    cards = [
        bubbles.basic_card(
            one.title,
            "\n".join(filter(None, (one.due_text, one.office))) or plan.title,
            [bubbles.web_button(_("Apply"), _address(one.apply, origin))] if one.apply else [page],
        )
        for one in plan.steps
    ]
    if len(cards) > bubbles.MOST_CARDS:
        left = len(cards) - bubbles.MOST_CARDS + 1
        more = _("%(n)s more steps are in the checklist.") % {"n": left}
        cards[bubbles.MOST_CARDS - 1 :] = [bubbles.basic_card(plan.title, more, [page])]
    return bubbles.one_or_many(cards)


def _side(side: Side, origin: str) -> Bubble:
    words = "\n".join(line for one in side.passages for line in one.lines)
    url = next((one.source.url for one in side.passages if one.source.url), "")
    buttons = [bubbles.web_button(_("Open the page"), _address(url, origin))] if url else []
    return bubbles.basic_card(side.label, words or side.label, buttons)


def _sources(answered: Answered, origin: str) -> Bubble:
    """Return where the answer stands: page, version, day; and buttons that lead on."""
    sources = {one.source.key: one for one in answered.passages}
    links = [one for one in answered.choices if one.url and not one.key]
    buttons = [bubbles.web_button(one.label, _address(one.url, origin)) for one in links]
    items = [
        bubbles.item(one.source.title, _edition(one), _address(one.source.url, origin))
        for one in sources.values()
    ]
    return bubbles.list_card(_("Where it says so"), items, buttons)


def _edition(passage: Passage) -> str:
    source = passage.source
    version = _("version %(version)s") % {"version": source.version} if source.version else ""
    return " · ".join(filter(None, (version, source.date[:10], source.office)))


def _facts(answered: Answered) -> Bubble | None:
    """Return what is known as a card, to be corrected in words."""
    if not answered.facts:
        return None
    inferred = _("inferred")
    lines = [
        f"{one.label}: {one.shown}" + (f" ({inferred})" if one.source == "inferred" else "")
        for one in answered.facts
    ]
    card = bubbles.basic_card(_("What you told us"), "\n".join(lines))
    return {"basicCard": card}


def _numbers(lines: Iterable[Line]) -> list[Bubble]:
    found = list(lines)
    if not found:
        return []
    words = "\n".join(" · ".join(filter(None, (one.title, one.number, one.hours))) for one in found)
    buttons = [bubbles.phone_button(_("Call %(n)s") % {"n": one.number}, one.number)
               for one in found]  # fmt: skip
    return [{"basicCard": bubbles.basic_card("", words, buttons)}]


def _quick_replies(answered: Answered) -> list[Bubble]:
    return [bubbles.message_button(one.label) for one in _keyed(answered)]


def _keyed(answered: Answered) -> list[Choice]:
    asked = answered.question.options if answered.question else ()
    return [one for one in (*asked, *answered.choices) if one.key][: bubbles.MOST_QUICK_REPLIES]


def _when_and_where(due: str, office: str) -> str:
    return " · ".join(filter(None, (due, office)))


def _address(url: str, origin: str) -> str:
    return url if url.startswith(("http://", "https://")) else f"{origin}{url}"
