"""The start of another city's profile: what a country's data tells, and marks for the rest."""

from __future__ import annotations

import re
from pathlib import Path

from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid, Unavailable

_CITY = """\
# The profile of {name}. Every value that begins with FILL is to be filled; then run
#   madang city check {folder}
# docs/reference/city-profile.md explains each field, docs/how-to/your-city-in-a-day.md the way.
schema: 1
id: {name}
names: {{{language}: "FILL name of the city"}}
country: {country}
timezone: {timezone}
default_language: {language}
locale: {locale}

languages:
  - code: {language}
    name: {own_name}
    name_en: {english_name}
    script: {script}
    role: official
    dir: {direction}
{english_language}
calendar:
  first_weekday: {first_weekday}
  weekend: [{weekend}]
  fiscal_year: {{month: 1, day: 1}} # check: the day on which the budget year begins
  holidays: {{country: {holidays}}}

currencies:
  - {{code: {currency}, minor_digits: {minor}, shown_digits: {minor}}}

numbers: {{decimal: "{decimal}", group: "{group}"}}

map:
  lon: {lon}
  lat: {lat}
  zoom: 10
  epsg: {epsg}

code_systems:
  - {{id: own, names: {{{language}: "FILL whose codes the units bear"}}}}

partitions:
  - {{id: administrative, names: {{{language}: "FILL what the division is called"}}}}

levels:
  - id: district
    partition: administrative
    names: {{{language}: "FILL local word for a district"}}
    table: units/district.csv
    codes: own
    source: "FILL who publishes codes, names and centre points, and of what date"

phones:
  country_code: "{phone}"
  numbers:
    - {{number: "FILL as dialled", emergency: true, names: {{{language}: "FILL what it is for"}}}}

addresses:
  schemes:
    - id: street
      kind: street
      names: {{{language}: "FILL what such an address is called"}}
      parts: [street, number]
      template: "{{street}} {{number}}"

person_names:
  order: [given, family] # check: the order in which the parts are written
  required: [given]
  address_by: given

sources:
  - "FILL the sources of the facts above"
"""
_DISTRICTS = "code,name:{language},lon,lat,population\nFILL code,FILL name,,,\n"
_AIR = """\
# Air quality of {name}: which index the pages show, whose hours count. This city shows the US
# index; a table of its own, rules and measures are explained in docs/reference/air-rules.md.
version: "1"
time_zone: {timezone}
language: {language}

index: {{standard: us}}

stations: {{classes: [reference], completeness: 0.75, min_share: 0.5}}
"""
_CLIMATE = """\
# What the simulator lets the air of {name} be like; docs/reference/simulated-air.md explains each
# field. It is no measurement: everything the simulator sends is labelled simulated.
air:
  source: a guess to start with
  pm25: 18 # mean of the year, µg/m³
  season: {{swing: 0.25, peak_day: 15}} # highest in the middle of January
"""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def write_scaffold(
    parent: Path,
    name: str,
    *,
    country: str = "",
    language: str = "",
    middle: tuple[float, float] | None = None,
) -> Path:
    """Write the folder `name` in `parent` and return it.

    With a country, time zone, currency, week, numbers and holidays are those of CLDR and of the
    ``holidays`` library; with the `middle` of the city (lon, lat, degrees) the projection is its
    UTM zone. Without, they are marked to be filled.

    Raises
    ------
    Invalid
        If name, country or language are not of the right form.
    Conflict
        If the folder exists.
    Unavailable
        If it cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise Invalid(f"{name!r} is no name of a profile; use a-z, 0-9, - and _, as in 'ulsan'")
    folder = parent / name
    if folder.exists():
        raise Conflict(f"{folder} exists; nothing was written")
    values = {
        **_values(country.upper(), language),
        **_middle(middle),
        "name": name,
        "folder": folder,
    }
    files = {
        "city.yaml": _CITY,
        "air.yaml": _AIR,
        "simulator.yaml": _CLIMATE,
        "units/district.csv": _DISTRICTS,
    }
    try:
        (folder / "units").mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text.format(**values), encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    return folder


def _middle(middle: tuple[float, float] | None) -> dict[str, str]:
    if middle is None:
        return {
            "lon": '"FILL degrees"',
            "lat": '"FILL degrees"',
            "epsg": '"FILL code of the local projection"',
        }
    lon, lat = middle
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise Invalid(
            f"{lon},{lat} is no place: give longitude and latitude in degrees, as 5.3,60.4"
        )
    zone = min(int((lon + 180) // 6) + 1, 60)
    north = 32600 if lat >= 0 else 32700
    return {
        "lon": f"{lon:g}",
        "lat": f"{lat:g}",
        "epsg": f"{north + zone} # UTM zone {zone}; check: your country may use another",
    }


def _values(country: str, language: str) -> dict[str, str]:
    language = language or (_usual_language(country) if country else "en")
    values = {
        "country": country or '"FILL ISO 3166-1 code"',
        "timezone": '"FILL IANA name, such as Asia/Seoul"',
        "language": language,
        "locale": f"{language}_{country}" if country else language,
        "holidays": country or '""',
        "currency": '"FILL ISO 4217 code"',
        "minor": "2",
        "first_weekday": "monday",
        "weekend": "saturday, sunday",
        "phone": "FILL country code without plus",
    }
    values |= _of_language(language, country)
    return values | (_of_country(country) if country else {})


def _usual_language(country: str) -> str:
    from babel.core import get_global

    tag = get_global("likely_subtags").get(f"und_{country}", "")
    if not tag:
        raise Invalid(f"{country!r} is no ISO 3166-1 code that CLDR knows")
    return str(tag.split("_")[0])


def _of_language(language: str, country: str) -> dict[str, str]:
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise Invalid(f"{language!r} is no language tag that CLDR knows, such as 'es'") from None
    likely = get_global("likely_subtags").get(f"{language}_{country}") or get_global(
        "likely_subtags"
    ).get(language, "")
    script = next((part for part in likely.split("_") if len(part) == 4), "Latn")
    symbols = locale.number_symbols.get("latn", {})
    english = (
        ""
        if language == "en"
        else ("  - {code: en, name: English, name_en: English, script: Latn, role: service}\n")
    )
    return {
        "own_name": f'"{locale.get_display_name(locale) or language}"',
        "english_name": f'"{locale.get_display_name("en") or language}"',
        "script": locale.script or script,
        "direction": "rtl" if locale.text_direction == "rtl" else "ltr",
        "english_language": english,
        "decimal": str(symbols.get("decimal", ".")),
        "group": str(symbols.get("group", ",")),
    }


def _of_country(country: str) -> dict[str, str]:

    import holidays
    from babel import Locale
    from babel.core import get_global
    from babel.numbers import get_currency_precision, get_territory_currencies

    zones = [zone for zone, place in get_global("zone_territories").items() if place == country]
    currencies = get_territory_currencies(country, times.now().date())
    locale = Locale.parse(f"und_{country}")
    found = {
        "first_weekday": _WEEKDAYS[locale.first_week_day],
        "weekend": ", ".join(_WEEKDAYS[day] for day in _weekend(locale)),
        "holidays": country if country in holidays.list_supported_countries() else '""',
    }
    if len(zones) == 1:
        found["timezone"] = zones[0]
    if currencies:
        found["currency"] = currencies[0]
        found["minor"] = str(get_currency_precision(currencies[0]))
    return found


def _weekend(locale: object) -> list[int]:
    start, end = locale.weekend_start, locale.weekend_end  # type: ignore[attr-defined]
    days = (end - start) % 7 + 1
    return [(start + n) % 7 for n in range(days)]
