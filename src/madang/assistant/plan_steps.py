"""Steps of a plan as a page shows them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from madang.assistant import api
from madang.assistant.plans import Paper, Step
from madang.assistant.present import day_text, fee_text, plain, reason, reckoning, way_text
from madang.city.api import profile
from madang.kernel.errors import NotFound
from madang.services import api as services


@dataclass(frozen=True)
class Shown:
    """One step. `apply` is the page where one applies, empty where there is none."""

    id: str
    title: str
    note: str
    certain: bool
    due: str
    due_iso: str
    due_note: str
    advised: bool
    overdue: bool
    opens: str
    needed_by: str
    office: str
    address: str
    phone: str
    papers: list[str]
    fee: str
    ways: str
    law: str
    reason: str
    after: list[str]
    apply: str
    prefill: list[tuple[str, str]]
    url: str
    check_with: str


def text_in(names: Mapping[str, str], lang: str) -> str:
    """Return a text in the page's language, labelled where it is in another; empty for none."""
    return profile().text(names, lang) if names else ""


def date_text(day: date, lang: str) -> str:
    """Return a day with its weekday, as people of a language write it."""
    return day_text(day, "ko") if lang == "ko" else profile().date_text(day, lang)


def shown_steps(plan: api.Plan, lang: str) -> list[Shown]:
    """Return the steps of a plan in order."""
    titles = {one.id: text_in(one.names, lang) for one in plan.steps}
    return [_shown(one, plan, titles, lang) for one in plan.steps]


def _shown(one: Step, plan: api.Plan, titles: Mapping[str, str], lang: str) -> Shown:
    office = one.office
    return Shown(
        id=one.id,
        title=titles[one.id],
        note=text_in(one.note, lang),
        certain=one.status == "do",
        due=date_text(one.due.day, lang) if one.due else "",
        due_iso=one.due.day.isoformat() if one.due else "",
        due_note=reckoning(one.due, plan, lang) if one.due else "",
        advised=one.advised,
        overdue=one.overdue,
        opens=date_text(one.opens.day, lang) if one.opens else "",
        needed_by=date_text(one.needed_by, lang) if one.needed_by else "",
        office=text_in(office.names, lang) if office else "",
        address=office.address if office else "",
        phone=office.phone if office else "",
        papers=[_paper(paper, titles, lang) for paper in one.papers],
        fee=fee_text(one.fee, lang) if one.fee else "",
        ways=", ".join(way_text(way, lang) for way in one.ways),
        law=", ".join(one.law),
        reason=reason(one, plan, lang),
        after=[titles[name] for name in one.requires],
        apply=_apply(one),
        prefill=[(f"answer.{name}", _word(value)) for name, value in one.prefill.items()],
        url=next((way.url for way in one.ways if way.url), ""),
        check_with=plan.city_line if one.expired else "",
    )


def _paper(one: Paper, titles: Mapping[str, str], lang: str) -> str:
    title = text_in(one.names, lang)
    if one.from_step:
        return _("%(paper)s – you get it by “%(step)s”") % {
            "paper": title,
            "step": titles[one.from_step],
        }
    return title if one.certain else _("%(paper)s (in some cases)") % {"paper": title}


def _word(value: object) -> str:
    """Return a value as a form of the city sends it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(plain(value))


def _apply(one: Step) -> str:
    """Return where one applies for a step here; the district's own version where there is one."""
    if not one.service:
        return ""
    try:
        offered = services.offered(one.service)
        url = reverse("apply", args=[one.service])
    except (NotFound, NoReverseMatch):
        return ""
    district = one.office.district if one.office else ""
    return f"{url}?district={district}" if district in offered.districts else url
