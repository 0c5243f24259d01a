"""What must hold between the fields of a profile; each rule yields path and message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from madang.city.addresses import problems_of_scheme
from madang.city.conventions import CityHoliday
from madang.city.identifiers import problems_of_identifier, problems_of_phones
from madang.city.schema import City, DatasetCategory
from madang.city.topics import EU_THEMES, TOPICS
from madang.kernel import times
from madang.kernel.data_files import FieldPath
from madang.kernel.errors import Invalid
from madang.kernel.units import unit

Mismatch = tuple[FieldPath, str]
Rule = Callable[[City], Iterator[Mismatch]]


def disagreements(city: City) -> Iterator[Mismatch]:
    """Yield what in a well-formed profile contradicts itself or the world."""
    for rule in _RULES:
        yield from rule(city)


def _languages(city: City) -> Iterator[Mismatch]:
    tags = [language.code for language in city.languages]
    yield from _twice(tags, ("languages",), "code")
    if city.default_language not in tags:
        yield ("default_language",), f"{city.default_language!r} is not among the languages"
    if not any(language.role == "official" for language in city.languages):
        yield ("languages",), "none is official"
    for number, language in enumerate(city.languages):
        for tag in language.fallback:
            if tag not in tags:
                where = ("languages", number, "fallback")
                yield where, f"{tag!r} is not among the languages"
            elif tag == language.code:
                yield ("languages", number, "fallback"), "names the language itself"


def _place_and_time(city: City) -> Iterator[Mismatch]:
    try:
        times.zone(city.timezone)
    except Invalid as error:
        yield ("timezone",), error.message
    signs = city.numbers
    if signs.decimal == signs.group:
        yield ("numbers", "group"), "is the same sign as decimal"
    for quantity, symbol in city.measures.items():
        try:
            unit(symbol)
        except Invalid:
            yield ("measures", quantity), f"{symbol!r} is no unit that kernel.units knows"


def _wording(city: City) -> Iterator[Mismatch]:
    tags = {"en", *(language.code for language in city.languages)}
    for tag, words in city.wording.items():
        if tag not in tags:
            yield ("wording", tag), f"{tag!r} is not among the languages"
        for said, instead in words.items():
            if not said.strip() or not instead.strip():
                yield ("wording", tag, said), "needs a word and what is said instead"


def _names(city: City) -> Iterator[Mismatch]:
    tags = {language.code for language in city.languages}
    for path, names in _all_names(city):
        if city.default_language not in names:
            yield path, f"has no name in the default language {city.default_language!r}"
        for tag in names.keys() - tags:
            yield (*path, tag), f"{tag!r} is not among the languages"


def _all_names(city: City) -> Iterator[tuple[FieldPath, dict[str, str]]]:
    yield ("names",), city.names
    if city.own_page:
        yield ("own_page",), city.own_page
    listed: dict[FieldPath, Iterable[object]] = {
        ("code_systems",): city.code_systems,
        ("partitions",): city.partitions,
        ("levels",): city.levels,
        ("groupings",): city.groupings,
        ("identifiers",): city.identifiers,
        ("legal_bases",): city.legal_bases,
        ("departments",): city.departments,
        ("dataset_categories",): city.dataset_categories,
        ("phones", "numbers"): city.phones.numbers,
        ("addresses", "schemes"): city.addresses.schemes,
        ("calendar", "holidays", "add"): city.calendar.holidays.add,
    }
    for path, items in listed.items():
        for number, item in enumerate(items):
            yield (*path, number, "names"), item.names  # type: ignore[attr-defined]
    for number, grouping in enumerate(city.groupings):
        for inner, group in enumerate(grouping.groups):
            yield ("groupings", number, "groups", inner, "names"), group.names


def _money(city: City) -> Iterator[Mismatch]:
    yield from _twice([c.code for c in city.currencies], ("currencies",), "code")
    for number, currency in enumerate(city.currencies):
        if currency.shown_digits > currency.minor_digits:
            where = ("currencies", number, "shown_digits")
            yield where, f"shows more digits than are stored ({currency.minor_digits})"


def _holidays(city: City) -> Iterator[Mismatch]:
    for number, holiday in enumerate(city.calendar.holidays.add):
        path = ("calendar", "holidays", "add", number)
        if (holiday.date is None) == (holiday.month is None or holiday.day is None):
            yield path, "needs either a date, or month and day"
        elif holiday.month is not None and not _may_exist(holiday):
            yield path, f"month {holiday.month}, day {holiday.day} is no {holiday.calendar} day"
    year = city.calendar.fiscal_year
    start = CityHoliday({}, month=year.month, day=year.day, calendar=year.calendar)
    if not _may_exist(start):
        yield ("calendar", "fiscal_year"), f"month {year.month}, day {year.day} does not exist"


def _may_exist(holiday: CityHoliday) -> bool:
    month, day = holiday.month or 0, holiday.day or 0
    if holiday.calendar == "ethiopian":
        return day <= (6 if month == 13 else 30)
    longest = 30 if holiday.calendar == "korean-lunar" else _LONGEST.get(month, 31)
    return month <= 12 and day <= longest


_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def _levels(city: City) -> Iterator[Mismatch]:
    for name, ids in (
        ("code_systems", [item.id for item in city.code_systems]),
        ("partitions", [item.id for item in city.partitions]),
        ("levels", [item.id for item in city.levels]),
        ("groupings", [item.id for item in city.groupings]),
    ):
        yield from _twice(ids, (name,), "id")
    above: dict[str, str] = {}
    for number, level in enumerate(city.levels):
        path = ("levels", number)
        if level.partition not in {item.id for item in city.partitions}:
            yield (*path, "partition"), f"{level.partition!r} is not among the partitions"
        if level.codes not in {item.id for item in city.code_systems}:
            yield (*path, "codes"), f"{level.codes!r} is not among the code systems"
        if level.parent and above.get(level.parent) != level.partition:
            message = f"{level.parent!r} is no earlier level of the partition {level.partition!r}"
            yield (*path, "parent"), message
        above[level.id] = level.partition
    if city.district_level and city.district_level not in above:
        yield ("district_level",), f"{city.district_level!r} is not among the levels"
    for number, grouping in enumerate(city.groupings):
        if grouping.level not in above:
            yield ("groupings", number, "level"), f"{grouping.level!r} is not among the levels"


def _departments(city: City) -> Iterator[Mismatch]:
    ids = [department.id for department in city.departments]
    yield from _twice(ids, ("departments",), "id")
    for number, department in enumerate(city.departments):
        if department.parent and department.parent not in ids[:number]:
            message = f"{department.parent!r} is no department listed before this one"
            yield ("departments", number, "parent"), message


def _datasets(city: City) -> Iterator[Mismatch]:
    categories = city.dataset_categories
    yield from _twice([category.id for category in categories], ("dataset_categories",), "id")
    taken: dict[str, str] = {}
    for number, category in enumerate(categories):
        path: FieldPath = ("dataset_categories", number)
        yield from _unknown_words(category, path)
        for topic in category.topics:
            if topic in taken:
                yield (*path, "topics"), f"{topic!r} is also a topic of {taken[topic]!r}"
            taken[topic] = category.id
    missing = [topic for topic in TOPICS if topic not in taken]
    if categories and missing:
        yield ("dataset_categories",), f"no category has the topics {', '.join(missing)}"


def _unknown_words(category: DatasetCategory, path: FieldPath) -> Iterator[Mismatch]:
    for topic in category.topics:
        if topic not in TOPICS:
            yield (*path, "topics"), f"{topic!r} is no topic; topics are {', '.join(TOPICS)}"
    for theme in category.eu_themes:
        if theme not in EU_THEMES:
            yield (*path, "eu_themes"), f"{theme!r} is no code of the EU vocabulary data-theme"


def _numbers_of_people(city: City) -> Iterator[Mismatch]:
    yield from problems_of_phones(city.phones)
    yield from _twice([item.id for item in city.identifiers], ("identifiers",), "id")
    for number, identifier in enumerate(city.identifiers):
        yield from problems_of_identifier(identifier, ("identifiers", number))
    for number, system in enumerate(city.code_systems):
        yield from _bad_pattern(system.pattern, ("code_systems", number, "pattern"))


def _addresses(city: City) -> Iterator[Mismatch]:
    if not city.addresses.schemes:
        yield ("addresses", "schemes"), "is empty; how does a letter find its way?"
    yield from _bad_pattern(city.addresses.postcode, ("addresses", "postcode"))
    for number, scheme in enumerate(city.addresses.schemes):
        yield from problems_of_scheme(scheme, ("addresses", "schemes", number))


def _bad_pattern(pattern: str, path: FieldPath) -> Iterator[Mismatch]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield path, f"is no regular expression: {error}"


def _person_names(city: City) -> Iterator[Mismatch]:
    names = city.person_names
    for part in (*names.required, names.address_by):
        if part not in names.order:
            yield ("person_names",), f"{part!r} is not among the parts in 'order'"


def _twice(ids: list[str], path: FieldPath, name: str) -> Iterator[Mismatch]:
    for before, after in pairwise(sorted(range(len(ids)), key=lambda i: (ids[i], i))):
        if ids[before] == ids[after]:
            yield (*path, after, name), f"{ids[after]!r} stands twice"


_RULES: tuple[Rule, ...] = (
    _languages, _place_and_time, _names, _wording, _money, _holidays, _levels, _departments,
    _datasets, _numbers_of_people, _addresses, _person_names,
)  # fmt: skip
