"""The page on which whoever was asked answers: the questions and papers that the officer named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.access.api import Actor
from madang.cases import case_reply
from madang.cases.application_fields import day_text, error_links, groups_of
from madang.cases.appointment_models import new_key
from madang.cases.case_acting import Asked, act
from madang.cases.case_looking import ShownCase, case_for, facts_for
from madang.cases.case_packages import PAPER, form_for, pinned
from madang.cases.case_questions import Wanted, wanted
from madang.cases.case_reply import Reply
from madang.cases.evidence_files import EvidenceFile, accepted
from madang.cases.rules import is_officer
from madang.city.api import profile
from madang.identity.api import current_actor, note_act
from madang.kernel.errors import Conflict, Invalid
from madang.services.api import Flow, Form

LONGEST_UPLOAD_NAME = 200


@dataclass(frozen=True)
class Answering:
    """What the page is about: a case, its questions, what the office asked, what is answered."""

    case: ShownCase
    form: Form
    asked: Wanted
    reply: Reply


@never_cache
@sensitive_post_parameters()
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Ask what the office asked for, and give it to the case."""
    actor = current_actor(request)
    case = case_for(actor, number)
    asked = wanted(actor, number)
    if asked is None or (not asked.verb and request.method != "POST"):
        return redirect(_case_url(actor, case), number=case.number)
    form = form_for(pinned(case.package), get_language() or "")
    facts = {fact.name: fact.value for fact in facts_for(actor, number)}
    if request.method != "POST":
        reply = case_reply.asked_now(form, facts, asked.questions)
        return _shown(request, Answering(case, form, asked, reply))
    raw = {name: values for name, values in request.POST.lists() if isinstance(name, str)}
    reply = case_reply.read_reply(form, facts, asked.questions, raw, profile().today())
    if request.POST.get("do") == "more":
        more = case_reply.with_one_more(reply)
        return _shown(request, Answering(case, form, asked, more), reads=False)
    return _answered(request, actor, Answering(case, form, asked, reply))


def _answered(request: HttpRequest, actor: Actor, now: Answering) -> HttpResponse:
    case, asked, reply = now.case, now.asked, now.reply
    post, wrong = request.POST, {}
    files = [
        EvidenceFile(name, (file.name or "")[:LONGEST_UPLOAD_NAME], file.read())
        for name in asked.papers for file in request.FILES.getlist(name)
    ]  # fmt: skip
    partly = post.get("partly") == "yes"
    faults = [one for one in reply.faults if not (partly and one.code == "missing")]
    if not partly:
        sent = {file.evidence for file in files}
        wrong = {n: _("This paper is missing. Send it, or say below that you cannot.")
                 for n in asked.papers if n not in sent}  # fmt: skip
    if not (files or any(v is not None for v in reply.values.values()) or post.get("words")):
        wrong.setdefault("words", _("Write your answer."))
    now = replace(now, reply=replace(reply, faults=tuple(faults)))
    if faults or wrong:
        return _shown(request, now, wrong=wrong)
    version = post.get("version", "")
    done = Asked(
        facts=reply.values, evidence=files, reasons=post.get("words", ""),
        key=post.get("key", "")[:100], expects_version=int(version) if version.isdigit() else None,
    )  # fmt: skip
    try:
        act(case.number, asked.verb or "answer", actor, done)
    except Invalid as error:
        papers = {n.removeprefix(PAPER): text for n, text in error.fields.items()}
        return _shown(request, now, wrong=papers or {"words": error.message})
    except Conflict as error:
        return _shown(request, now, note=error.message)
    note_act(actor, "cases.verb", case=case.number)
    return redirect(_case_url(actor, case), number=case.number)


def _shown(
    request: HttpRequest, now: Answering, *,
    wrong: Mapping[str, str] | None = None, note: str = "", reads: bool = True,
) -> HttpResponse:  # fmt: skip
    case, form, asked, reply = now.case, now.form, now.asked, now.reply
    posted = request.method == "POST"
    raw = {n: v for n, v in request.POST.lists() if isinstance(n, str)} if posted else None
    wrong, faults = dict(wrong or {}), reply.faults if reads else ()
    flow = Flow((), dict(reply.answers))
    papers = [one for one in form.package.service.evidence if one.id in asked.papers]
    links = [link for step in reply.steps for link in error_links(step, faults)]
    context: dict[str, Any] = {
        "heading": _("Answer the office"),
        "crumbs": [(_("Home"), "/"), (_("My cases"), "/cases/"),
                   (case.title, f"/cases/{case.number}/")],
        "case": case,
        "asked": asked,
        "asked_on": day_text(profile().local(asked.at).date()),
        "pages": [(step.page, groups_of(step, flow, raw, faults)) for step in reply.steps],
        "may_add": any(step.page.repeat for step in reply.steps),
        "opened": bool(reply.opened),
        "papers": [
            (one, ", ".join(kind.upper() for kind in one.types), accepted(one.types),
             wrong.get(one.id, "")) for one in papers
        ],
        "errors": [*links, *wrong.items()],
        "words": request.POST.get("words", ""),
        "words_error": wrong.get("words", ""),
        "partly": request.POST.get("partly") == "yes",
        "key": request.POST.get("key") or new_key(),
        "version": request.POST.get("version") or case.version,
        "note": note,
    }  # fmt: skip
    bad = bool(context["errors"] or note)
    return render(request, "cases/answer.html", context, status=422 if bad else 200)


def _case_url(actor: Actor, case: ShownCase) -> str:
    own = bool(case.subject) and case.subject in (actor.person, actor.on_behalf_of)
    return "casework-case" if is_officer(actor) and not own else "case"
