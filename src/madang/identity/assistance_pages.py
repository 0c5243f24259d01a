"""Pages of the resident whom staff help: say yes or no, see who acted, confirm what matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.identity import assisted, looked, pending
from madang.identity.api import current_actor
from madang.identity.assisted_models import AssistedSession
from madang.identity.assisted_rules import CHANNELS, CONSENTS
from madang.identity.errors import NoMandate, ProofFailed
from madang.identity.page_parts import counter_trail, own_trail
from madang.identity.scopes import title_of


@dataclass(frozen=True)
class Row:
    """An assisted session in the reader's words. `way` is the id of what `consent` says."""

    id: str
    who: str
    service: str
    channel: str
    consent: str
    asked: datetime
    until: datetime | None
    ended: datetime | None
    minutes: int
    way: str
    numbers: list[str]


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show who asks to act for the reader, who does now, and who did."""
    actor = current_actor(request)
    rows = assisted.of_person(actor.person) if actor.person else []
    by_state: dict[str, list[Row]] = {"asked": [], "running": [], "over": [], "ended": []}
    for row in rows:
        by_state[assisted.state_of(row)].append(shown(row))
    context = {
        "heading": _("Staff ask to act for you")
        if by_state["asked"]
        else _("Staff act for you now")
        if by_state["running"]
        else _("Nobody of the staff acts for you"),
        "crumbs": own_trail(),
        "asked": by_state["asked"],
        "running": by_state["running"],
        "past": [*by_state["over"], *by_state["ended"]],
    }
    return render(request, "identity/assistance.html", context)


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Say yes by the number that the member of staff reads out, or no."""
    actor = current_actor(request)
    session_id, number = request.POST.get("session", ""), request.POST.get("number", "")
    try:
        if number:
            assisted.agree(actor, session_id, number)
            messages.success(request, _("You agreed. You can end it at any time."))
        else:
            assisted.refuse(actor, session_id)
            messages.success(request, _("It is over: nobody of the staff acts for you."))
    except (NoMandate, ProofFailed) as error:
        messages.error(request, error.message)
    return redirect("assistance")


@never_cache
def confirmations(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader's yes; take the answer."""
    return decided(request, "confirmations", own=True)


def decided(request: HttpRequest, page: str, *, own: bool) -> HttpResponse:
    """Return the page of what waits, after taking an answer that was sent."""
    actor = current_actor(request)
    if request.method == "POST":
        yes = request.POST.get("answer") == "yes"
        pending.decide(actor, request.POST.get("pending", ""), yes=yes)
        done = _("It is done.") if yes else _("It is refused. Nothing has changed.")
        messages.success(request, done)
        return redirect(page)
    rows = pending.waiting_for(actor.person) if own else pending.waiting_for_officers(actor)
    acts = pending.sensitive_acts()
    context = {
        "heading": _("A change waits for your yes") if rows else _("Nothing waits for your yes"),
        "crumbs": own_trail() if own else counter_trail(actor),
        "rows": [
            (row, _(acts[row.act].title), looked.who_is(row.asked_by, "", row.asked, {}),
             pending.facts_of(row))
            for row in rows
        ],
    }  # fmt: skip
    return render(request, "identity/confirmations.html", context)


def shown(row: AssistedSession) -> Row:
    """Return an assisted session in the reader's words."""
    return Row(
        id=row.pk,
        who=looked.who_is(f"account:{row.staff_id}", "", row.asked, {}),
        service=title_of(row.service) or row.service,
        channel=_(CHANNELS.get(row.channel, row.channel)),
        consent=_(CONSENTS.get(row.consent, row.consent)),
        asked=row.asked,
        until=row.until,
        ended=row.ended,
        minutes=row.minutes,
        way=row.consent,
        numbers=assisted.choices_of(row),
    )
