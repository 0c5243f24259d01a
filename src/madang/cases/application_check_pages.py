"""Pages at the end of an application: the last look, done, save and come back, start over."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.cases import application_knowing, drafts
from madang.cases import application_parts as parts
from madang.cases.application_errors import Incomplete, NoDraft
from madang.cases.application_fields import line_text, proposed_text
from madang.cases.application_sending import (
    Sight,
    case_of,
    due_if_sent_now,
    fee_if_sent_now,
    is_fee_open,
    require_level,
    send,
)
from madang.identity.api import current_actor
from madang.kernel.errors import Invalid
from madang.services.api import review


@never_cache
def check(request: HttpRequest, service: str) -> HttpResponse:
    """Show all answers once more, fee and deadline; send."""
    draft = parts.opened(request, service)
    if draft.is_sent:
        return redirect("apply-done", service)
    seen = parts.seen_by(request, draft)
    if seen.flow.next_open is not None:
        return redirect(parts.step_url(service, seen.flow.next_open.key))
    return _sent(request, seen) if request.method == "POST" else _shown(request, seen)


def _sent(request: HttpRequest, seen: Sight) -> HttpResponse:
    """Keep what was declared, and send, or say what keeps it from being sent."""
    draft, service = seen.draft, seen.draft.row.service
    if request.POST.get("seen") != _digest(seen):
        note = _("Answers were changed in another window meanwhile. Look at them, then send.")
        return _shown(request, seen, {"seen": note})
    content = replace(
        draft.content,
        consents=request.POST.get("agree") == "yes",
        wants_person=request.POST.get("person") == "yes",
        may_look={"yes": True, "no": False}.get(request.POST.get("look", ""),
                                                draft.content.may_look),
    )  # fmt: skip
    actor = current_actor(request)
    draft = application_knowing.looked(actor, drafts.save(draft, content))
    if request.POST.get("do") == "later":
        return redirect("apply-later", service)
    seen = parts.seen_by(request, draft)
    if seen.flow.next_open is not None:  # what registers say, or no longer say, asks for more
        return redirect(parts.step_url(service, seen.flow.next_open.key))
    require_level(actor, seen.form)
    try:
        send(actor, seen, channel=parts.channel_of(actor, seen.form))
    except Incomplete as error:
        return _shown(request, seen, error.fields)
    return redirect("apply-done", service)


def _digest(seen: Sight) -> str:
    papers = [paper.id for paper in seen.papers]
    return drafts.seen({"answers": seen.flow.answers, "papers": papers})


def _shown(request: HttpRequest, seen: Sight, faults: dict[str, str] | None = None) -> HttpResponse:
    service, form = seen.draft.row.service, seen.form
    actor = current_actor(request)
    due = due_if_sent_now(form)
    have = seen.papers
    asked = [one for one in form.package.service.evidence if one.id in seen.flow.evidence]
    last = seen.flow.steps[-1] if seen.flow.steps else None
    links = [(name.replace("evidence.", "paper-"), text) for name, text in (faults or {}).items()]
    context = parts.around(
        form,
        heading=_("Look at your answers, then send them"),
        errors=links,
        rows=_rows(seen),
        papers=[(one, [file.name for file in have if file.evidence == one.id]) for one in asked],
        fee=_fee(seen) if form.package.service.fees else "",
        due=parts.day_and_clock(due) if due else "",
        declaration=form.package.pages.consent,
        looked=[fact.title for fact in form.package.service.facts if fact.source == "register"],
        may_look=seen.draft.content.may_look,
        wants_person=seen.draft.content.wants_person,
        is_automatic=form.package.process.automation is not None,
        needs_sign_in=form.package.service.identity.ial > 0 and actor.is_anonymous,
        seen=_digest(seen),
        back=reverse("apply-papers", args=(service,)) if asked
        else parts.step_url(service, last.key) if last else reverse("apply", args=(service,)),
        state=parts.version_state(seen.draft),
    )  # fmt: skip
    return render(request, "cases/apply_check.html", context, status=422 if faults else 200)


def _fee(seen: Sight) -> str:
    """Return what it costs; nothing is called free that a register still has to say."""
    if is_fee_open(seen):
        return _("We tell you before you pay.")
    return parts.money_text(fee_if_sent_now(seen))


def _rows(seen: Sight) -> list[tuple[str, str, str]]:
    """Return question, answer and where to change it."""
    rows = []
    for part in review(seen.flow):
        url = f"{parts.step_url(seen.draft.row.service, part.step.key)}?change=1"
        for line in part.lines:
            title = line.question.ask
            if line.item is not None:
                title = f"{part.step.page.title or title} {line.item + 1}: {title}"
            text = line_text(line)
            if line.question.id in seen.proposed:
                text = f"{text} · {proposed_text(line, seen.proposed[line.question.id])}"
            rows.append((title, text, url))
    return rows


@never_cache
def done(request: HttpRequest, service: str) -> HttpResponse:
    """Show the number of the case, and what happens next by when."""
    draft = parts.opened(request, service)
    if not draft.is_sent:
        return redirect("apply-check", service)
    seen = parts.seen_by(request, draft)
    case = case_of(draft)
    context = parts.around(
        seen.form,
        heading=_("We have your application"),
        number=draft.row.number,
        case=case,
        due=parts.day_and_clock(case.due) if case.due else "",
        fee=parts.money_text(case.fee) if case.fee else "",
        qr=_qr(request.build_absolute_uri(f"/cases/{draft.row.number}/")),
        outputs=seen.form.package.service.outputs,
        rows=_rows(seen),
    )  # fmt: skip
    if case.decided and case.outcome == "granted":
        context["heading"] = _("Your application is granted")
    return render(request, "cases/apply_done.html", context)


def _qr(text: str) -> str:
    """Return a QR code as the address of a picture (ISO/IEC 18004)."""
    import segno

    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=4, light="white"))


@never_cache
def later(request: HttpRequest, service: str) -> HttpResponse:
    """Say that it is saved, and how to come back; give a code to who asks for one."""
    draft = parts.opened(request, service)
    if draft.is_sent:
        return redirect("apply-done", service)
    seen = parts.seen_by(request, draft)
    actor = current_actor(request)
    code = drafts.give_code(draft) if request.method == "POST" else ""
    context = parts.around(
        seen.form,
        heading=_("Your answers are saved"),
        until=parts.day_and_clock(draft.row.expires),
        code=code,
        is_guest=actor.is_anonymous,
        onward=reverse("apply-check", args=(service,)),
    )  # fmt: skip
    return render(request, "cases/apply_later.html", context)


@never_cache
def resume(request: HttpRequest) -> HttpResponse:
    """Take an application up again by its code."""
    faults: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            draft = drafts.with_code(current_actor(request), request.POST.get("code", ""))
            return parts.remember(redirect("apply-check", draft.row.service), draft)
        except NoDraft as error:
            faults, status = [("code", error.message)], error.http_status
    context = {
        "heading": _("Go on with a saved application"),
        "crumbs": [(_("Home"), "/")],
        "errors": faults,
        "given": request.POST.get("code", ""),
        "mine": drafts.mine(current_actor(request)),
    }
    return render(request, "cases/apply_resume.html", context, status=status)


@require_POST
def start_over(request: HttpRequest, service: str) -> HttpResponse:
    """Delete what was written and begin anew."""
    draft = parts.opened(request, service)
    drafts.discard(draft)
    return parts.forget(redirect("apply", service), service)


@require_POST
def new_version(request: HttpRequest, service: str) -> HttpResponse:
    """Go on by the version of the service that is in force now."""
    try:
        drafts.renew(parts.opened(request, service), request.POST.get("district", ""))
    except Invalid as error:
        return parts.district_asked(request, service, error)
    return redirect("apply-check", service)
