"""The treasurer's page: today's payments, what waits for a second person, suspense, differences."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from madang.kernel.language_marks import marked_typed
from madang.records import (
    counter_payments,
    ledger,
    payment_reads,
    refunds,
    settlement,
    suspense,
)
from madang.records.chart import CHART
from madang.records.money_text import money_text
from madang.records.settlement import EXPLAINED
from madang.records.suspense import KEPT, LOST, RETURNED

_WHY = {
    "unknown-payment": gettext_lazy("no payment of ours"),
    "amount-differs": gettext_lazy("another amount"),
    "currency-differs": gettext_lazy("another currency"),
    "paid-twice": gettext_lazy("paid twice"),
    "paid-after-cancel": gettext_lazy("paid after it was cancelled"),
    "moved-unasked": gettext_lazy("went back without our asking"),
    "missing-here": gettext_lazy("only the gateway has it"),
    "missing-there": gettext_lazy("only we have it"),
    "settled-twice": gettext_lazy("settled twice"),
}
_STATES = {
    "captured": gettext_lazy("paid"),
    "partly-refunded": gettext_lazy("partly refunded"),
    "refunded": gettext_lazy("refunded"),
    "charged-back": gettext_lazy("charged back"),
}
_WAYS = {
    "cash": gettext_lazy("cash"),
    "card": gettext_lazy("card"),
    "transfer": gettext_lazy("bank transfer"),
}
_KINDS = {
    "payment": gettext_lazy("payment"),
    "refund": gettext_lazy("refund"),
    "chargeback": gettext_lazy("chargeback"),
}


@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Show the day and what is open; take what the treasurer decided."""
    actor = current_actor(request)
    if request.method != "POST":
        return _page(request, actor)
    try:
        _act(request, actor)
    except (Conflict, Forbidden, Invalid, NotFound, Unavailable) as error:
        return _page(request, actor, fault=error.message)
    messages.success(request, _("It is noted."))
    return redirect("operations-payments")


def _act(request: HttpRequest, actor: Actor) -> None:
    what, _colon, which = request.POST.get("what", "").partition(":")
    how = request.POST.get("how", "")
    if what == "refund":
        answer = refunds.approve if how == "approve" else refunds.turn_down
        answer(which, by=actor)
    elif what == "collect":
        receipt = request.POST.get("receipt", "").strip()
        counter_payments.paid_at_counter(which, receipt, by=actor, how=how)
    elif what == "suspense" and which.isdigit():
        suspense.clear(int(which), how, by=actor)
    elif what == "difference" and which.isdigit():
        settlement.clear_difference(int(which), how, by=actor)
    else:
        raise Invalid(_("This button is unknown; load the page anew."), {"what": "unknown"})


def _page(request: HttpRequest, actor: Actor, *, fault: str = "") -> HttpResponse:
    language = get_language() or ""
    currency = ledger.home_currency()
    day = payment_reads.day_of(actor, _day(request))
    items, differing = suspense.in_suspense(), settlement.open_differences()
    open_count = len(items) + len(differing) + len(day.waiting)

    def money(minor: int | None, code: str = currency) -> str:
        return "–" if minor is None else money_text(minor, code, language)

    context: dict[str, Any] = {
        "heading": ngettext(
            "%(n)s thing about money is open", "%(n)s things about money are open", open_count
        )
        % {"n": open_count}
        if open_count
        else _("The books and the gateway agree"),
        "crumbs": [(_("Home"), "/")],
        "fault": fault,
        "day": profile().date_text(day.day, language),
        "captured": money(day.captured),
        "captured_count": day.captured_count,
        "refunded": money(day.refunded),
        "refunded_count": day.refunded_count,
        "newest": [
            (one, profile().text(one.title, language), money(one.amount, one.currency),
             _STATES.get(one.state, one.state))
            for one in day.newest
        ],
        "nobodys": [
            (one, profile().text(one.title, language), money(one.amount, one.currency))
            for one in day.nobodys
        ],
        "ways": [(name, _WAYS[name]) for name in counter_payments.WAYS],
        "waiting": [
            (one, money(one.amount, one.currency),
             marked_typed(one.reason, profile().city.default_language, language))
            for one in day.waiting
        ],
        "suspense": [
            (one, _WHY.get(one.why, one.why), money(one.amount, one.currency),
             money(one.expected, one.currency),
             [(RETURNED, _("Give it back")), (KEPT, _("Keep it as revenue"))]
             if one.amount > 0 else [(LOST, _("Write it off"))])
            for one in items
        ],
        "differences": [
            (one, _WHY.get(one.why, one.why), _KINDS.get(one.kind, one.kind),
             money(one.ours, one.file.currency), money(one.theirs, one.file.currency),
             _ways(one))
            for one in differing
        ],
        "balances": _balances(language),
    }  # fmt: skip
    return render(request, "records/payment_desk.html", context, status=409 if fault else 200)


def _ways(one: Any) -> list[tuple[str, str]]:
    excess = 0 if one.theirs is None else one.theirs - (one.ours or 0)
    ways = [(EXPLAINED, _("Explained"))]
    if excess:
        ways.append((KEPT, _("Keep it as revenue")) if excess > 0 else (LOST, _("Write it off")))
    return ways


def _balances(language: str) -> list[tuple[str, str, str]]:
    """Return (head, account, balance) of every account that is not at 0."""
    return [
        (
            profile().text(CHART[line.account.partition(":")[0]].names, language),
            line.account,
            money_text(line.balance, line.currency, language),
        )
        for line in ledger.trial_balance()
        if line.balance
    ]


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return profile().today()
