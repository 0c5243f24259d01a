"""Sign in by approving on one's own phone: whom to ask, waiting, done. Works without JavaScript."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import approving, attempts, authenticators, ceremony, sessions, vouched
from madang.identity.approvals import registry
from madang.identity.approvals.base import ProviderDown, ProviderRefused
from madang.identity.approving import ApprovalRefused, Open
from madang.identity.errors import AlreadyLinked, NeedsGuardian, TooManyAttempts
from madang.identity.sessions import Proof
from madang.identity.vouched import Vouched
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.language_marks import unmarked

_CODE = "approval_code"
_FIELDS = {
    "name": gettext_lazy("Write your name as it is registered with the app."),
    "born": gettext_lazy("Write your birthday with eight digits, such as 1970-01-31."),
    "phone": gettext_lazy("Write your mobile number, such as 010-1234-5678."),
    "provider": gettext_lazy("Choose one of the apps."),
}
_WHY = {
    "refused": gettext_lazy("The request was refused on the phone. Nothing has happened."),
    "expired": gettext_lazy("The time to approve is over. Nothing has happened; ask again."),
    "spent": gettext_lazy("This approval was used already or is too old. Ask again."),
    "different": gettext_lazy(
        "What came back was approved by somebody else, or for something else. Ask again; if it "
        "happens twice, call us."
    ),
    "failed": gettext_lazy("The app could not finish. Nothing has happened; ask again."),
}


@never_cache
@sensitive_post_parameters("name", "born", "phone")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for name, birthday, number and app; send the request."""
    _only_where_on()
    ceremony.note_wish(request)
    if request.method != "POST":
        return _form(request, {})
    given = {name: request.POST.get(name, "") for name in ("name", "born", "phone", "provider")}
    code = f"{secrets.randbelow(90) + 10}"
    try:
        attempts.check_address(request)
        asked = approving.whom(given["name"], given["born"], given["phone"], _title(code))
        approving.ask(request.session, given["provider"], asked)
    except TooManyAttempts as error:
        minutes = max(1, round(error.retry_after_s / 60))
        said = ngettext(
            "There were too many requests. Wait %(minutes)s minute, or sign in another way.",
            "There were too many requests. Wait %(minutes)s minutes, or sign in another way.",
            minutes,
        ) % {"minutes": minutes}
        return _form(request, given, error=said, status=429)
    except ProviderRefused:
        attempts.note_failure(request, approving.METHOD, "no member")
        said = _("This app knows nobody of that name, birthday and number. Check them.")
        return _form(request, given, error=said, status=422)
    except Invalid as error:
        return _form(request, given, errors={f: _FIELDS[f] for f in error.fields}, status=422)
    except ProviderDown:
        return _form(request, given, error=_down(), status=503)
    request.session[_CODE] = code
    return redirect("approval-wait")


@never_cache
def wait(request: HttpRequest) -> HttpResponse:
    """Wait for the approval; a POST looks, and goes on where it is there."""
    _only_where_on()
    held = approving.waiting(request.session)
    if held is None:
        return redirect("sign-in-approval")
    if request.method != "POST":
        return _waiting(request, held)
    try:
        if approving.has_signed(request.session):
            return _approved(request, approving.confirm(request.session))
        return _waiting(request, held, not_yet=True)
    except ApprovalRefused as refused:
        attempts.note_failure(request, approving.METHOD, refused.reason)
        said, status = str(_WHY.get(refused.reason, _WHY["failed"])), 422
    except AlreadyLinked:
        said = _("This is not the account you are signed in to, or it is closed. Ask us.")
        status = 409
    except NeedsGuardian as error:
        said, status = error.message, error.http_status
    except ProviderDown:
        said, status = _down(), 503
    return _form(request, {}, error=said, status=status)


def _waiting(request: HttpRequest, held: Open, *, not_yet: bool = False) -> HttpResponse:
    app = registry.KINDS[held.provider].title
    context = {
        "heading": _("Approve in %(app)s now") % {"app": app},
        "app": app,
        "code": request.session.get(_CODE, ""),
        "link": held.link if held.link.startswith("https://") else "",
        "not_yet": not_yet,
    }
    return render(request, "identity/approval_wait.html", context)


def _approved(request: HttpRequest, found: Vouched) -> HttpResponse:
    facts = sessions.facts(request)
    if facts is not None:
        account = authenticators.account(facts.account)
        vouched.bind(found, account)
    else:
        account = approving.sign_in(found, get_language() or "")
    return ceremony.complete(request, account, [Proof("approval")])


def _form(
    request: HttpRequest,
    given: dict[str, str],
    *,
    errors: dict[str, object] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    offered = [
        {"id": one.id, "title": one.title, "is_resting": registry.is_resting(one.id)}
        for one in registry.providers().values()
    ]
    context = {
        "heading": _("Sign in with your phone"),
        "providers": offered,
        "given": given,
        "errors": errors or {},
        "error": error,
    }
    response = render(request, "identity/approval.html", context, status=status)
    if status == 503:
        response["Retry-After"] = str(round(registry.REST.total_seconds()))
    return response


def _title(code: str) -> str:
    """Return what the app shows: the city, what for, and the number that this page shows, too."""
    from madang.city import api as city

    name = city.profile().name(get_language() or "")
    return unmarked(_("%(city)s: sign in, number %(code)s") % {"city": name, "code": code})


def _down() -> str:
    return _("This app does not answer just now. Choose another one, or sign in another way.")


def _only_where_on() -> None:
    if not approving.is_on():
        raise NotFound("this installation offers no approval by phone")
