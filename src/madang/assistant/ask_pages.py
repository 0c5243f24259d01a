"""The page of a conversation: works by forms; with JavaScript only what is new is put in.

The id of the conversation stands in a cookie that scripts cannot read, never in an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.assistant import api, planning, throttle
from madang.assistant.asking import LONGEST
from madang.assistant.errors import UnknownConversation
from madang.assistant.pages import Field, field_of
from madang.assistant.review.kinds import SAYS_SOMETHING, kind_of
from madang.city.api import profile
from madang.identity.api import client_address
from madang.kernel.errors import Conflict, Invalid, LimitReached
from madang.kernel.language_marks import marked_typed

COOKIE = "madang_ask"
DISTRICT_COOKIE = "madang_district"  # set by web, which a room may not import
_KEPT_S = 35 * 24 * 3600


@dataclass(frozen=True)
class Known:
    """A fact with the field that corrects it."""

    name: str
    label: str
    shown: str
    inferred: bool
    field: Field | None


@never_cache
@sensitive_post_parameters("text", "choice")
def ask(request: HttpRequest) -> HttpResponse:
    """Take a turn, or show the conversation."""
    if request.method != "POST":
        return _page(request, str(request.GET.get("q", ""))[:LONGEST])
    if request.POST.get("act") in ("new", "forget"):
        return _ended(request)
    return _judged(request) if request.POST.get("helpful") else _taken(request)


def _taken(request: HttpRequest) -> HttpResponse:
    text = str(request.POST.get("text", ""))
    try:
        throttle.within_limit(client_address(request))
        found = _turn(request, text)
    except UnknownConversation:
        answer = _page(request, text, error=_("The conversation was forgotten. Begin anew."))
        answer.delete_cookie(COOKIE, reverse("ask"))
        return answer
    except LimitReached:
        return _page(request, text, error=_("That was too fast. Wait a moment."), status=429)
    except Invalid as error:
        return _page(request, text[:LONGEST], error=_fault(error, text), status=422)
    response = redirect(f"{reverse('ask')}#turn-{found.number}")
    response.set_cookie(
        COOKIE, found.conversation, max_age=_KEPT_S, path=reverse("ask"), httponly=True,
        secure=request.is_secure(), samesite="Lax",
    )  # fmt: skip
    return response


def _turn(request: HttpRequest, text: str) -> api.Answered:
    choice = str(request.POST.get("choice", ""))[:200]
    corrected = str(request.POST.get("correct", ""))[:60]
    if corrected:
        choice = f"fact:{corrected}={str(request.POST.get(corrected, ''))[:200]}"
    language = get_language() or "ko"
    district = request.COOKIES.get(DISTRICT_COOKIE, "")[:20]
    there = request.COOKIES.get(COOKIE) or None
    try:
        return api.turn(
            there, text, language=language, channel="web", choice=choice, district=district
        )
    except UnknownConversation:
        if not text.strip() or choice:
            raise
        return api.turn(None, text, language=language, channel="web", district=district)


def _ended(request: HttpRequest) -> HttpResponse:
    """Begin anew; with `forget` the conversation is deleted at once."""
    there = request.COOKIES.get(COOKIE, "")
    if there and request.POST.get("act") == "forget":
        with suppress(UnknownConversation):  # it is gone, as was wished
            api.forget(there)
    response = redirect("ask")
    response.delete_cookie(COOKIE, reverse("ask"))
    return response


def _judged(request: HttpRequest) -> HttpResponse:
    """Keep whether the answer of a turn helped; one that is gone is passed over."""
    number, said = str(request.POST.get("turn", "")), request.POST.get("helpful")
    if not number.isdecimal() or len(number) > 9:
        return redirect("ask")
    with suppress(UnknownConversation, Conflict):
        there = request.COOKIES.get(COOKIE, "")
        api.helped(there, int(number), is_helpful=said == "yes")
    return redirect(f"{reverse('ask')}?thanks={number}#now")


def _fault(error: Invalid, text: str) -> str:
    if len(text) > LONGEST:
        return _("This is longer than %(most)s characters. Write the main thing first.") % {
            "most": f"{LONGEST:,}"
        }
    if not text.strip() and not error.fields.get("choice"):
        return _("Write what you need.")
    return _("This cannot be taken as it stands. Choose again, or write it in words.")


def _page(request: HttpRequest, text: str, *, error: str = "", status: int = 200) -> HttpResponse:
    talk = _talk(request)
    newest = talk.said[-1] if talk and talk.said else None
    last = newest.answer if newest and newest.answer else {}
    context = {
        "heading": _("Ask the city"),
        "crumbs": [(_("Home"), "/")],
        "said": list(_all_shown(talk.said)) if talk else [],
        "last": last,
        "known": list(_known(last)) if last else [],
        "judged": newest if newest and kind_of(newest.status) in SAYS_SOMETHING else None,
        "thanks": newest is not None and request.GET.get("thanks") == str(newest.number),
        "text": text,
        "error": error,
        "longest": LONGEST,
        "with_person": bool(talk and talk.ticket),
        "is_begun": bool(talk and talk.said),
        "examples": _examples(),
    }
    return render(request, "assistant/ask.html", context, status=status)


def _talk(request: HttpRequest) -> api.Talk | None:
    there = request.COOKIES.get(COOKIE, "")
    if not there:
        return None
    try:
        return api.transcript(there)
    except UnknownConversation:
        return None


def _all_shown(said: Sequence[api.Said]) -> Iterator[dict[str, Any]]:
    """Yield the turns; one that pressed a button shows what the turn before called it."""
    labels: dict[str, str] = {}
    for one in said:
        yield _shown(one) | ({} if one.text else {"text": labels.get(one.choice, "")})
        asked = one.answer.get("question") or {}
        offered = [*(one.answer.get("choices") or []), *(asked.get("options") or [])]
        labels = {choice["key"]: choice["label"] for choice in offered}
        labels |= {"person": _("Talk to a person")}


def _shown(one: api.Said) -> dict[str, Any]:
    """Return a turn as the page shows it: what is in another script is marked as such."""
    answer = one.answer
    said = [_marked(line) for line in answer.get("text", "").split("\n") if line]
    quoted = answer.get("passages") or []
    return {
        "number": one.number,
        "side": one.side,
        "text": _marked(one.text),
        "lines": said[:1] if quoted or answer.get("sides") or answer.get("lines") else said,
        "passages": [_passage(passage) for passage in quoted],
        "source": quoted[0]["source"] if quoted else None,
        "sides": [
            {
                "label": side["label"],
                "passages": [_passage(passage) for passage in side["passages"]],
                "source": side["passages"][0]["source"] if side["passages"] else None,
            }
            for side in answer.get("sides") or []
        ],
        "phones": answer.get("lines") or [],
        "plan": answer.get("plan"),
        "question": answer.get("question"),
        "status": one.status,
        "hand_over": answer.get("hand_over"),
        "degraded": answer.get("degraded") or [],
        "more": said[1:] if answer.get("lines") and not quoted else [],
    }


def _passage(passage: dict[str, Any]) -> dict[str, Any]:
    return {**passage, "lines": [_marked(line) for line in passage["lines"]]}


def _marked(text: str) -> str:
    return marked_typed(text, profile().city.default_language, get_language() or "")


def _known(last: dict[str, Any]) -> Iterator[Known]:
    """Yield the facts of the last answer, each with the field that corrects it."""
    plan, city = last.get("plan"), profile()
    facts = planning.graph_of(plan["event"], city, city.today()).facts if plan else {}
    for one in last.get("facts") or []:
        fact = facts.get(one["name"])
        field = field_of(fact, one["value"], {}, get_language() or "") if fact else None
        yield Known(one["name"], one["label"], one["shown"], one["source"] == "inferred", field)


def _examples() -> list[str]:
    return [
        _("I am moving from Gangnam to Mapo on 20 December"),
        _("How much is a copy of the resident register?"),
        _("What do I need for a passport?"),
    ]
