"""Bubbles of KakaoTalk, each within what Kakao shows: longer texts are cut at a word.

References
----------
.. [1] Kakao Business, "응답 타입별 JSON 포맷": SkillTemplate and its components.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

VERSION = "2.0"
"""Without it Kakao takes an answer for one of the first version."""

MOST_OUTPUTS = 3
MOST_QUICK_REPLIES = 10
MOST_CARDS = 10
MOST_ITEMS = 5
MOST_CARD_BUTTONS = 3
MOST_LIST_BUTTONS = 2
TEXT = 1_000
TITLE = 50
DESCRIPTION = 230
HEADER = 15
ITEM_TITLE = 36
ITEM_DESCRIPTION = 36
LABEL = 14
MESSAGE = 200

Bubble = dict[str, Any]


def response(outputs: Iterable[Bubble], quick_replies: Iterable[Bubble] = ()) -> dict[str, Any]:
    """Return a whole answer: at most three bubbles and ten quick replies."""
    template: dict[str, Any] = {"outputs": list(outputs)[:MOST_OUTPUTS]}
    replies = list(quick_replies)[:MOST_QUICK_REPLIES]
    if replies:
        template["quickReplies"] = replies
    return {"version": VERSION, "template": template}


def waiting(text: str) -> dict[str, Any]:
    """Return the answer that says: the real one comes by callback."""
    return {"version": VERSION, "useCallback": True, "data": {"text": shortened(text, TEXT)}}


def simple_text(text: str) -> Bubble:
    """Return a bubble of words."""
    return {"simpleText": {"text": shortened(text, TEXT) or "-"}}


def basic_card(
    title: str, description: str, buttons: Iterable[Bubble] = (), thumbnail: str = ""
) -> Bubble:
    """Return the inside of a card: a title, words, up to three buttons, a picture."""
    card: Bubble = {}
    if title:
        card["title"] = shortened(title, TITLE)
    if description:
        card["description"] = shortened(description, DESCRIPTION)
    if thumbnail:
        card["thumbnail"] = {"imageUrl": thumbnail, "fixedRatio": True}
    pressed = list(buttons)[:MOST_CARD_BUTTONS]
    if pressed:
        card["buttons"] = pressed
    return card


def one_or_many(cards: Sequence[Bubble]) -> Bubble:
    """Return a card as a bubble, several as a carousel of ten at most."""
    if len(cards) == 1:
        return {"basicCard": cards[0]}
    return {"carousel": {"type": "basicCard", "items": list(cards[:MOST_CARDS])}}


def list_card(header: str, items: Sequence[Bubble], buttons: Iterable[Bubble] = ()) -> Bubble:
    """Return a bubble of up to five lines under a header."""
    card: Bubble = {
        "header": {"title": shortened(header, HEADER)},
        "items": list(items[:MOST_ITEMS]),
    }
    pressed = list(buttons)[:MOST_LIST_BUTTONS]
    if pressed:
        card["buttons"] = pressed
    return {"listCard": card}


def item(title: str, description: str = "", link: str = "") -> Bubble:
    """Return a line of a list card."""
    found: Bubble = {"title": shortened(title, ITEM_TITLE)}
    if description:
        found["description"] = shortened(description, ITEM_DESCRIPTION)
    if link:
        found["link"] = {"web": link}
    return found


def web_button(label: str, address: str) -> Bubble:
    """Return a button that opens a page."""
    return {"action": "webLink", "label": shortened(label, LABEL), "webLinkUrl": address}


def phone_button(label: str, number: str) -> Bubble:
    """Return a button that calls a number."""
    return {"action": "phone", "label": shortened(label, LABEL), "phoneNumber": number}


def message_button(label: str, text: str = "") -> Bubble:
    """Return a button, or a quick reply, that says a text as if the resident wrote it."""
    return {
        "action": "message",
        "label": shortened(label, LABEL),
        "messageText": shortened(text or label, MESSAGE),
    }


def shortened(text: str, most: int) -> str:
    """Return a text of so many characters at most, cut at a word, with an ellipsis.

    Examples
    --------
    >>> shortened("전입신고를 할 곳", 8)
    '전입신고를 할…'
    """
    text = text.strip()
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,.·") + "…"


def is_valid(answer: Mapping[str, Any]) -> bool:
    """Return whether an answer has the version and no more bubbles than Kakao takes."""
    if answer.get("useCallback"):
        return answer.get("version") == VERSION
    template = answer.get("template", {})
    return (
        answer.get("version") == VERSION
        and 1 <= len(template.get("outputs", ())) <= MOST_OUTPUTS
        and len(template.get("quickReplies", ())) <= MOST_QUICK_REPLIES
    )
