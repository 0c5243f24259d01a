"""Pages of an application: what it needs, one group of questions a page, papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.cases import application_knowing, draft_papers, drafts
from madang.cases import application_parts as parts
from madang.cases.application_errors import ChangedElsewhere, NoDraft
from madang.cases.application_fields import error_links, groups_of, quick_answers
from madang.cases.application_sending import Sight, due_if_sent_now
from madang.cases.carried_answers import SHOW, carried_answers, fields_of
from madang.cases.case_versions import district_name, version_for
from madang.cases.drafts import Content, Open
from madang.cases.evidence_files import accepted
from madang.city.api import profile
from madang.identity.api import acting_in, current_actor
from madang.kernel.errors import Invalid
from madang.kernel.language_marks import marked_unless
from madang.services import api as services
from madang.services.api import Fault, Form, Step

SECONDS_A_QUESTION = 25  # GOV.UK counts half a minute a question; ours are mostly choices
LONGEST_UPLOAD_NAME = 200


@never_cache
@sensitive_post_parameters()
def start(request: HttpRequest, service: str) -> HttpResponse:
    """Show what the application needs, and begin it, with answers given on another page."""
    actor = current_actor(request)
    language = get_language() or ""
    district = parts.district_wanted(request)
    try:
        offered = services.offered(service)
        found = version_for(service, asked=district, offered=offered)
    except Invalid as error:
        return parts.district_asked(request, service, error)
    form = services.form_in(found.hash, language)
    carried = carried_answers(request.POST, form, profile().today())
    if request.method == "POST" and SHOW not in request.POST:
        channel = parts.channel_of(actor, form)
        content = Content(
            answers=carried,
            may_look={"yes": True, "no": False}.get(request.POST.get("look", "")),
            district=district if offered.districts else "",
        )
        draft = drafts.begin(
            actor, service, channel=channel, language=language, content=content, version=found
        )
        draft = application_knowing.looked(actor, draft)
        return parts.remember(_onward(request, draft), draft)
    try:
        before = parts.opened(request, service)
    except NoDraft:
        before = None
    questions = len(form.package.pages.questions)
    context = parts.around(
        form,
        heading=form.package.service.title,
        before=before if before and not before.is_sent else None,
        chosen=district if offered.districts else "",
        chosen_name=district_name(district, language) if offered.districts else "",
        minutes=max(1, round(questions * SECONDS_A_QUESTION / 60)),
        fees=[(fee.title, _fee_text(form, fee)) for fee in form.package.service.fees],
        due=_due_text(form),
        papers=form.package.service.evidence,
        looked=_looked_up(form),
        carried=fields_of(carried),
        acting=acting_in(actor),
        needs_sign_in=form.package.service.identity.ial > 0 and actor.is_anonymous,
        offline=[one for one in form.package.service.channels if one.kind in _OFFLINE],
    )  # fmt: skip
    context["crumbs"] = context["crumbs"][:1]
    return render(request, "cases/apply_start.html", context)


_OFFLINE = ("counter", "phone", "post", "visit")


def _looked_up(form: Form) -> list[tuple[str, str, str]]:
    """Return what registers are asked: the fact, the register, the law that lets the city look."""
    package, found = form.package, []
    own, language = package.service.language, get_language() or ""
    for fact in package.service.facts:
        if fact.source == "register":
            law = f"{fact.basis.law} {fact.basis.article}" if fact.basis else ""
            law = marked_unless(law, own, language)
            found.append((fact.title, fact.register.partition(".")[0], law))
    for question in package.pages.questions:
        if question.prefill in package.prefills:
            basis = package.prefills[question.prefill].basis
            law = f"{basis.law} {basis.article}" if basis else ""
            title = package.facts[question.id].title if question.id in package.facts else ""
            law = marked_unless(law, own, language)
            text = _("%(fact)s – filled in for you") % {"fact": title or question.ask}
            found.append((text, question.prefill.partition(".")[0], law))
    return found


def _fee_text(form: Form, fee: Any) -> str:
    if fee.amount is not None:
        return parts.money_text(fee.amount)
    if fee.parameter:
        found = next((one for one in form.package.parameters if one.id == fee.parameter), None)
        price = services.in_force(found, profile().today()) if found else None
        if isinstance(price, int):
            text = parts.money_text(price)
            return _("%(price)s each") % {"price": text} if fee.per else text
    return _("depends on your answers; you see it before you send")


def _due_text(form: Form) -> str:
    due = due_if_sent_now(form)
    return parts.day_and_clock(due) if due else _("at once")


@never_cache
@sensitive_post_parameters()
def question(request: HttpRequest, service: str, page: str) -> HttpResponse:
    """Ask one page of questions, keep the answers, go on."""
    draft = parts.opened(request, service)
    seen = parts.seen_by(request, draft)
    step = seen.flow.step(parts.step_key(page)) or _page_of(seen, parts.step_key(page))
    if draft.is_sent:
        return redirect("apply-done", service)
    if step is None or not seen.flow.may_show(step.key):
        return _onward(request, draft)
    if request.method != "POST":
        return _shown(request, seen, step)
    return _answered(request, seen, step)


def _page_of(seen: Sight, key: str) -> Step | None:
    """Return the page under another display's name of it: with all questions, or each alone."""
    page = key.partition(".")[0]
    return next((step for step in seen.flow.steps if step.page.id == page), None)


def _answered(request: HttpRequest, seen: Sight, step: Step) -> HttpResponse:
    """Keep what was written, as far as it is good, and go where the button says."""
    raw = {name: values for name, values in request.POST.lists() if isinstance(name, str)}
    draft, content = seen.draft, seen.draft.content
    shown = {q.id: content.answers.get(q.id) for q in step.questions}
    fixed = {name for name, one in seen.proposed.items() if one.is_fixed}
    values, faults = _read(step, raw, fixed)
    theirs = request.POST.get("seen", "") != drafts.seen(shown)
    if theirs and shown != {**shown, **values}:
        note = _("These answers were changed in another window meanwhile. What you wrote here is "
                 "below; send it again to keep it.")  # fmt: skip
        return _shown(request, seen, step, raw, faults, note=note)
    do = request.POST.get("do", "")
    answers = {**content.answers, **values}
    if do == "add":
        answers = services.with_item(step.page, answers)
    elif do.startswith("remove-") and do[7:].isdigit():
        answers = services.without_item(step.page, answers, int(do[7:]) - 1)
    try:
        draft = drafts.save(draft, replace(content, answers=answers, consents=False))
    except ChangedElsewhere as error:
        return _shown(request, seen, step, raw, faults, note=error.message)
    service = draft.row.service
    if do == "later":
        return redirect("apply-later", service)
    if do == "add" or do.startswith("remove-"):
        return redirect(f"{parts.step_url(service, step.key)}#add")
    if faults:
        now = parts.seen_by(request, draft)
        faults = _still_asked(now.flow.step(step.key) or step, faults)
        if faults:
            return _shown(request, now, step, raw, faults)
    return _onward(request, draft, step.key)


def _still_asked(step: Step, faults: Sequence[Fault]) -> list[Fault]:
    """Return what is wrong with questions that the answers beside them did not make pointless."""
    groups = step.groups or ((),)
    asked = {
        (question.id, item if step.page.repeat else None)
        for item, questions in enumerate(groups)
        for question in questions
    }
    return [fault for fault in faults if (fault.question, fault.item) in asked]


def _read(
    step: Step, raw: Mapping[str, Sequence[str]], fixed: Collection[str]
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the good answers of a page, as lists where it repeats, and all that is wrong.

    Questions that are `fixed` are not asked: a register answered them.
    """
    today = profile().today()
    if step.page.repeat is None:
        asked = [one for one in step.questions if one.id not in fixed]
        read = services.read_questions(asked, raw, today)
        return read.values, list(read.faults)
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for item, questions in enumerate(step.groups):
        read = services.read_questions(questions, raw, today, item)
        rows.append(read.values)
        faults += read.faults
    names = {question.id for question in step.questions}
    return {name: [row.get(name) for row in rows] for name in names}, faults


def _shown(
    request: HttpRequest,
    seen: Sight,
    step: Step,
    raw: Mapping[str, Sequence[str]] | None = None,
    faults: Sequence[Fault] = (),
    *,
    note: str = "",
) -> HttpResponse:
    service, flow = seen.draft.row.service, seen.flow
    step = flow.step(step.key) or step
    asked = step.questions
    single = len(asked) == 1 and step.page.repeat is None
    before = flow.before(step.key)
    groups = groups_of(step, flow, raw, faults, seen.proposed)
    stored = {q.id: seen.draft.content.answers.get(q.id) for q in asked}
    alone = single and parts.is_senior(request) and not groups[0].fields[0].fixed
    context = parts.around(
        seen.form,
        heading=asked[0].ask if single else step.page.title or seen.form.package.service.title,
        hint=step.page.hint,
        note=note,
        groups=groups,
        errors=error_links(step, faults),
        seen=drafts.seen(stored),
        place=flow.place(step.key),
        places=len(flow.steps),
        may_grow=seen.form.may_grow(flow, step.key),
        back=parts.step_url(service, before.key) if before else reverse("apply", args=(service,)),
        repeat=step.page.repeat,
        may_add=step.page.repeat and len(groups) < step.page.repeat.max,
        may_remove=step.page.repeat and len(groups) > step.page.repeat.min,
        one_tap=alone and groups[0].fields[0].buttons,
        quick=quick_answers(asked[0]) if alone else [],
        state=parts.version_state(seen.draft),
    )  # fmt: skip
    return render(request, "cases/apply_page.html", context, status=422 if faults else 200)


def _onward(request: HttpRequest, draft: Open, key: str = "") -> HttpResponse:
    """Go to the next page: what is open after this one, else papers, else the last look."""
    seen = parts.seen_by(request, draft)
    service = draft.row.service
    step = seen.flow.after(key) if key else None
    if key and seen.flow.step(key) and not seen.flow.step(key).is_answered:  # type: ignore[union-attr]
        step = seen.flow.step(key)  # an answer opened a question on the same page
    if step is None or request.GET.get("change"):
        step = seen.flow.next_open
    if step is not None:
        return redirect(parts.step_url(service, step.key))
    if seen.missing_papers or (seen.flow.evidence and not request.GET.get("change")):
        return redirect("apply-papers", service)
    return redirect("apply-check", service)


@never_cache
def papers(request: HttpRequest, service: str) -> HttpResponse:
    """Take the papers that the service asks for, one after the other."""
    draft = parts.opened(request, service)
    if draft.is_sent:
        return redirect("apply-done", service)
    seen = parts.seen_by(request, draft)
    if seen.flow.next_open is not None:
        return _onward(request, draft)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _taken(request, seen)
        if not faults and request.POST.get("do") == "next":
            faults = {n: _("This paper is missing. Send it, or bring it to a counter.")
                      for n in seen.missing_papers}  # fmt: skip
            if not faults:
                return redirect("apply-check", service)
        elif not faults:
            where = "apply-later" if request.POST.get("do") == "later" else "apply-papers"
            return redirect(where, service)
    return render(request, "cases/apply_papers.html", _papers_context(seen, faults),
                  status=422 if faults else 200)  # fmt: skip


def _taken(request: HttpRequest, seen: Sight) -> dict[str, str]:
    """Keep the files that were sent and delete what shall go; return what cannot be taken."""
    faults = {}
    remove = request.POST.get("remove", "")
    if remove:
        draft_papers.remove(seen.draft, remove[:36])
    for name in seen.flow.evidence:
        for file in request.FILES.getlist(name):
            try:
                draft_papers.add(seen.draft, seen.form.package, name,
                                 (file.name or "")[:LONGEST_UPLOAD_NAME], file.read())  # fmt: skip
            except Invalid as error:
                faults[name] = error.message
    return faults


def _papers_context(seen: Sight, faults: dict[str, str]) -> dict[str, Any]:
    have = seen.papers
    asked = [one for one in seen.form.package.service.evidence if one.id in seen.flow.evidence]
    last = seen.flow.steps[-1] if seen.flow.steps else None
    service = seen.draft.row.service
    looks = bool(seen.draft.content.may_look)
    return parts.around(
        seen.form,
        heading=_("Add your papers"),
        asked=[
            (one, ", ".join(kind.upper() for kind in one.types), accepted(one.types),
             [file for file in have if file.evidence == one.id], faults.get(one.id, ""),
             bool(one.instead and looks))
            for one in asked
        ],
        errors=list(faults.items()),
        back=parts.step_url(service, last.key) if last else reverse("apply", args=(service,)),
        state=parts.version_state(seen.draft),
    )  # fmt: skip
