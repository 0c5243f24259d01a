"""The page of the simulated gateway: pay, be declined, or leave. No money moves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.errors import NotFound
from madang.records.gateways import sample
from madang.records.money_text import money_text


@never_cache
def pay(request: HttpRequest, charge_id: str) -> HttpResponse:
    """Show the charge; take what the payer chose and lead back."""
    if settings().is_production:
        raise NotFound(_("There is no simulated gateway in production."))
    charge = sample.charge_named(charge_id)
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        if choice == "pay":
            sample.pay(charge_id)
        elif choice == "decline":
            sample.decline(charge_id)
        elif choice == "dispute":
            sample.dispute(charge.reference)
        return redirect(charge.return_to)
    language = get_language() or ""
    context = {
        "heading": _("Simulated payment"),
        "crumbs": [],
        "title": profile().text(charge.title, language),
        "amount": money_text(charge.amount, charge.currency, language),
        "is_paid": charge.state == sample.PAID,
        "left": charge.amount - charge.refunded - charge.charged_back,
        "return_to": charge.return_to,
    }
    return render(request, "records/simulated_payment.html", context)
