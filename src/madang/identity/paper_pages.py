"""Pages of paper codes: sign in with one; print a sheet at a counter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import authenticators, ceremonies, ceremony, counter, numbers, paper
from madang.identity.api import current_actor
from madang.identity.errors import ProofFailed, TooManyAttempts, UnknownPerson
from madang.identity.page_parts import counter_trail, refused, too_many, trail
from madang.identity.sessions import facts
from madang.identity.tries import tries_of
from madang.kernel.errors import Forbidden, Invalid

SIGN_IN = "identity/paper_sign_in.html"
COUNTER, SHEET = "identity/counter.html", "identity/paper_sheet.html"


@never_cache
@sensitive_post_parameters("code")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with account number and a code from the sheet; who is signed in needs no number."""
    ceremony.note_wish(request)
    typed, own = request.POST.get("number", ""), facts(request)
    context = {"heading": _("Sign in with a code on paper"), "crumbs": trail(), "number": typed,
               "asks_number": own is None}  # fmt: skip
    if request.method != "POST":
        return render(request, SIGN_IN, context)
    account = authenticators.account(own.account) if own else numbers.account_with_number(typed)
    known = account.pk if account else ""
    who = f"paper {known}" if own else f"number {numbers.normal_number(typed) or typed}"
    tries = tries_of(request, "paper", who, known)
    try:
        tries.require_patience()
        proof = paper.check(account, request.POST.get("code", ""))
    except TooManyAttempts as error:
        return too_many(request, SIGN_IN, context, error)
    except ProofFailed:
        tries.note(is_right=False)
        text = _("Number or code is wrong, or the code was used. Cross out used codes.")
        return refused(request, SIGN_IN, context, text)
    tries.note(is_right=True)
    assert account is not None
    return ceremony.complete(request, account, [proof])


@never_cache
@sensitive_post_parameters("register_number")
def at_counter(request: HttpRequest) -> HttpResponse:
    """Let a clerk print ten codes for the person in front of them."""
    given = request.POST
    context: dict[str, Any] = {
        "heading": _("Print paper codes"),
        "crumbs": counter_trail(current_actor(request)),
        "evidence": [(key, _(title)) for key, title in counter.EVIDENCE],
        "shown": given.get("evidence", ""),
    }
    if request.method != "POST":
        return render(request, COUNTER, context | {"token": ceremonies.ask(request, "counter")})
    if ceremonies.answered(request, "counter", given.get("token", "")) is None:
        text = _("This sheet was printed already. To print another, send the form once more: the "
                 "codes before it are void.")  # fmt: skip
        return _again(request, context, text)
    visit = counter.Visit(
        register_number=given.get("register_number", ""),
        evidence=given.get("evidence", ""),
        is_all_lost="lost" in given,
    )
    try:
        sheet = counter.print_codes(visit, by=current_actor(request))
    except (UnknownPerson, Invalid, Forbidden) as error:
        field = "register_number" if isinstance(error, UnknownPerson) else ""
        field = next(iter(getattr(error, "fields", {})), field)
        return _again(request, context, error.message, field)
    context |= {
        "heading": _("Ten codes to sign in"),
        "codes": sheet.codes,
        "number": numbers.written(sheet.number),
    }
    return render(request, SHEET, context)


def _again(
    request: HttpRequest, context: dict[str, Any], text: str, field: str = ""
) -> HttpResponse:
    context |= {"token": ceremonies.ask(request, "counter")}
    return refused(request, COUNTER, context, text, field)
