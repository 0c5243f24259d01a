"""What a city profile says: the sections of its YAML files, as frozen structs.

Every struct refuses fields it does not know. Docstrings are the reference text of the fields
(docs/reference/city-profile.md is made from them); the order here is the order there. Texts for
people are maps from language tag to text. Units stand in CSV tables, see `UnitRow`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

Names = dict[str, str]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
Tag = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Count = Annotated[int, Meta(ge=0)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
CalendarName = Literal["gregorian", "ethiopian", "korean-lunar"]


class Language(Struct, frozen=True, forbid_unknown_fields=True):
    """A language of the city.

    code: BCP 47 tag (`ko`, `zh-Hant`, `mn-Mong`).
    name: its own name, in its own script.
    name_en: its English name.
    script: ISO 15924 code of the script (`Kore`, `Arab`, `Ethi`).
    role: `official`, `service` (the city answers in it) or `heritage` (names only).
    dir: direction of text, `ltr` or `rtl`.
    writing: CSS writing mode; traditional Mongolian is `vertical-lr`.
    word_spaces: false where words are not set apart (Khmer, Thai, Lao, Burmese, Japanese, Chinese).
    fallback: languages to read instead, best first; the default language closes every chain.
    digits: CLDR numbering system shown (`latn`, `khmr`, `beng`, `arab`).
    """

    code: Tag
    name: str
    name_en: str
    script: Annotated[str, Meta(pattern=r"^[A-Z][a-z]{3}$")]
    role: Literal["official", "service", "heritage"]
    dir: Literal["ltr", "rtl"] = "ltr"
    writing: Literal["horizontal-tb", "vertical-lr", "vertical-rl"] = "horizontal-tb"
    word_spaces: bool = True
    fallback: tuple[Tag, ...] = ()
    digits: Slug = "latn"


class CityHoliday(Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday that the city adds to its source.

    names: what it is called.
    date: one day, where it is not yearly.
    month, day: the day in `calendar`, yearly.
    calendar: calendar of `month` and `day`: `gregorian`, `ethiopian` or `korean-lunar`.
    offset_days: days added after finding the date (lunar new year's eve is -1).
    observed: `same-day`, or `next-monday` (the Monday on or after: Colombia, Ley 51 de 1983).
    from_year, to_year: first and last Gregorian year, both included.
    estimated: the date may still change (moon sighting).
    """

    names: Names
    date: dt.date | None = None
    month: Annotated[int, Meta(ge=1, le=13)] | None = None
    day: Annotated[int, Meta(ge=1, le=31)] | None = None
    calendar: CalendarName = "gregorian"
    offset_days: int = 0
    observed: Literal["same-day", "next-monday"] = "same-day"
    from_year: int | None = None
    to_year: int | None = None
    estimated: bool = False


class Holidays(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the city's holidays come from, and what it changes.

    country: ISO 3166-1 code in the `holidays` library; empty: only `add` counts.
    subdivision: code of the region there.
    categories: kinds of holidays of the library that are days off here.
    add: holidays of this city, and replacements.
    remove: dates that are working days here though the source has them.
    """

    country: str = ""
    subdivision: str | None = None
    categories: tuple[str, ...] = ("public",)
    add: tuple[CityHoliday, ...] = ()
    remove: tuple[dt.date, ...] = ()


class FiscalYear(Struct, frozen=True, forbid_unknown_fields=True):
    """When the budget year starts.

    month, day: its first day in `calendar`.
    calendar: `gregorian` or `ethiopian`.
    named_by: whether it bears the year of its `start` or its `end`, counted in `calendar`.
    """

    month: Annotated[int, Meta(ge=1, le=13)]
    day: Annotated[int, Meta(ge=1, le=31)]
    calendar: Literal["gregorian", "ethiopian"] = "gregorian"
    named_by: Literal["start", "end"] = "start"


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """How the city counts days and hours for people; storage is always UTC and ISO 8601.

    display: calendar of dates shown.
    clock: `24h`, `12h`, or `ethiopian` (12 hours from sunrise, six behind the usual clock).
    first_weekday: first column of a calendar page.
    weekend: days off each week.
    first_day_counts: whether a term counts the day on which it begins, where no rule says more.
    fiscal_year: budget year.
    holidays: source and local changes.
    """

    fiscal_year: FiscalYear
    display: Literal["gregorian", "ethiopian"] = "gregorian"
    clock: Literal["24h", "12h", "ethiopian"] = "24h"
    first_weekday: Weekday = "sunday"
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    first_day_counts: bool = False
    holidays: Holidays = Holidays()


class CityCurrency(Struct, frozen=True, forbid_unknown_fields=True):
    """Money in use; the first of the list is the primary currency.

    code: ISO 4217.
    minor_digits: digits of the minor unit in ISO 4217; amounts are stored in it as integers.
    shown_digits: digits that people see.
    rounding: how shares of the smallest step are settled: `half-up`, `half-even` or `down`.
    cash_step: smallest amount that is paid or charged, in minor units.
    """

    code: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    minor_digits: Annotated[int, Meta(ge=0, le=4)]
    shown_digits: Annotated[int, Meta(ge=0, le=4)]
    rounding: Literal["half-up", "half-even", "down"] = "half-up"
    cash_step: Annotated[int, Meta(ge=1)] = 1


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """How numbers are written.

    decimal, group: the signs; they must differ.
    digits: CLDR numbering systems in use, usual one first (`latn`, `khmr`, `ethi`).
    """

    decimal: Annotated[str, Meta(min_length=1, max_length=1)] = "."
    group: Annotated[str, Meta(max_length=1)] = ","
    digits: tuple[str, ...] = ("latn",)


class PersonNames(Struct, frozen=True, forbid_unknown_fields=True):
    """How people are named.

    order: parts in the order they are written (`family given`, or `given father grandfather`).
    required: parts that every person has; forms may ask no more than these.
    address_by: the part a letter begins with.
    """

    order: tuple[Literal["family", "second-family", "given", "father", "grandfather"], ...]
    required: tuple[str, ...] = ("given",)
    address_by: str = "given"


class PhonePattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of telephone number.

    kind: `mobile`, `landline`, `service` or another word.
    pattern: regular expression on the national number without spaces and hyphens.
    example: a number that fits (checked).
    """

    kind: Slug
    pattern: str
    example: str


class ServiceNumber(Struct, frozen=True, forbid_unknown_fields=True):
    """A short number that the city's pages show.

    number: as dialled.
    names: what it is for.
    emergency: true for life and limb.
    text: also takes text messages.
    """

    number: Annotated[str, Meta(pattern=r"^[0-9*#-]+$")]
    names: Names
    emergency: bool = False
    text: bool = False


class Phones(Struct, frozen=True, forbid_unknown_fields=True):
    """Telephone numbers.

    country_code: without plus sign.
    trunk_prefix: dialled before a national number at home (`0`), may be empty.
    patterns: kinds of national numbers.
    numbers: emergency and service numbers.
    """

    country_code: Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,2}$")]
    numbers: tuple[ServiceNumber, ...]
    trunk_prefix: str = ""
    patterns: tuple[PhonePattern, ...] = ()


class Identifier(Struct, frozen=True, forbid_unknown_fields=True):
    """A number by which people, firms or things are known.

    id: short name.
    names: what people call it.
    pattern: regular expression on the number without spaces and hyphens.
    check: check digit method: `none`, `kr-resident`, `kr-business`, `co-nit`, `luhn`, `verhoeff`.
    example: a made-up number that passes (checked).
    sensitive: true where law forbids or limits its use; such numbers are never shown.
    note: limits worth knowing.
    """

    id: Slug
    names: Names
    pattern: str
    check: Literal["none", "kr-resident", "kr-business", "co-nit", "luhn", "verhoeff"] = "none"
    example: str = ""
    sensitive: bool = False
    note: str = ""


class AddressScheme(Struct, frozen=True, forbid_unknown_fields=True):
    """A way in which places are addressed.

    id: short name.
    kind: `road`, `lot`, `grid`, `block`, `landmark` or `street`.
    names: what people call it.
    parts: its parts in written order; optional ones end in `?`.
    template: how the parts are written, `{road} {number}`; a group in [ ] is left out when empty.
    pattern: regular expression with a named group per part that reads such an address.
    example: an address that the pattern reads and the template writes (both checked).
    """

    id: Slug
    kind: Literal["road", "lot", "grid", "block", "landmark", "street"]
    names: Names
    parts: tuple[str, ...]
    template: str
    pattern: str = ""
    example: str = ""


class Addresses(Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses; the first scheme is the usual one.

    schemes: ways of addressing, in parallel use.
    postcode: regular expression of the postcode; empty where there is none.
    """

    schemes: tuple[AddressScheme, ...]
    postcode: str = ""


class LegalBasis(Struct, frozen=True, forbid_unknown_fields=True):
    """A law that something here rests on.

    id: short name, by which rules and services cite it.
    names: title of the law.
    topic: `privacy`, `retention`, `air`, `open-data`, `procedure`, `identity` or another word.
    article: the part that matters.
    retention_years: how long records are kept under it.
    """

    id: Slug
    names: Names
    topic: Slug
    article: str = ""
    retention_years: Count | None = None


class Map(Struct, frozen=True, forbid_unknown_fields=True):
    """The default view, and the plane in which lengths are measured.

    lon, lat: middle of the view, degrees WGS84.
    zoom: web map zoom level.
    epsg: code of the local projection (Seoul 5179).
    margin_m: how far schematic outlines reach beyond the outermost centre points, metres.
    """

    lon: Longitude
    lat: Latitude
    zoom: Annotated[float, Meta(ge=0, le=22)]
    epsg: Count
    margin_m: Annotated[float, Meta(gt=0)] = 1500.0


class CodeSystem(Struct, frozen=True, forbid_unknown_fields=True):
    """A system of codes for units.

    id: short name; a table has its codes in column `code:<id>`, the level's own in `code`.
    names: whose codes they are.
    pattern: regular expression of a code.
    """

    id: Slug
    names: Names
    pattern: str = ""


class Partition(Struct, frozen=True, forbid_unknown_fields=True):
    """One way of dividing the city; partitions need not nest in one another.

    id: short name.
    names: what it is for.
    """

    id: Slug
    names: Names


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """A level of units, from coarse to fine within its partition.

    id: short name, by which the house asks (`district`, `dong`).
    partition: the partition it belongs to.
    names: local word for one such unit.
    table: CSV file of its units, relative to the profile.
    codes: code system of the column `code`.
    parent: level above in the same partition; empty at the top.
    source: who publishes the facts in the table, and of what date.
    population_date: date of the populations.
    """

    id: Slug
    partition: Slug
    names: Names
    table: str
    codes: Slug
    source: str
    parent: str = ""
    population_date: dt.date | None = None


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """A named set of units.

    id: short name.
    names: what people call it.
    members: codes of its units.
    """

    id: Slug
    names: Names
    members: tuple[str, ...]


class Grouping(Struct, frozen=True, forbid_unknown_fields=True):
    """Sets of units of one level that serve one purpose, such as regions of air stations.

    id: short name.
    names: what it is for.
    level: level of the members; a unit is in one group at most.
    groups: the sets.
    """

    id: Slug
    names: Names
    level: Slug
    groups: tuple[Group, ...]


class Department(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the administration.

    id: short name.
    names: what it is called.
    parent: department above; empty at the top.
    phone: number to call.
    domains: rooms of the house that it answers for.
    """

    id: Slug
    names: Names
    parent: str = ""
    phone: str = ""
    domains: tuple[str, ...] = ()


class DatasetCategory(Struct, frozen=True, forbid_unknown_fields=True):
    """A category of the city's data catalogue.

    id: short name.
    names: what the catalogue calls it.
    eu_themes: codes of the EU vocabulary data-theme (`ENVI`, `TRAN`).
    topics: topics of the house's own list that fall under it; each topic has one category.
    """

    id: Slug
    names: Names
    eu_themes: tuple[str, ...]
    topics: tuple[str, ...]


class Domain(Struct, frozen=True, forbid_unknown_fields=True):
    """What the city has for a domain of the house.

    sensors: `own`, `shared` (another body runs them) or `none`.
    note: what is worth knowing.
    """

    sensors: Literal["own", "shared", "none"]
    note: str = ""


class City(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole profile.

    schema: version of this form, 1.
    id: name of the profile, as a rule that of its folder.
    names: name of the city.
    country: ISO 3166-1 alpha-2 code.
    timezone: IANA time zone.
    default_language: language shown when nothing else is asked for.
    locale: CLDR locale of numbers and dates (`ko_KR`).
    languages: languages, official ones first.
    calendar: days, hours, holidays, budget year.
    currencies: money in use, primary first.
    map: default view and projection.
    code_systems: systems of codes for units.
    partitions: ways of dividing the city, the usual one first.
    levels: levels of units, coarse to fine.
    phones: numbers and their patterns.
    addresses: ways of addressing.
    person_names: how people are named.
    sources: where the facts of this profile come from.
    numbers: how numbers are written.
    groupings: sets of units for one purpose.
    identifiers: numbers of people, firms and things.
    legal_bases: laws that rules and services cite.
    measures: unit shown per quantity (`temperature: °C`).
    departments: tree of the administration.
    dataset_categories: categories of the data catalogue.
    domains: what the city has per domain; a domain left out is taken as present.
    """

    schema: Literal[1]
    id: Slug
    names: Names
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
    timezone: str
    default_language: Tag
    locale: str
    languages: tuple[Language, ...]
    calendar: Calendar
    currencies: Annotated[tuple[CityCurrency, ...], Meta(min_length=1)]
    map: Map
    code_systems: Annotated[tuple[CodeSystem, ...], Meta(min_length=1)]
    partitions: Annotated[tuple[Partition, ...], Meta(min_length=1)]
    levels: Annotated[tuple[Level, ...], Meta(min_length=1)]
    phones: Phones
    addresses: Addresses
    person_names: PersonNames
    sources: tuple[str, ...]
    numbers: Numbers = Numbers()
    groupings: tuple[Grouping, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()
    measures: dict[str, str] = {}
    departments: tuple[Department, ...] = ()
    dataset_categories: tuple[DatasetCategory, ...] = ()
    domains: dict[Slug, Domain] = {}


class UnitRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a table of units; further columns are `code:<system>` and `name:<language>`.

    code: its code in the level's own code system.
    parent: code of the unit above, in that level's own code system.
    type: local word for this unit where it differs from the level's (`kota`, `kabupaten`).
    lon, lat: centre point, degrees WGS84; empty where unknown.
    area_km2: area, square kilometres.
    population: people, at the level's population date.
    households: households, at the same date.
    valid_from: first day it exists; empty: before anything stored here.
    valid_to: first day it exists no more; empty: it exists.
    predecessors: codes of the units it came from, apart by spaces.
    detached: `exclave` or `island` where it does not touch the rest of the city.
    parts: centre points of further detached parts, `lon lat; lon lat`.
    note: what is worth knowing.
    """

    code: str
    parent: str = ""
    type: str = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    area_km2: Annotated[float, Meta(gt=0)] | None = None
    population: Count | None = None
    households: Count | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    predecessors: str = ""
    detached: Literal["", "exclave", "island"] = ""
    parts: str = ""
    note: str = ""
