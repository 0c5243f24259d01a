"""What the residents' own page shows of cases, applications and appointments."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases import appointments as booked
from madang.cases import case_money
from madang.cases import drafts as kept
from madang.cases.appointment_scope import matters_within, may_apply
from madang.cases.appointment_shown import shown_appointment
from madang.cases.case_clocks import state_of
from madang.cases.case_looking import pressing_for
from madang.cases.case_models import Case
from madang.cases.case_packages import pinned
from madang.cases.case_words import state_title
from madang.cases.draft_models import Draft
from madang.cases.models import Appointment
from madang.cases.rules import possible
from madang.city.api import profile
from madang.identity.api import Extent, extent_of
from madang.kernel import times
from madang.kernel.own_page import OwnFact, OwnLink, OwnPart, OwnRow
from madang.records import api as records
from madang.services import api as services
from madang.services.api import Package


def cases(actor: Actor, limit: int) -> OwnPart | None:
    """Return the cases of somebody: those that wait for them, open ones, closed ones."""
    reach = extent_of(actor)
    if reach.services_for("view", "apply") is None:
        return None
    rows = pressing_for(actor, limit + 1)
    return OwnPart(
        title=_("Cases"),
        rows=tuple(_case(row, reach) for row in rows),
        empty=_("You have no case with the city. Find a service and apply."),
        all_url=reverse("cases"),
        links=(OwnLink(_("Find a service"), reverse("services")),),
    )


def _case(row: Case, reach: Extent) -> OwnRow:
    found = pinned(row.package)
    page, acts = reverse("case", args=[row.number]), reach.covers("apply", row.service)
    url = page if acts or reach.covers("view", row.service) else ""
    asks, asks_url = _asked_of(row, page if acts else "")
    by = row.state_due if asks and row.state_kind == "waiting" else None
    title, lang = title_in(found.package)
    objects = row.state_kind == "final" and any(
        verb.kind == "appeal" and "applicant" in verb.by
        for verb in possible(found.process, row.state)
    )
    object_link = OwnLink(_("Object to the decision"), url)
    return OwnRow(
        id=row.number,
        title=title,
        url=url,
        lang=lang,
        state=_state(found.package, row.state) or state_title(state_of(found.process, row.state)),
        said=_next(row, asks),
        facts=_facts(row),
        asks=asks,
        asks_url=asks_url,
        asks_by=by,
        is_late=by is not None and by < times.now(),
        links=(object_link,) if acts and objects and row.outcome == "refused" else (),
    )


def _asked_of(row: Case, url: str) -> tuple[str, str]:
    """Return what the case's owner is asked to do, and where; empty where nothing waits."""
    if row.state_kind == "waiting":
        return _("Answer what the office asks"), url
    if case_money.is_owed(row):
        return _("Pay the fee"), records.pay_path(row.intent)
    return "", ""


def _next(row: Case, asks: str) -> str:
    if row.state_kind == "waiting":
        return _("We wait for your answer.")
    if asks:
        return _("Pay the fee; then we go on.") if row.state_kind != "final" else _("Pay the fee.")
    if row.merged_into:
        return _("It goes on in the case %(number)s.") % {"number": row.merged_into}
    if row.state_kind == "final":
        return _("It is finished.")
    return _("The office works on it. You need to do nothing.")


def _facts(row: Case) -> tuple[OwnFact, ...]:
    number = OwnFact(_("Case number"), row.number)
    if row.state_kind == "final":
        return (number, OwnFact(_("Closed"), at=row.closed_at))
    if row.due:
        return (number, OwnFact(_("Our answer by"), at=row.due))
    return (number, OwnFact(_("We received it"), at=row.received_at))


def drafts(actor: Actor, limit: int) -> OwnPart | None:
    """Return what somebody began to apply for, with the day on which it is deleted."""
    reach = extent_of(actor)
    if reach.services_for("apply") is None:
        return None
    rows = [row for row in kept.mine(actor, limit + 1) if reach.covers("apply", row.service)]
    return OwnPart(
        title=_("Applications you have begun"),
        rows=tuple(_draft(row) for row in rows),
        empty=_("You have begun no application."),
        links=(OwnLink(_("Take up one with a code"), reverse("apply-resume")),),
    )


def _draft(row: Draft) -> OwnRow:
    title, lang = title_in(pinned(row.package).package)
    url = reverse("apply", args=[row.service])
    last_day = profile().local(row.expires).date()
    return OwnRow(
        id=row.pk,
        title=title,
        url=url,
        lang=lang,
        state=_("not sent yet"),
        facts=(
            OwnFact(_("Saved"), at=row.saved),
            OwnFact(_("Kept until"), at=last_day),
        ),
        links=(OwnLink(_("Go on"), url),),
    )


def appointments(actor: Actor, limit: int) -> OwnPart | None:
    """Return the appointments to come, the next one first."""
    reach = extent_of(actor)
    matters = matters_within(reach, "view", "apply")
    if matters is None:
        return None
    books = matters_within(reach, "apply") is not None
    rows = booked.ahead_of(actor, limit + 1, matters=matters)
    return OwnPart(
        title=_("Appointments"),
        rows=tuple(_appointment(row, may_change=may_apply(reach, row.matter)) for row in rows),
        empty=_("You have no appointment."),
        all_url=reverse("appointments-mine"),
        links=(OwnLink(_("Book an appointment"), reverse("appointments")),) if books else (),
    )


def _appointment(row: Appointment, *, may_change: bool) -> OwnRow:
    url = reverse("appointment-one", args=[row.pk])
    shown = shown_appointment(row, url)
    is_offered = row.state == Appointment.State.OFFERED
    asks = is_offered and may_change
    waits = is_offered or row.state == Appointment.State.WAITING
    ways = (
        OwnLink(_("Move"), reverse("appointment-one-move", args=[row.pk])),
        OwnLink(_("Cancel"), reverse("appointment-one-cancel", args=[row.pk])),
    )
    return OwnRow(
        id=row.pk,
        title=f"{shown.matter}, {shown.office.name}",
        url=url,
        state=shown.state_text,
        facts=(OwnFact(_("When"), shown.wish if not row.start else "", row.start),
               OwnFact(_("Where"), shown.office.address)),
        asks=_("Say whether you take this time") if asks else "",
        asks_url=url if asks else "",
        asks_by=row.offered_until if asks else None,
        links=(ways[1:] if waits else ways) if may_change and _may_change(row) else (),
    )  # fmt: skip


def _may_change(row: Appointment) -> bool:
    return row.state != Appointment.State.ARRIVED


def title_in(package: Package) -> tuple[str, str]:
    """Return a package's title for the reader, and its language where it is not theirs."""
    return _text(package, "service.title") or (package.service.title, package.service.language)


def _state(package: Package, state: str) -> str:
    found = _text(package, f"process.states.{state}.title")
    return found[0] if found and not found[1] else ""


def _text(package: Package, path: str) -> tuple[str, str] | None:
    language = get_language() or ""
    found = services.translated(package, path, profile().chain(language))
    return (found[0], "" if found[1] == language else found[1]) if found else None
