"""Pages of administrators: who joins, moves, leaves; roles by two people; the yearly look."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import ROLES
from madang.city.api import profile
from madang.identity import api, staff
from madang.identity.looked import department_name, role_title
from madang.identity.staff import PRIVILEGED, Post
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show who works here, with their roles, and what waits for a decision."""
    actor = api.current_actor(request)
    rows = api.users(actor)
    active = [row for row in rows if row.is_active]
    context = {
        "heading": ngettext("%(n)s person works here", "%(n)s people work here", len(active))
        % {"n": len(active)},
        "crumbs": [(_("Home"), "/")],
        "rows": [(row, row.id.removeprefix("account:"), [role_title(r) for r in sorted(row.roles)])
                 for row in rows],
        "asked": len(staff.asked(actor)),
        "due": len(staff.grants(actor, only_due=True)),
    }  # fmt: skip
    return render(request, "identity/staff.html", context)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Let somebody join: an account, a first post, and a link to choose a password."""
    actor = api.current_actor(request)
    context = {"heading": _("Somebody joins"), "crumbs": _crumbs(), **_post_fields(request)}
    context["name"] = request.POST.get("name", "")
    if request.method != "POST":
        return render(request, "identity/staff_new.html", context)
    try:
        post = _post(request)
        if post.role in PRIVILEGED:
            reason = _("Begin with another role; a second administrator adds this one.")
            raise Invalid(reason, {"role": reason})
        staff.check_post(post)
        made = api.add_user(
            context["name"], [], base_url=f"{request.scheme}://{request.get_host()}", by=actor
        )
        staff.grant(actor, made.id.removeprefix("account:"), post)
    except (Invalid, Conflict) as error:
        fields = error.fields if isinstance(error, Invalid) else {"name": error.message}
        if context["name"] in fields:  # the account's own rules name the name itself
            fields = {"name": fields[context["name"]]}
        context |= {"errors": fields, "error_list": list(fields.items())}
        return render(request, "identity/staff_new.html", context, status=422)
    context |= {"heading": _("%(name)s has an account") % {"name": made.name}, "link": made.link}
    return render(request, "identity/staff_joined.html", context)


@never_cache
def one(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show one account; give roles, move, or let the person leave."""
    actor = api.current_actor(request)
    account = next((row for row in api.users(actor) if row.id == f"account:{account_id}"), None)
    if account is None:
        raise NotFound(_("There is no such account."))
    context = {
        "heading": account.name,
        "crumbs": _crumbs(),
        "account": account,
        "grants": [_shown(one) for one in staff.grants(actor, account_id)],
        **_post_fields(request),
    }
    if request.method != "POST":
        return render(request, "identity/staff_one.html", context)
    try:
        _act(request, account_id)
    except (Invalid, Conflict, Forbidden) as error:
        fields = error.fields if isinstance(error, Invalid) else {"role": error.message}
        context |= {"errors": fields, "error_list": list(fields.items())}
        return render(request, "identity/staff_one.html", context, status=422)
    return redirect("staff-one", account_id)


@never_cache
def asked(request: HttpRequest) -> HttpResponse:
    """Show the privileged roles that wait for a second administrator; decide."""
    actor = api.current_actor(request)
    if request.method == "POST":
        yes = request.POST.get("answer") == "yes"
        number = request.POST.get("request", "")
        staff.decide(actor, int(number) if number.isdecimal() else 0, yes=yes)
        messages.success(request, _("The role is granted.") if yes else _("The role is refused."))
        return redirect("staff-roles")
    rows = staff.asked(actor)
    context = {
        "heading": _("Roles that two people decide") if rows else _("No role waits"),
        "crumbs": _crumbs(),
        "rows": [(row, role_title(row.role), row.asked_by == actor.id) for row in rows],
    }
    return render(request, "identity/staff_roles.html", context)


@never_cache
def yearly(request: HttpRequest) -> HttpResponse:
    """Show the roles that nobody has looked at for a year; keep or end each."""
    actor = api.current_actor(request)
    if request.method == "POST":
        number = request.POST.get("grant", "")
        act = staff.confirm_grant if request.POST.get("answer") == "keep" else staff.end_grant
        act(actor, int(number) if number.isdecimal() else 0)
        return redirect("staff-yearly")
    due = staff.grants(actor, only_due=True)
    context = {
        "heading": ngettext("%(n)s role to look at", "%(n)s roles to look at", len(due))
        % {"n": len(due)}
        if due
        else _("Every role was looked at within a year"),
        "crumbs": _crumbs(),
        "rows": [_shown(one) for one in due],
    }
    return render(request, "identity/staff_yearly.html", context)


def _act(request: HttpRequest, account_id: str) -> None:
    actor, act = api.current_actor(request), request.POST.get("act", "")
    if act == "leave":
        staff.leave(actor, account_id)
        messages.success(request, _("The account is closed; roles and sessions have ended."))
    elif act == "move":
        staff.move(actor, account_id, _post(request))
        messages.success(request, _("Moved: the old roles have ended."))
    elif act == "end":
        number = request.POST.get("grant", "")
        staff.end_grant(actor, int(number) if number.isdecimal() else 0)
        messages.success(request, _("The role has ended."))
    else:
        reason = request.POST.get("reason", "")
        if staff.grant(actor, account_id, _post(request), reason=reason):
            messages.success(request, _("The role is granted."))
        else:
            messages.success(request, _("A second administrator has to decide now."))


def _post(request: HttpRequest) -> Post:
    given = request.POST
    try:
        last = date.fromisoformat(given["last_day"]) if given.get("last_day") else None
    except ValueError:
        reason = _("Write the day as 2026-12-31.")
        raise Invalid(reason, {"last_day": reason}) from None
    return Post(given.get("role", ""), given.get("department", ""), given.get("district", ""), last)


def _post_fields(request: HttpRequest) -> dict[str, Any]:
    here, language = profile(), get_language() or ""
    return {
        "given": request.POST.dict(),
        "roles": [("", _("Choose")), *((role, role_title(role)) for role in ROLES)],
        "departments": [
            ("", _("All departments")),
            *((one.id, here.text(one.names, language)) for one in here.city.departments),
        ],
        "districts": [
            ("", _("Whole city")),
            *((unit.code, unit.name(language)) for unit in here.districts()),
        ],
    }


def _shown(one: staff.Grant) -> dict[str, Any]:
    place = department_name(one.department) if one.department else ""
    district = profile().unit(one.district).name(get_language() or "") if one.district else ""
    return {
        "grant": one,
        "role": role_title(one.role),
        "place": " · ".join(part for part in (place, district) if part) or _("Everywhere"),
    }


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Home"), "/"), (_("Staff"), "/staff/")]
