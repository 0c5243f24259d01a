"""Which office: of the city's own, by district or dong; or an authority beside the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from madang.assistant.places import Somewhere
from madang.assistant.procedure_file import CommonFile, Place
from madang.services.api import ServiceCard

if TYPE_CHECKING:
    from madang.city.api import Profile

Texts = Mapping[str, str]
_KIND_OF_LEVEL = {"dong": "dong-centre", "district": "district-office"}


@dataclass(frozen=True)
class Office:
    """Where one goes.

    kind: of the city's offices, or the id of an authority.
    code: unit of the office, empty where it is not one of the city's own or not known which.
    district: code of the district, empty where any or unknown.
    place: fact that says which one; empty where any.
    """

    kind: str
    names: Texts
    code: str = ""
    district: str = ""
    address: str = ""
    phone: str = ""
    url: str = ""
    place: str = ""


def office_of(
    stated: Place | None,
    card: ServiceCard | None,
    facts: Mapping[str, Any],
    common: CommonFile,
    city: Profile,
) -> Office | None:
    """Return the office of a procedure, as far as the facts say which; None where it has none."""
    place = stated or (Place(_KIND_OF_LEVEL.get(card.level, "")) if card else None)
    if place is None or not place.kind:
        return None
    agency = next((one for one in common.agencies if one.id == place.kind), None)
    if agency is not None:
        at = facts.get(place.of)
        district = at.district if isinstance(at, Somewhere) else ""
        return Office(agency.id, agency.names, "", district, "", agency.phone, agency.url, place.of)
    return _own(place, facts, city)


def _own(place: Place, facts: Mapping[str, Any], city: Profile) -> Office | None:
    if "offices" not in city.rule_names:
        return None
    file = city.rules("offices")
    kind = next((one for one in file["kinds"] if one["id"] == place.kind), None)
    if kind is None:
        return None
    at = facts.get(place.of)
    phone = str(file.get("phone", ""))
    if not isinstance(at, Somewhere):
        return Office(place.kind, _bare(kind["name"]), phone=phone, place=place.of)
    if not at.district:
        return Office(place.kind, _elsewhere(kind["name"], at.said), place=place.of)
    code = at.district if kind["level"] == city.district_level else at.dong
    if not code:  # the district is known, its dong is not: any unit of that level in it
        unit = city.unit(at.district)
        names = {
            tag: f"{unit.names.get(tag, unit.code)} {text}"
            for tag, text in _bare(kind["name"]).items()
        }
        return Office(place.kind, names, "", at.district, "", phone, place=place.of)
    unit = city.unit(code)
    known: Mapping[str, Any] = next(
        (one for one in file.get("offices", ()) if one["unit"] == code), {}
    )
    names = {
        tag: text.replace("{unit}", unit.names.get(tag, unit.code))
        for tag, text in kind["name"].items()
    }
    return Office(
        place.kind, names, code, at.district, known.get("address", ""),
        known.get("phone", "") or phone, place=place.of,
    )  # fmt: skip


def _bare(names: Texts) -> dict[str, str]:
    """Return the names of a kind of office without its unit: `{unit}청` is an office of some."""
    bare = {"ko": {"청": "구청"}}
    found = {}
    for tag, text in names.items():
        left = text.replace("{unit}", "").strip()
        found[tag] = bare.get(tag, {}).get(left, left)
    return found


def _elsewhere(names: Texts, said: str) -> dict[str, str]:
    return {tag: f"{said} {text}".strip() for tag, text in _bare(names).items()}
