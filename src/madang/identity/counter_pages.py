"""Pages of staff at counters, on visits, by phone: help a resident, enter mandates, confirm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.access.api import purpose
from madang.city.api import profile
from madang.identity import assisted, maybe_known
from madang.identity.api import current_actor
from madang.identity.assistance_pages import decided
from madang.identity.assisted_rules import CHANNELS, CONSENTS, Found, Request
from madang.identity.errors import NoMandate, UnknownPerson
from madang.identity.mandate_entry import Company, Evidence, enter, enter_company
from madang.identity.mandate_pages import services_asked, wish_of
from madang.identity.mandate_rules import EVIDENCE, KINDS, VERBS
from madang.identity.page_parts import counter_trail
from madang.identity.person_models import Person, PersonName
from madang.identity.scopes import services
from madang.kernel.errors import Forbidden, Invalid, NotFound
from madang.kernel.events import new_id
from madang.kernel.times import now

SHORTEST_REASON = 20
_MOST_FOUND = 20


@never_cache
@sensitive_post_parameters("number", "name", "born")
def assist(request: HttpRequest) -> HttpResponse:
    """Find the resident who is there and ask for an assisted session."""
    given = request.POST or request.GET  # a service may be named by the page one comes from
    words = given.get("words", "").strip()[:100]
    found = services(words, chosen=(given.get("service", ""),))
    context: dict[str, Any] = {
        "heading": _("Help a resident"),
        "crumbs": [(_("Home"), "/")],
        "key": given.get("key") or new_id(),
        "given": given.dict(),
        "services": [("", _("Choose")), *found.items()],
        "channels": [(key, _(title), "") for key, title in CHANNELS.items()],
        "maybe_known": maybe_known.waiting(),
        "consents": [(key, _(title), "") for key, title in CONSENTS.items()],
    }
    if request.method != "POST" or given.get("do") == "find":
        return render(request, "identity/assist.html", context)
    try:
        row = assisted.ask(current_actor(request), _asked(request), session_id=context["key"])
    except Invalid as error:
        context |= {"errors": error.fields, "error_list": list(error.fields.items())}
        return render(request, "identity/assist.html", context, status=422)
    except (UnknownPerson, Forbidden) as error:  # a child's guardian is missing, too
        nothing = not given.get("number", "").strip() and not given.get("name", "").strip()
        errors = {"number": _("Write the register number, or name and birthday.") if nothing
                  else error.message}  # fmt: skip
        context |= {"errors": errors, "error_list": list(errors.items())}
        return render(request, "identity/assist.html", context, status=422)
    return redirect("assist-wait", row.pk)


@never_cache
@sensitive_post_parameters("grantor", "grantee", "number", "company_number")
def mandate(request: HttpRequest) -> HttpResponse:
    """Enter a mandate from papers or the register."""
    given = request.POST
    kinds = [(one.id, _(one.title), "") for one in KINDS.values()]
    context: dict[str, Any] = {
        "heading": _("Enter who acts for whom"),
        "crumbs": counter_trail(current_actor(request)),
        "key": given.get("key") or new_id(),
        "given": given.dict(),
        "kinds": kinds,
        "kind": given.get("kind", ""),
        "verbs": [(name, _(title), "") for name, title in VERBS.items()],
        "verbs_chosen": given.getlist("verbs"),
        **services_asked(given),
        "evidences": [
            (name, _(title), "") for name, title in EVIDENCE.items() if name != "session"
        ],
        "evidence": given.get("evidence", ""),
    }
    if request.method != "POST" or given.get("do") == "find":
        return render(request, "identity/counter_mandate.html", context)
    try:
        _enter(request, context["key"])
    except (Invalid, NoMandate) as error:
        fields = error.fields if isinstance(error, Invalid) else {"grantor": error.message}
        context |= {"errors": fields, "error_list": list(fields.items())}
        return render(request, "identity/counter_mandate.html", context, status=422)
    messages.success(request, _("The mandate is in force. Both sides are told."))
    return redirect("counter-mandate")


@never_cache
def confirmations(request: HttpRequest) -> HttpResponse:
    """Show what other staff asked for and a second officer has to confirm."""
    return decided(request, "second-yes", own=False)


@never_cache
@sensitive_post_parameters("name")
def emergency(request: HttpRequest) -> HttpResponse:
    """Open a record in an emergency: told at once, reviewed within a day."""
    given = request.POST
    name, reason = " ".join(given.get("name", "").split()), given.get("reason", "").strip()
    context: dict[str, Any] = {
        "heading": _("Open a record in an emergency"),
        "crumbs": counter_trail(current_actor(request)),
        "name": name,
        "reason": reason,
    }
    if request.method != "POST":
        return render(request, "identity/emergency.html", context)
    errors = {}
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = _("Say in a sentence whose life, body or property is in danger.")
    if not name:
        errors["name"] = _("Write the whole name.")
    if errors:
        context |= {"errors": errors, "error_list": list(errors.items())}
        return render(request, "identity/emergency.html", context, status=422)
    context |= {"heading": _("Emergency look"), "is_open": True, "at": now(),
                "found": _in_emergency(request, name, reason)}  # fmt: skip
    return render(request, "identity/emergency.html", context)


def _in_emergency(request: HttpRequest, name: str, reason: str) -> list[dict[str, Any]]:
    with purpose(current_actor(request), "emergency", reason=reason):
        rows = list(PersonName.objects.filter(full=name)[:_MOST_FOUND])
        people = {one.pk: one for one in Person.objects.filter(pk__in=[r.person_id for r in rows])}
        forms = list(PersonName.objects.filter(person_id__in=people))
    return [
        {
            "names": sorted({form.full for form in forms if form.person_id == person.pk}),
            "district": _district(person.district),
            "state": person.state,
        }
        for person in people.values()
    ]


def _asked(request: HttpRequest) -> Request:
    given = request.POST
    minutes = given.get("minutes", "")
    return Request(
        person=_found(request, "").person,
        service=given.get("service", ""),
        minutes=int(minutes) if minutes.isdecimal() and len(minutes) <= 3 else 0,
        channel=given.get("channel", ""),
        consent=given.get("consent", ""),
        reference=given.get("reference", "").strip(),
    )


def _found(request: HttpRequest, who: str) -> Found:
    given = request.POST
    return assisted.resident_with(
        current_actor(request),
        number=given.get(f"{who}number", "").strip(),
        name=given.get(f"{who}name", ""),
        born=_day(given.get(f"{who}born", ""), f"{who}born"),
    )


def _enter(request: HttpRequest, key: str) -> None:
    by, wish = current_actor(request), wish_of(request)
    evidence = Evidence(request.POST.get("evidence", ""), request.POST.get("order", ""))
    is_company = wish.kind == "company"
    people = _people(request, ("grantee",) if is_company else ("grantor", "grantee"))
    if is_company:
        named = Company(request.POST.get("company", ""), request.POST.get("company_number", ""))
        enter_company(by, named, people["grantee"], wish, evidence, mandate_id=key)
        return
    enter(by, people["grantor"], people["grantee"], wish, evidence, mandate_id=key)


def _people(request: HttpRequest, fields: Iterable[str]) -> dict[str, str]:
    """Return the person of each field's register number; raises `Invalid` field by field."""
    found, wrong = {}, {}
    for field in fields:
        number = request.POST.get(field, "").strip()
        try:
            found[field] = assisted.resident_with(current_actor(request), number=number).person
        except UnknownPerson as error:
            wrong[field] = error.message if number else _("Write the register number.")
    if wrong:
        raise Invalid(_("Look at your answers."), wrong)
    return found


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        reason = _("Write the day as 2026-12-31.")
        raise Invalid(reason, {field: reason}) from None


def _district(code: str) -> str:
    try:
        return profile().unit(code).name() if code else ""
    except NotFound:
        return code
