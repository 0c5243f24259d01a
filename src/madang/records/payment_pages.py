"""The payer's pages: what is to be paid, and how it went. They work without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.city.api import profile
from madang.identity.api import current_actor
from madang.records import payment_jobs, payments, receipts
from madang.records import payment_rules as rules
from madang.records.errors import GatewayDown, NotPayable, UnknownPayment
from madang.records.money_text import money_text
from madang.records.payment_values import Intent, done_path, intent_of

_HEADINGS = {
    rules.CREATED: gettext_lazy("Nothing is paid yet"),
    rules.AUTHORISED: gettext_lazy("Your payment is on its way"),
    rules.CAPTURED: gettext_lazy("It is paid"),
    rules.PARTLY_REFUNDED: gettext_lazy("It is paid, and part of it went back to you"),
    rules.REFUNDED: gettext_lazy("The money went back to you"),
    rules.CHARGED_BACK: gettext_lazy("Your bank took the payment back"),
    rules.FAILED: gettext_lazy("The payment did not go through"),
    rules.EXPIRED: gettext_lazy("The time to pay is over"),
    rules.CANCELLED: gettext_lazy("Nothing is to be paid any more"),
}


@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be paid; a POST leads to the gateway's page."""
    intent_id = intent_of(token)
    found = payments.intent(intent_id)
    if request.method != "POST":
        if found.state not in rules.PAYABLE:
            return redirect(done_path(intent_id))
        return render(request, "records/pay.html", _context(found, _("Pay the fee")))
    try:
        return redirect(payments.begin(intent_id, get_language() or ""))
    except NotPayable:
        return redirect(done_path(intent_id))
    except GatewayDown:
        context = _context(found, _("Pay the fee")) | {"is_down": True}
        response = render(request, "records/pay.html", context, status=503)
        response["Retry-After"] = "60"
        return response


@never_cache
def done(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the gateway how it went, and say it."""
    intent_id = intent_of(token)
    found = payments.intent(intent_id)
    is_unheard = False
    if found.state not in rules.PAID:
        try:
            payment_jobs.ask_gateway(intent_id)
        except GatewayDown:
            is_unheard = True
        found = payments.intent(intent_id)
    context = _context(found, str(_HEADINGS[found.state]))
    context["is_unheard"] = is_unheard
    context["may_pay"] = found.state in rules.PAYABLE
    context["receipts"] = _receipt_links(found, token)
    context["back"] = payments.return_of(intent_id)
    return render(request, "records/pay_done.html", context)


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the receipt of a payment as signed PDF; the address is the right to it."""
    found = receipts.of_payment(intent_of(token), get_language() or "", by=current_actor(request))
    return _pdf(found)


@never_cache
@require_safe
def refund_receipt(request: HttpRequest, token: str, refund: str) -> HttpResponse:
    """Hand out the receipt of a refund of this payment as signed PDF."""
    if refund not in {one.id for one in payments.refunds_of(intent_of(token))}:
        raise UnknownPayment(_("This payment has no such refund."))
    found = receipts.of_refund(refund, get_language() or "", by=current_actor(request))
    return _pdf(found)


def _pdf(found: receipts.Receipt) -> HttpResponse:
    response = HttpResponse(found.pdf, content_type="application/pdf")
    name = f"{found.document.code}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _receipt_links(found: Intent, token: str) -> list[tuple[str, str]]:
    """Return (title, address) of the receipts of a payment; none while nothing was paid."""
    if found.captured_at is None:
        return []
    language = get_language() or ""
    links = [(_("Receipt (PDF)"), reverse("pay-receipt", args=[token]))]
    for one in payments.refunds_of(found.id):
        amount = {"amount": money_text(one.amount, one.currency, language)}
        title = _("Receipt of the refund of %(amount)s (PDF)") % amount
        links.append((title, reverse("refund-receipt", args=[token, one.id])))
    return links


def _context(found: Intent, heading: str) -> dict[str, Any]:
    language = get_language() or ""
    return {
        "heading": heading,
        "crumbs": [(_("Home"), "/")],
        "intent": found,
        "title": profile().text(found.title, language),
        "amount": money_text(found.amount, found.currency, language),
        "refunded": money_text(found.refunded, found.currency, language) if found.refunded else "",
        "is_simulated": payments.is_simulated(found.id),
    }
