"""Pages of those who judge answers, and of those who end their disagreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from madang.assistant.review import rating, words
from madang.assistant.review.kinds import SAYS_SOMETHING
from madang.assistant.review.pages import crumbs
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Invalid, NotFound

EITHER = ("GET", "HEAD", "POST")


@never_cache
@require_http_methods(EITHER)
def next_item(request: HttpRequest) -> HttpResponse:
    """Say how many answers wait, and give the next one."""
    actor = current_actor(request)
    if request.method == "POST":
        item = rating.take(actor)
        if item:
            return redirect("review-item", item=item)
    waiting, held = rating.waiting(actor), rating.held(actor)
    if held:
        heading = _("You have an answer before you")
    elif waiting:
        heading = _("%(n)s answers wait to be judged") % {"n": waiting}
    else:
        heading = _("No answer waits for you")
    context = {
        "heading": heading,
        "crumbs": crumbs((heading, "")),
        "here": "next",
        "waiting": waiting,
        "held": held,
        "progress": rating.progress(),
    }
    return render(request, "assistant/review_next.html", context)


@never_cache
@require_http_methods(EITHER)
def item(request: HttpRequest, item: str) -> HttpResponse:
    """Show an answer and take what a reviewer says of it; then give the next one."""
    actor = current_actor(request)
    post = request.POST
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if post.get("act") == "give-back":
                rating.give_back(actor, item)
                messages.success(request, _("Given back. Somebody else judges it."))
                return redirect("review-next")
            rating.rate(actor, item, post.get("score", ""), post.get("cites", ""),
                        post.get("note", ""))  # fmt: skip
            following = rating.take(actor)
            return redirect("review-item", item=following) if following else redirect("review-next")
        except Invalid as error:
            errors = dict(error.fields)
        except NotFound as error:
            messages.error(request, error.message)
            return redirect("review-next")
    try:
        seen = rating.shown(actor, item)
    except NotFound as error:
        messages.error(request, error.message)
        return redirect("review-next")
    heading = _("Is this answer right?") if seen.kind in SAYS_SOMETHING else \
        _("Is it right that this was not answered?")  # fmt: skip
    context = {"heading": heading, "here": "next", "progress": rating.progress(),
               **_form(seen, post, errors),
               "crumbs": crumbs((_("Judge"), reverse("review-next")))}  # fmt: skip
    return render(request, "assistant/review_item.html", context, status=422 if errors else 200)


@never_cache
@require_safe
def disagreements(request: HttpRequest) -> HttpResponse:
    """List the answers that two people judged otherwise."""
    found = rating.disagreements()
    heading = (
        _("%(n)s disagreements are to be ended") % {"n": len(found)}
        if found
        else _("No disagreement is open")
    )
    context = {"heading": heading, "here": "disagreements", "items": found,
               "crumbs": crumbs((_("Disagreements"), ""))}  # fmt: skip
    return render(request, "assistant/review_disagreements.html", context)


@never_cache
@require_http_methods(EITHER)
def settle(request: HttpRequest, item: str) -> HttpResponse:
    """Show an answer with both opinions and take the word that holds."""
    actor = current_actor(request)
    post = request.POST
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            rating.settle(actor, item, post.get("score", ""), post.get("cites", ""),
                          post.get("note", ""))  # fmt: skip
            messages.success(request, _("Settled. This word counts."))
            return redirect("review-disagreements")
        except Invalid as error:
            errors = dict(error.fields)
        except (Conflict, NotFound) as error:
            messages.error(request, error.message)
            return redirect("review-disagreements")
    try:
        seen = rating.opposed(actor, item)
    except NotFound as error:
        messages.error(request, error.message)
        return redirect("review-disagreements")
    scores = words.SCORES if seen.kind in SAYS_SOMETHING else words.REFUSALS
    context = {
        "heading": _("Two people disagree: what is right?"),
        "here": "disagreements",
        **_form(seen, post, errors),
        "crumbs": crumbs((_("Disagreements"), reverse("review-disagreements"))),
        "opinions": [
            (scores[score][0], words.CITES[cites][0] if cites else "", note)
            for score, cites, note in seen.opinions
        ],
    }
    return render(request, "assistant/review_item.html", context, status=422 if errors else 200)


def _form(seen: rating.Shown, post: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    scores = words.SCORES if seen.kind in SAYS_SOMETHING else words.REFUSALS
    return {
        "seen": seen,
        "status": words.told(words.STATUSES, seen.status),
        "passages": [
            *seen.answer.get("passages", ()),
            *(one for side in seen.answer.get("sides", ()) for one in side.get("passages", ())),
        ],
        "scores": [(key, *scores[key]) for key in seen.scores],
        "cites": [(key, *words.CITES[key]) for key in rating.CITES],
        "score": [post.get("score", "")],
        "cited": [post.get("cites", "")],
        "note": post.get("note", ""),
        "longest": rating.LONGEST,
        "errors": errors,
        "error_list": list(errors.items()),
    }
