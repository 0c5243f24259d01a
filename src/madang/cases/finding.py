"""The offices of the city as search finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.cases.appointment_words import address_of
from madang.cases.office_file import Matter
from madang.cases.offices import Office, Offices, offices, serves
from madang.city.api import profile
from madang.kernel.findable import (
    EVERYWHERE,
    DirectAnswer,
    Findable,
    FindableText,
    KeyFact,
    in_languages,
)


def findables(ids: Collection[str] | None) -> Iterator[Findable]:
    """Yield the offices, or those named."""
    house = offices()
    for office in house.by_id.values():
        if ids is None or office.id in ids:
            yield _findable(office, house)


def answer(id: str, *, language: str, district: str) -> DirectAnswer | None:
    """Return where an office is, when it is open and what one can do there."""
    del district  # an office is the same from everywhere
    house = offices()
    office = house.by_id.get(id)
    if office is None:
        return None
    hours = [f"{a:%H:%M}–{b:%H:%M}" for a, b in house.hours.spans]
    facts = (
        KeyFact(_("Address"), (address_of(office),), "where"),
        KeyFact(_("Phone"), (office.phone,), "phone"),
        KeyFact(_("Opening hours"), (", ".join(hours),), "hours"),
        KeyFact(
            _("What you can do there"),
            tuple(profile().text(one.name, language) for one in _matters(office, house)),
            "matters",
        ),
    )
    return DirectAnswer(
        office.name(language), "", tuple(f for f in facts if any(f.values)), _address(office)
    )


def _findable(office: Office, house: Offices) -> Findable:
    tags = [language.code for language in profile().languages]
    names = in_languages({tag: office.name(tag) for tag in tags}, tags)
    matters = _matters(office, house)
    texts = {}
    for tag, name in names.items():
        address = office.address if tag == tags[0] else office.address_latin
        lines = [address, *(one.name[tag] for one in matters if tag in one.name)]
        texts[tag] = FindableText(name, "\n".join(filter(None, lines)))
    place = (office.district,) if office.district else (EVERYWHERE,)
    return Findable(office.id, "office", texts, _address(office), facets={"district": place})


def _matters(office: Office, house: Offices) -> list[Matter]:
    return [one for one in house.matters.values() if serves(office, one)]


def _address(office: Office) -> str:
    return f"{reverse('counters')}?{urlencode({'near': office.id})}"
