"""A service as its page shows it, in the reader's language: answers first, then all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from madang.city.api import deadline_of, profile, read_limit
from madang.kernel.errors import Invalid
from madang.services.catalogue import Catalogue
from madang.services.packages.decide import in_force
from madang.services.packages.package import Package
from madang.services.packages.service import Channel, Fee
from madang.services.public_rules import shown_tables
from madang.services.spoken import Spoken, entry_text
from madang.services.words import (
    AUDIENCES,
    CATEGORIES,
    CHANNEL_ICONS,
    CHANNELS,
    OUTPUTS,
    PURPOSES,
    SOURCES,
    limit_text,
    money_text,
)


@dataclass(frozen=True)
class Price:
    """A fee: what for, how much, and when nothing is paid (with the law)."""

    title: str
    amount: str
    waiver: str = ""


@dataclass(frozen=True)
class Way:
    """A way to the service."""

    kind: str
    icon: str
    title: str
    hours: str
    phone: str
    address: str
    note: str


@dataclass(frozen=True)
class Due:
    """The time limit, and when it would end if it were sent now; `at` is None without a date."""

    limit: str
    at: datetime | None
    at_once: bool


@dataclass(frozen=True)
class Item:
    """A line of the page with a second one below it."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A fact that the office must know: from whom, what for, on which law."""

    title: str
    source: str
    purpose: str
    category: str
    basis: str
    sensitive: bool


@dataclass(frozen=True)
class Value:
    """A value that the law sets, as it stands today."""

    title: str
    value: str
    law: str


def due(package: Package, now: datetime) -> Due:
    """Return when the office would be done with what is sent now."""
    text = package.service.deadline
    try:
        limit = read_limit(text)
        found = deadline_of(now, limit)
    except Invalid:
        return Due(text, None, at_once=False)
    at_once = limit.unit == "immediately"
    return Due(limit_text(text), found.due if found else None, at_once)


def prices(package: Package, say: Spoken) -> list[Price]:
    """Return the fees; none where it is free."""
    return [_price(package, fee, say) for fee in package.service.fees]


def _price(package: Package, fee: Fee, say: Spoken) -> Price:
    amount = fee.amount
    for parameter in package.parameters:
        if parameter.id == fee.parameter:
            amount = in_force(parameter, profile().today())
    text = _("by the rules below") if amount is None else money_text(int(amount), say.language)
    fact = package.facts.get(fee.per)
    if fact:
        each = {"amount": text, "what": say(f"facts.{fact.id}.title", fact.title)}
        text = _("%(amount)s × %(what)s") % each
    waiver = ""
    if fee.waived:
        fact = package.facts.get(fee.waived)
        when = say(f"facts.{fact.id}.title", fact.title) if fact else fee.waived
        law = say.law(fee.waiver)
        waiver = _("Free: %(when)s (%(law)s)") % {"when": when, "law": law} if law else when
    return Price(say(f"fees.{fee.id}.title", fee.title), text, waiver)


def ways(package: Package, say: Spoken) -> list[Way]:
    """Return the channels, with hours, phone and place."""
    return [_way(channel, say) for channel in package.service.channels]


def closed_ways(package: Package, say: Spoken) -> list[Item]:
    """Return the ways that the law closes: which, and why by which provision."""
    return [
        Item(
            _(CHANNELS[one.kind]),
            f"{say(f'not_offered.{one.kind}.why', one.why)} ({say.law(one.basis)})",
        )
        for one in package.service.not_offered
    ]


def _way(channel: Channel, say: Spoken) -> Way:
    at = f"channels.{channel.kind}"
    return Way(
        kind=channel.kind,
        icon=CHANNEL_ICONS[channel.kind],
        title=_(CHANNELS[channel.kind]),
        hours=say(f"{at}.hours", channel.hours),
        phone=channel.phone,
        address=say(f"{at}.address", channel.address),
        note=say(f"{at}.note", channel.note),
    )


def needs(package: Package, say: Spoken) -> list[Item]:
    """Return the papers that are needed."""
    found = []
    for paper in package.service.evidence:
        notes = [say(f"evidence.{paper.id}.hint", paper.hint)]
        if paper.optional:
            notes.append(_("You may leave it out."))
        elif paper.when:
            notes.append(_("Only in some cases: the questions say so."))
        if paper.instead:
            notes.append(_("Not needed where you let us look it up."))
        note = " ".join(filter(None, notes))
        found.append(Item(say(f"evidence.{paper.id}.title", paper.title), note))
    return found


def outputs(package: Package, say: Spoken) -> list[Item]:
    """Return what comes out of it."""
    return [
        Item(say(f"outputs.{one.id}.title", one.title), _(OUTPUTS[one.kind]))
        for one in package.service.outputs
    ]


def asked(package: Package, say: Spoken) -> list[Asked]:
    """Return every fact that the office must know, and why it may."""
    return [
        Asked(
            title=say(f"facts.{fact.id}.title", fact.title),
            source=_(SOURCES[fact.source]),
            purpose=_(PURPOSES[fact.purpose]),
            category=_(CATEGORIES[fact.category]),
            basis=say.law(fact.basis),
            sensitive=fact.sensitive,
        )
        for fact in package.service.facts
    ]


def parameters(package: Package, say: Spoken) -> list[Value]:
    """Return the values that the law sets, as they stand today."""
    day = profile().today()
    found = []
    for one in package.parameters:
        since = [dated for dated in one.values if dated.since <= day]
        if not since:
            continue
        newest = max(since, key=lambda dated: dated.since)
        found.append(
            Value(
                say(f"parameters.{one.id}.title", one.title),
                _value_text(newest.value, one.unit, say.language),
                say.law(newest.law),
            )
        )
    return found


def _value_text(value: Any, unit: str, language: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if unit == profile().currency.code and isinstance(value, int):
        return money_text(value, language)
    names = {"years": _("years"), "percent": "%", "months": _("months"), "days": _("days")}
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"{text} {names.get(unit, unit)}".strip()


def department_name(package: Package, language: str) -> str:
    """Return the office that answers for the service."""
    for one in profile().city.departments:
        if one.id == package.service.handled_by.department:
            return profile().text(one.names, language)
    return package.service.handled_by.department


def related(package: Package, services: Catalogue, language: str) -> list[tuple[str, str]]:
    """Return (id, title) of services that people also need, as far as they are in force."""
    found = [services.by_id[one] for one in package.service.related if one in services.by_id]
    return [(one.id, entry_text(one.titles, one, language)) for one in found]


def service_context(
    package: Package, services: Catalogue, say: Spoken, now: datetime
) -> dict[str, Any]:
    """Return everything that the page of a service says of its package."""
    service, automation = package.service, package.process.automation
    return {
        "title": say("service.title", service.title),
        "summary": say("service.summary", service.summary),
        "description": _paragraphs(say("service.description", service.description)),
        "audience": [_(AUDIENCES[one]) for one in service.audience],
        "due": due(package, now),
        "prices": prices(package, say),
        "ways": ways(package, say),
        "closed_ways": closed_ways(package, say),
        "needs": needs(package, say),
        "identity": service.identity,
        "outputs": outputs(package, say),
        "facts": asked(package, say),
        "retention": service.retention,
        "retention_law": say.law(service.retention.basis) if service.retention else "",
        "tables": shown_tables(package, say),
        "parameters": parameters(package, say),
        "laws": [(say.law(one), one.url) for one in service.legal_basis],
        "automatic": bool(automation and automation.basis and not automation.discretion),
        "automation_laws": [say.law(one) for one in automation.basis] if automation else [],
        "decision_class": package.process.decision_class,
        "department": department_name(package, say.language),
        "related": related(package, services, say.language),
        "state": say.state(),
        "version": service.version,
        "synthetic": service.synthetic,
    }


def _paragraphs(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
