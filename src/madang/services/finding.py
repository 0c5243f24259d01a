"""The services and life events as search finds them, without those made up for tests of scale."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.findable import EVERYWHERE, DirectAnswer, Findable, FindableText, KeyFact
from madang.services.catalogue import Catalogue, catalogue
from madang.services.entries import KEYWORDS, SUMMARY, TITLE, Entry
from madang.services.errors import UnknownService
from madang.services.life_events import life_events
from madang.services.models import PublishedPackage
from madang.services.packages.package import Package
from madang.services.packages.texts import source_texts, translated
from madang.services.shown_service import (
    Way,
    department_name,
    due,
    needs,
    outputs,
    prices,
    ways,
)
from madang.services.spoken import Spoken
from madang.services.versions import current, version
from madang.services.ways_in import apply_address
from madang.services.words import AUDIENCES

_SAID = ("description", "summary")
# Words of questions, rules and letters are about filling in, not about what the service is.
_PARTS = ("fees.", "evidence.", "outputs.", "channels.", "not_offered.")


def editions() -> Mapping[str, str]:
    """Return what tells each service's state: its hash and the districts with their own."""
    known = catalogue()
    return {entry.id: _edition(entry, known) for entry in _real(known)}


def findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the services in force, or those named as far as they are in force."""
    known = catalogue()
    days = _published([entry.hash for entry in _real(known) if ids is None or entry.id in ids])
    for entry in _real(known):
        if ids is None or entry.id in ids:
            yield _findable(entry, known, days.get(entry.hash, ""))


def answer(id: str, *, language: str, district: str) -> DirectAnswer | None:
    """Return the key facts of a service: price, time, papers, ways, with version and date."""
    try:
        found = current(id, district)
    except UnknownService:
        return None
    if found.package.service.synthetic:
        return None  # made up for tests of scale: nobody is told of it
    package, say = found.package, Spoken(found.package, language)
    facts = (
        KeyFact(_("Fee"), _priced(package, say), "fee"),
        KeyFact(_("How long it takes"), (due(package, times.now()).limit,), "time"),
        KeyFact(_("What you need"), tuple(need.title for need in needs(package, say)), "papers"),
        KeyFact(_("In which ways"), tuple(_way_line(way) for way in ways(package, say)), "ways"),
        KeyFact(_("Office that answers for it"), (department_name(package, language),), "office"),
    )
    start = apply_address(id)
    days = _published([found.hash])
    return DirectAnswer(
        title=say("service.title", package.service.title),
        summary=say("service.summary", package.service.summary),
        facts=tuple(fact for fact in facts if any(fact.values)),
        url=reverse("service", args=[id]) + (f"?district={district}" if package.district else ""),
        version=package.service.version,
        changed=days.get(found.hash, ""),
        state=say.state(),
        action=(_("Start"), start) if start else None,
        more=tuple(fact for fact in _more(package, say) if any(fact.values)),
        districts=tuple(catalogue().districts.get(id, ())),
    )


def _way_line(way: Way) -> str:
    return " · ".join(filter(None, (way.title, way.hours, way.phone)))


def _more(package: Package, say: Spoken) -> Iterator[KeyFact]:
    """Yield what the page of the service says beyond the key facts."""
    service = package.service
    described = say("service.description", service.description)
    yield KeyFact(_("About it"), tuple(filter(None, described.splitlines())), "what")
    yield KeyFact(_("Who it is for"), tuple(_(AUDIENCES[one]) for one in service.audience), "who")
    found = ways(package, say)
    places = [" · ".join(filter(None, (w.title, w.address, w.note))) for w in found]
    yield KeyFact(
        _("Where to go"),
        tuple(place for place, way in zip(places, found, strict=True) if way.address or way.note),
        "where",
    )
    yield KeyFact(_("Phone"), tuple(dict.fromkeys(w.phone for w in found if w.phone)), "phone")
    hours = (" · ".join((w.title, w.hours)) for w in found if w.hours)
    yield KeyFact(_("Opening hours"), tuple(hours), "hours")
    comes = (" · ".join(filter(None, (o.title, o.note))) for o in outputs(package, say))
    yield KeyFact(_("What comes of it"), tuple(comes), "result")
    laws = tuple(say.law(one) for one in service.legal_basis)
    yield KeyFact(_("Law"), laws, "law")


def event_findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the life events that have services, each with the titles of these as its text."""
    known = catalogue()
    for event in life_events(profile()):
        entries = [e for e in _real(known) if e.life_events[0] == event.id]
        if (ids is not None and event.id not in ids) or not entries:
            continue
        texts = {
            tag: FindableText(name, "\n".join(e.titles[tag] for e in entries if tag in e.titles))
            for tag, name in event.names.items()
        }
        url = f"{reverse('services')}?event={event.id}"
        yield Findable(
            event.id, "life-event", texts, url,
            facets={"life_event": (event.id,), "district": (EVERYWHERE,)},
        )  # fmt: skip


def _real(known: Catalogue) -> Iterator[Entry]:
    return (entry for entry in known.by_id.values() if not entry.synthetic)


def _edition(entry: Entry, known: Catalogue) -> str:
    return " ".join([entry.hash, *known.districts.get(entry.id, ())])


def _findable(entry: Entry, known: Catalogue, day: str) -> Findable:
    package = version(entry.hash).package
    own = entry.language
    tags = [own, *(tag for tag in entry.titles if tag != own)]
    return Findable(
        id=entry.id,
        kind="service",
        texts={tag: _text(package, entry, tag) for tag in tags},
        url=reverse("service", args=[entry.id]),
        aliases=entry.keywords,
        facets={
            "district": (EVERYWHERE, *known.districts.get(entry.id, ())),
            "life_event": entry.life_events,
            "audience": entry.audience,
            "topic": (entry.department,),
        },
        version=entry.version,
        changed=day,
    )


def _text(package: Package, entry: Entry, tag: str) -> FindableText:
    """Return what a service says of itself in one language; what is not translated is left out."""
    lines = [entry.summaries.get(tag, "")]
    for path in source_texts(package):
        if path in (TITLE, SUMMARY, KEYWORDS):
            continue
        if path.removeprefix("service.") not in _SAID and not path.startswith(_PARTS):
            continue
        found = translated(package, path, [tag])
        if found is not None and found[1] == tag:
            lines.append(found[0].strip())
    return FindableText(entry.titles[tag], "\n".join(filter(None, dict.fromkeys(lines))))


def _priced(package: Package, say: Spoken) -> tuple[str, ...]:
    found = prices(package, say)
    by_rules = _("by the rules below")  # there are no rules below an answer
    amounts = [_("depends on your case") if p.amount == by_rules else p.amount for p in found]
    lines = (f"{amount} ({p.title})" for amount, p in zip(amounts, found, strict=True))
    return tuple(lines) or (_("free"),)


def _published(hashes: list[str]) -> dict[str, str]:
    """Return the day on which each version came into force (ISO 8601), in the city's time."""
    found: dict[str, str] = {}
    for start in range(0, len(hashes), 500):
        rows = PublishedPackage.objects.filter(hash__in=hashes[start : start + 500])
        for hashed, moment in rows.values_list("hash", "published_at"):
            found[hashed] = profile().local(moment).date().isoformat()
    return found
