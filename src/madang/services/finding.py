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
from madang.services.shown_service import department_name, due, needs, prices, ways
from madang.services.spoken import Spoken
from madang.services.versions import current, version
from madang.services.ways_in import apply_address

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
    package, say = found.package, Spoken(found.package, language)
    facts = (
        KeyFact(_("Fee"), _priced(package, say)),
        KeyFact(_("How long it takes"), (due(package, times.now()).limit,)),
        KeyFact(_("What you need"), tuple(need.title for need in needs(package, say))),
        KeyFact(
            _("In which ways"),
            tuple(
                " · ".join(filter(None, (way.title, way.hours, way.phone)))
                for way in ways(package, say)
            ),
        ),
        KeyFact(_("Office that answers for it"), (department_name(package, language),)),
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
        action=(_("Start"), start) if start and not package.service.synthetic else None,
    )


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
