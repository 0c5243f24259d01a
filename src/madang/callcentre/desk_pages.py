"""The operator's pages: who waits, and one contact with all that helps to answer it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.callcentre import callbacks, copilot, desk, operators, wrapping
from madang.callcentre.contact_models import Contact, State
from madang.callcentre.operator_models import OperatorState
from madang.callcentre.rules import centre
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel import writing
from madang.kernel.errors import Conflict, Invalid, NotFound


@never_cache
def console(request: HttpRequest) -> HttpResponse:
    """Show who waits and what is mine; take the next, or say whether I take any."""
    actor = current_actor(request)
    fault = ""
    if request.method == "POST":
        try:
            taken = _taken(request, actor)
            if taken:
                return redirect("contact", taken)
            return redirect("contacts")
        except (Invalid, Conflict) as error:
            fault = error.message
    me = operators.present(actor)
    queues = desk.queues(actor)
    count = sum(one.count for one in queues)
    context = {
        "heading": ngettext("%(n)s resident waits", "%(n)s residents wait", count) % {"n": count}
        if count else _("Nobody waits"),
        "crumbs": [(_("Home"), "/")],
        "failed": [fault] if fault else [],
        "me": me,
        "states": [(OperatorState.State.AVAILABLE, _("I take contacts")),
                   (OperatorState.State.BREAK, _("Break")), (OperatorState.State.AWAY, _("Away"))],
        "queues": [(language_title(one.language), one) for one in queues],
        "mine": [(language_title(one.language), one) for one in desk.mine(actor)],
        "languages": [(one.code, language_title(one.code), "") for one in profile().languages],
        "spoken": me.languages,
        "now_text": dict(_states())[me.state],
    }  # fmt: skip
    return render(request, "callcentre/contacts.html", context, status=422 if fault else 200)


def _taken(request: HttpRequest, actor: Actor) -> str:
    post = request.POST
    if post.get("do") == "accept":
        operators.accept(actor, post.get("contact", ""))
        return post.get("contact", "")
    if post.get("do") == "next":
        found = operators.take_next(actor)
        if found is None:
            messages.info(request, _("Nobody waits whom you can serve."))
        return found or ""
    at_once = post.get("at_once", "1")
    operators.be(
        actor, post.get("state", ""), languages=post.getlist("languages") or None,
        address=post.get("address", ""), at_once=int(at_once) if at_once.isdigit() else 0,
    )  # fmt: skip
    messages.success(request, _("It is noted."))
    return ""


@never_cache
def one(request: HttpRequest, contact: str) -> HttpResponse:
    """Show one contact; write to the resident, use or leave a suggestion, wrap up."""
    actor = current_actor(request)
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _done(request, actor, contact)
        except Invalid as error:
            faults = error.fields or {"text": error.message}
        except (Conflict, NotFound) as error:
            messages.error(request, error.message)
            return redirect("contacts")
    operators.present(actor)
    try:
        row = desk.contact_of(actor, contact)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("contacts")
    context = _shown(request, actor, row) | {"faults": faults, "errors": list(faults.items())}
    return render(request, "callcentre/contact.html", context, status=422 if faults else 200)


def _done(request: HttpRequest, actor: Actor, contact: str) -> HttpResponse:
    post = request.POST
    number = post.get("suggestion", "")
    suggestion = int(number) if number.isdigit() and len(number) < 15 else 0
    what = post.get("do", "")
    if what == "say":
        copilot.say(actor, contact, post.get("text", ""), suggestion)
    elif what == "ignore":
        copilot.ignore(actor, contact, suggestion)
    elif what == "mend":
        copilot.mend(actor, contact, post.get("kind", ""), post.get("said", ""), suggestion)
        messages.success(request, _("The editors are told."))
    elif what == "not-reached":
        callbacks.not_reached(actor, contact)
        return redirect("contacts")
    elif what == "finish":
        operators.finish(actor, contact)
    elif what == "wrap":
        promised = post.get("promised", "").splitlines()
        wrapping.confirm(
            actor, contact, post.get("reason", ""), post.get("summary", ""), promised,
            case=post.get("case", ""),
        )  # fmt: skip
        messages.success(request, _("The contact is closed."))
        return redirect("contacts")
    else:
        raise Invalid(_("Choose what to do."), {"do": what[:20]})
    return redirect("contact", contact)


def _shown(request: HttpRequest, actor: Actor, row: Contact) -> dict[str, Any]:
    newest = copilot.suggestion_for(row) if row.state == State.ACTIVE else None
    is_open = newest is not None and newest.state == "open"
    script = centre().script
    draft = wrapping.drafted(row) if row.state == State.WRAPUP else None
    given = request.POST
    return {
        "heading": _("%(language)s, %(channel)s: %(state)s") % {
            "language": language_title(row.language), "channel": dict(_channels())[row.channel],
            "state": dict(_contact_states())[row.state],
        },
        "crumbs": [(_("Home"), "/"), (_("Contacts to answer"), "/operations/contacts/")],
        "contact": row,
        "phone": callbacks.number(actor, row),
        "lines": [(dict(_sides())[line.side], line) for line in desk.transcript(actor, row.pk)],
        "suggestion": newest if is_open else None,
        "draft_text": given.get("text") or (newest.text if is_open and newest else ""),
        "script": [(_named(step.names), step.say.get(row.language) or step.say.get("en", ""))
                   for step in script],
        "alike": [(_reason_title(past.reason), past) for past in copilot.alike(actor, row)],
        "wrap": draft,
        "reasons": [(reason.id, _named(reason.names)) for reason in centre().reasons]
        or [("other", _("Something else"))],
        "reason": given.get("reason") or (draft.reason if draft else ""),
        "summary": given.get("summary") or (draft.summary if draft else ""),
        "promised": given.get("promised") or ("\n".join(draft.promised) if draft else ""),
        "case_given": given.get("case") or row.case,
        "kinds": [("wrong", _("The answer is wrong")), ("missing", _("The answer is missing"))],
    }  # fmt: skip


def language_title(code: str) -> str:
    """Return what a language is called in the reader's."""
    return writing.language_text(code, get_language() or "")


def _named(names: dict[str, str]) -> str:
    return names.get(get_language() or "") or names.get("en") or next(iter(names.values()), "")


def _reason_title(name: str) -> str:
    return next((_named(one.names) for one in centre().reasons if one.id == name), name)


def _states() -> list[tuple[str, str]]:
    return [("available", _("You take contacts.")), ("break", _("You have a break.")),
            ("away", _("You are away: nothing is offered to you."))]  # fmt: skip


def _contact_states() -> list[tuple[str, str]]:
    return [("machine", _("with the machine")), ("waiting", _("waits")), ("offered", _("offered")),
            ("active", _("speaks with you")), ("wrapup", _("to be wrapped up")),
            ("done", _("finished"))]  # fmt: skip


def _channels() -> list[tuple[str, str]]:
    return [("phone", _("telephone")), ("chat", _("in writing")), ("callback", _("call back"))]


def _sides() -> list[tuple[str, str]]:
    return [("resident", _("Resident")), ("operator", _("You")), ("machine", _("Machine"))]
