"""What a city profile says: the sections of its YAML files, as frozen structs.

Every struct refuses fields it does not know. Docstrings are the reference text of the fields
(docs/reference/city-profile.md is made from them); the order here is the order there. Texts for
people are maps from language tag to text. How people speak, count, date, pay and are reached is in
`conventions`; units stand in CSV tables, see `UnitRow`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from madang.city.conventions import (
    Addresses,
    Calendar,
    CityCurrency,
    Identifier,
    Language,
    Names,
    Numbers,
    PersonNames,
    Phones,
    Slug,
    Tag,
)

Count = Annotated[int, Meta(ge=0)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]


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
    district_level: level whose units the pages call districts; empty: the first level.
    dialects: other cities' forms of open data that this one answers in, too: `seoul`.
    wording: per language, words of the pages' texts and what this city says instead
        (`es: {distrito: localidad}`); phrases, too, the longest counts.
    own_page: name of the residents' own page (`My Seoul`); languages without one have a neutral
        name.
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
    district_level: str = ""
    dialects: tuple[Literal["seoul"], ...] = ()
    wording: dict[Tag, dict[str, str]] = {}
    own_page: Names = {}


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
