"""The same questions on other ways: keyed in by staff all at once, and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.access.api import Actor
from madang.cases import application_parts as parts
from madang.cases import drafts
from madang.cases.application_fields import Field, field
from madang.cases.appointment_models import new_key
from madang.cases.case_opening import OpenedCase, open_case
from madang.cases.case_versions import DistrictAsked, version_for
from madang.cases.drafts import Open
from madang.cases.evidence_files import EvidenceFile
from madang.city.api import profile
from madang.identity.api import current_actor, resident_with
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.services import api as services
from madang.services.api import (
    Fault,
    Form,
    Page,
    Question,
    Version,
    fault_text,
    fields_of,
    first_field,
    form_of,
    written,
)

Raw = Mapping[str, Sequence[str]]
_OWN_FIELDS = ("number", "name", "born", "channel", "received", "key", "person", "look")
WAYS = ("post", "counter", "phone", "visit")


@dataclass(frozen=True)
class Keyed:
    """What staff keyed in: values by fact, and what is wrong, by element id."""

    answers: dict[str, Any]
    faults: dict[str, str]


@never_cache
@sensitive_post_parameters()
def key_in(request: HttpRequest, service: str) -> HttpResponse:
    """Show all questions of a service at once to staff, and open the case."""
    actor = current_actor(request)
    draft = drafts.of_paper(actor, request.GET["ref"]) if request.GET.get("ref") else None
    try:
        found = _version(request, service, draft)
    except DistrictAsked as error:
        return parts.district_asked(request, service, error)
    form = services.form_in(found.hash, get_language() or "")
    if request.method != "POST":
        raw = _written(form, draft.content.answers) if draft else {}
        return _dense(request, form, raw, {}, draft)
    raw = {name: values for name, values in request.POST.lists() if isinstance(name, str)}
    if request.POST.get("do") == "more":
        return _dense(request, form, raw, {}, draft, more=True)
    keyed = _keyed(form, raw)
    if keyed.faults:
        return _dense(request, form, raw, keyed.faults, draft)
    try:
        case = _opened(request, actor, found, keyed, draft)
    except (Invalid, NotFound) as error:
        named = error.fields if isinstance(error, Invalid) else {"name": error.message}
        return _dense(request, form, raw, named or {"person": error.message}, draft)
    context = {
        "heading": _("Case %(number)s is open") % {"number": case.number},
        "crumbs": [(_("Home"), "/")],
        "case": case,
        "service": form.package.service,
        "due": parts.day_and_clock(case.due) if case.due else "",
        "fee": parts.money_text(case.fee) if case.fee else "",
    }
    return render(request, "cases/apply_keyed.html", context)


def _version(request: HttpRequest, service: str, draft: Open | None) -> Version:
    """Return the version whose questions stand on the paper: the one that its QR code names.

    Without paper, it is the one in force in the district that staff chose.
    """
    if draft is not None:
        return services.package(draft.row.package)
    services.current(service)  # nobody applies for what is not offered any more
    mark = request.GET.get("version", "")
    if mark:
        return services.marked(service, mark)
    return version_for(service, asked=request.GET.get("district", "")[:20])


def _opened(
    request: HttpRequest, actor: Actor, found: Version, keyed: Keyed, draft: Open | None
) -> OpenedCase:
    post, package = request.POST, found.package
    way = post.get("channel", "")
    received = _received(post.get("received", ""), way)
    files = [
        EvidenceFile(paper.id, (file.name or "")[:200], file.read())
        for paper in package.service.evidence
        for file in request.FILES.getlist(f"paper-{paper.id}")
    ]
    case = open_case(
        package_hash=found.hash,
        subject=draft.row.subject if draft and draft.row.subject else _person(actor, post),
        facts={n: v for n, v in keyed.answers.items() if n in package.facts},
        evidence=files, actor=actor, channel=way, key=post.get("key", "")[:100],
        wants_person=post.get("person") == "yes", consent=post.get("look") == "yes",
        received_at=received,
    )  # fmt: skip
    if draft:
        drafts.came_on_paper(draft, case.number)
    return case


def _person(actor: Actor, post: Mapping[str, str]) -> str:
    """Return the person whose form this is, by register number, or by name and birthday."""
    number, name = post.get("number", "").strip(), post.get("name", "").strip()
    try:
        born = date.fromisoformat(post.get("born", "").strip())
    except ValueError:
        born = None
    if not number and not (name and born):
        text = _("Write the register number, or the name and the birthday like 1951-03-24.")
        raise Invalid(text, {"number": text})
    return resident_with(actor, number=number, name=name, born=born).person


def _received(text: str, way: str) -> datetime | None:
    """Return when paper reached the city: noon of the day that is stamped on it."""
    if way not in WAYS:
        said = _("Say how it came.")
        raise Invalid(said, {"channel": said})
    if not text.strip():
        return None
    city = profile()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.max
    if day > city.today():
        said = _("The day on the stamp, like 2026-11-23, not after today.")
        raise Invalid(said, {"received": said})
    if day == city.today():
        return None
    return datetime.combine(day, time(12), tzinfo=city.timezone)


def _keyed(form: Form, raw: Raw) -> Keyed:
    """Return what was keyed in of all questions; only those that are reached can be wrong."""
    today = profile().today()
    answers: dict[str, Any] = {}
    wrong: list[Fault] = []
    for page in form.package.pages.pages:
        asked = [form.package.questions[n] for n in page.questions if n in form.package.questions]
        if page.repeat is None:
            read = services.read_questions(asked, raw, today)
            answers |= read.values
            wrong += [one for one in read.faults if one.code != "missing"]
            continue
        rows = []
        for item in range(page.repeat.max):
            read = services.read_questions(asked, raw, today, item)
            said = [f for f in read.faults if f.code not in ("missing", "consent")]
            if said or any(value is not None for value in read.values.values()):
                rows.append(read.values)
                wrong += said
        answers |= {one.id: [row.get(one.id) for row in rows] for one in asked}
    flow = form.flow(answers, today)
    reached = {question.id for step in flow.steps for question in step.questions}
    unread = {(fault.question, fault.item) for fault in wrong}
    # what only a register could tell whether it is asked may be open on paper
    sure = form.flow(answers, today, in_doubt=False)
    missing = [f for s in sure.steps for f in s.faults if (f.question, f.item) not in unread]
    faults = {}
    for fault in [*wrong, *missing]:
        if fault.question in reached:
            question = form.package.questions[fault.question]
            faults[first_field(question, fault.item)] = fault_text(fault, question)
    return Keyed(flow.answers, faults)


def _written(form: Form, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for page, question in form.package.asked():
        value = answers.get(question.id)
        if page.repeat is None:
            raw |= written(question, value)
        elif isinstance(value, list):
            for item, one in enumerate(value):
                raw |= written(question, one, item)
    return raw


def _dense(
    request: HttpRequest,
    form: Form,
    raw: Raw,
    faults: Mapping[str, str],
    draft: Open | None,
    *,
    more: bool = False,
) -> HttpResponse:
    language = get_language() or ""
    on_paper = (q for section in form_of(form.package, {}, language) for q in section.questions)
    only_if = {question.id: question.only_if for question in on_paper}
    offered = {channel.kind for channel in form.package.service.channels}
    given = {name: (raw.get(name) or [""])[-1] for name in _OWN_FIELDS}
    context = parts.around(
        form,
        heading=_("Key in: %(service)s") % {"service": form.package.service.title},
        sections=[
            _section(form, page, raw, faults=faults, only_if=only_if, more=more)
            for page in form.package.pages.pages if page.questions
        ],
        errors=list(faults.items()),
        faults=faults,
        given=given,
        key=given["key"] or new_key(),
        ways=[(way, _way_title(way), "") for way in WAYS if way in offered],
        papers=form.package.service.evidence,
        has_person=bool(draft and draft.row.subject),
        draft=draft,
        version=form.package.service.version,
        in_force=_in_force(form),
        repeats=any(page.repeat for page in form.package.pages.pages),
    )  # fmt: skip
    return render(request, "cases/apply_key_in.html", context, status=422 if faults else 200)


def _in_force(form: Form) -> str:
    """Return the number of the version in force, where a paper is of another one; else empty."""
    now = services.current(form.package.id, form.package.district).package.service.version
    return "" if now == form.package.service.version else now


def _section(
    form: Form,
    page: Page,
    raw: Raw,
    *,
    faults: Mapping[str, str],
    only_if: Mapping[str, str],
    more: bool,
) -> tuple[str, list[tuple[int, list[tuple[Field, str]]]]]:
    """Return the title of a page and its fields, by repetition (from 1; 0 where none repeats)."""
    asked = [form.package.questions[n] for n in page.questions if n in form.package.questions]
    count = 1
    if page.repeat:
        used = [n for n in range(page.repeat.max) if _has(raw, asked, n)]
        count = min(page.repeat.max, max(used[-1] + 1 if used else 0, page.repeat.min, 1) + more)
    groups = []
    for item in range(count):
        here = item if page.repeat else None
        fields = [
            (_with_error(field(q, raw, here), faults), only_if.get(q.id, "")) for q in asked
        ]  # fmt: skip
        groups.append((item + 1 if page.repeat else 0, fields))
    return page.title, groups


def _has(raw: Raw, asked: Sequence[Question], item: int) -> bool:
    return any(any(raw.get(name, ())) for one in asked for name in fields_of(one, item))


def _with_error(drawn: Field, faults: Mapping[str, str]) -> Field:
    return replace(drawn, error=faults.get(drawn.id, ""))


def _way_title(way: str) -> str:
    return {
        "post": _("By post"), "counter": _("At a counter"), "phone": _("By phone"),
        "visit": _("On a visit at home"),
    }[way]  # fmt: skip


@never_cache
def paper_form(request: HttpRequest, service: str) -> HttpResponse:
    """Return the form as PDF, filled in with what this browser has answered so far."""
    try:
        draft: Open | None = parts.opened(request, service)
    except MadangError:
        draft = None
    if draft is not None:
        found = services.package(draft.row.package)
    else:
        found = services.current(service, request.GET.get("district", ""))
    language = services.paper_language(found.package, get_language() or "")
    answers = draft.content.answers if draft else {}
    pdf = services.form_paper(found.hash, language, answers, draft.row.pk if draft else "")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{service}.pdf"'
    return response
