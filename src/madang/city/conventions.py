"""How people of a city speak, count, date, pay and are reached: sections of a profile.

Every struct refuses fields it does not know. Docstrings are the reference text of the fields. Texts
for people are maps from language tag to text.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

Names = dict[str, str]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$")]
Tag = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
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
    city_line: the city's own line for everything else, shown on every page.
    """

    number: Annotated[str, Meta(pattern=r"^[0-9*#-]+$")]
    names: Names
    emergency: bool = False
    text: bool = False
    city_line: bool = False


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
