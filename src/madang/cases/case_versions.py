"""Which version of a service applies to somebody: their district's own, or the city's.

Where a district has a version of its own, it is asked for the district before anything else, unless
the matter or the register says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from madang.cases.case_places import district_at, place_of
from madang.cases.case_purposes import CASES, LOOK_UP
from madang.city.api import profile
from madang.identity.api import known_person
from madang.kernel.errors import Invalid
from madang.services import api as services
from madang.services.api import Offered, Version


class DistrictAsked(Invalid):
    """Districts have versions of their own of this service, and nothing says which one applies."""

    code = "district-asked"


def version_for(
    service: str,
    *,
    asked: str = "",
    subject: str = "",
    facts: Mapping[str, Any] | None = None,
    offered: Offered | None = None,
) -> Version:
    """Return the version in force for a matter.

    Parameters
    ----------
    asked : code of the district that somebody named.
    subject : the person concerned, whose registered district counts where nothing else does.
    facts : of the matter; its place counts where no district was named.
    offered : what is in force of the service, where the caller has asked.

    Raises
    ------
    UnknownService
        If it is not offered.
    DistrictAsked
        If it hangs on the district, and that is not known.
    Invalid
        If the city has no such district.
    """
    offered = offered or services.offered(service)
    if not offered.districts:
        return offered.version()
    district = asked or _of_place(offered.version(), facts or {}) or home_of(subject)
    if not district:
        text = _("Say in which district it is: fees and offices differ.")
        raise DistrictAsked(text, {"district": text})
    if district not in {unit.code for unit in profile().districts()}:
        text = _("The city has no district %(code)s.") % {"code": district[:20]}
        raise Invalid(text, {"district": text})
    return offered.version(district)


def home_of(subject: str) -> str:
    """Return the code of the district in which somebody is registered; empty where unknown."""
    known = known_person(subject, by=CASES, why=LOOK_UP) if subject else None
    return district_at(known.district) if known else ""


def district_names(language: str) -> list[tuple[str, str]]:
    """Return code and name of the city's districts, by name."""
    found = [(unit.code, unit.name(language)) for unit in profile().districts()]
    return sorted(found, key=lambda one: one[1])


def district_name(code: str, language: str) -> str:
    """Return the name of a district; empty for the city as a whole."""
    return profile().unit(code).name(language) if code else ""


def _of_place(city_wide: Version, facts: Mapping[str, Any]) -> str:
    package = city_wide.package
    place = place_of(package, facts)
    if place is not None:
        unit = profile().unit_at(place["lon"], place["lat"])
        return district_at(unit.code) if unit else ""
    named = package.service.handled_by.place
    return district_at(str(facts.get(named, ""))) if named else ""
