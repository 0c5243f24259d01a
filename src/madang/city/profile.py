"""A city's profile, ready for use: its data, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from madang.city import formats
from madang.city.addresses import Address, format_address, parse_address
from madang.city.conventions import Identifier, Language
from madang.city.errors import UnknownRules
from madang.city.identifiers import is_valid, phone_number
from madang.city.profile_units import UnitsOfCity
from madang.city.schema import City
from madang.city.translations import STATES, Translations, in_all_languages
from madang.city.units import UnitTable
from madang.kernel import times
from madang.kernel.easy import are_easy_words_wanted
from madang.kernel.errors import NotFound
from madang.kernel.habits import USUAL, Habits
from madang.kernel.language_marks import marked_unless
from madang.kernel.money import Currency

if TYPE_CHECKING:
    from madang.city.workdays import WorkCalendar

_DISTRICT = "district"  # how the house asks for the district level of any city


@dataclass(frozen=True, eq=False)
class Profile(UnitsOfCity):
    """A city. `city` holds the profile's sections as written (see ``madang.city.schema``).

    Days default to today in the city; languages to the default language; a level to the finest of
    the first partition whose places are known. Shapes and holidays are made when they are first
    asked for.
    """

    city: City
    folder: Path
    boundaries: Path | None
    _rules: Mapping[str, Mapping[str, Any]] = field(repr=False)
    unit_table: UnitTable = field(repr=False)
    _chain: Callable[[str], tuple[str, ...]] = field(repr=False)
    translations: Translations = field(default_factory=dict, repr=False)

    def name(self, lang: str = "") -> str:
        """Return the city's name."""
        return self.text(self.city.names, lang)

    # --- languages

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages of the city, official ones first."""
        return self.city.languages

    def language(self, tag: str) -> Language:
        """Return a language by its tag.

        Raises
        ------
        NotFound
            If the city does not have it.
        """
        for language in self.languages:
            if language.code.lower() == tag.lower():
                return language
        raise NotFound(f"{self.id} has no language {tag!r}")

    def chain(self, lang: str = "") -> tuple[str, ...]:
        """Return the language and what to read instead of it, best first.

        A tag that the city does not have starts with its own shorter forms (``zh-Hant-HK``).
        """
        return self._chain(lang)

    def text(self, names: Mapping[str, str], lang: str = "") -> str:
        """Return a text in that language, or in the first of its fallbacks that has one.

        On a page, a text in another language than the one asked for is labelled as such. Who asked
        for easy words gets them where the profile has them (``ko-x-easy``).
        """
        easy = f"{lang}-x-easy"
        if easy in names and are_easy_words_wanted():
            return names[easy]
        tag = next((tag for tag in self.chain(lang) if tag in names), next(iter(names)))
        return marked_unless(names[tag], tag, lang)

    def in_all_languages(self, value: Any) -> Any:
        """Return a value of YAML in which each text by language has the profile's further ones.

        For the files of other rooms in the profile; its own sections have them already.
        """
        return in_all_languages(value, self.translations)

    def texts_state(self, lang: str) -> str:
        """Return the lowest state of the profile's further texts in a language, empty for none."""
        texts = self.translations.get(self.chain(lang)[0], {})
        return min((item.state for item in texts.values()), key=STATES.index, default="")

    # --- rules of domains

    def rules(self, domain: str) -> Mapping[str, Any]:
        """Return the city's rules for a domain, from ``<domain>.yaml``.

        Raises
        ------
        UnknownRules
            If the profile has no such file.
        """
        try:
            return self._rules[domain]
        except KeyError:
            known = ", ".join(sorted(self._rules)) or "none"
            raise UnknownRules(
                f"{self.folder / (domain + '.yaml')} is missing; there are rules for: {known}"
            ) from None

    @property
    def rule_names(self) -> frozenset[str]:
        """Return the domains that the city has rules for."""
        return frozenset(self._rules)

    # --- time

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the city's time; one without an offset is taken as the city's."""
        if moment.tzinfo is None:
            return times.in_zone(moment, self.timezone)
        return moment.astimezone(self.timezone)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Return holidays, working days and terms of the city."""
        return self.calendar_in(self.city.default_language)

    def calendar_in(self, lang: str) -> WorkCalendar:
        """Return the same with the names of holidays in that language."""
        from madang.city.workdays import WorkCalendar

        return WorkCalendar(self.city.calendar, lang)

    def fiscal_year(self, day: date | None = None) -> formats.Period:
        """Return the budget year that a day belongs to."""
        return formats.fiscal_period(self.city.calendar.fiscal_year, day or self.today())

    def date_text(self, day: date, lang: str = "") -> str:
        """Return a day in words, in the city's calendar."""
        return formats.date_text(self.city.calendar, day, lang or self.city.default_language)

    def time_text(self, moment: datetime, lang: str = "") -> str:
        """Return the hour and minute of a moment as the city tells them."""
        shown = self.local(moment)
        return formats.time_text(self.city.calendar, shown, lang or self.city.default_language)

    def habits(self, lang: str) -> Habits:
        """Return how a language is written in this city: calendar, clock, digits."""
        return self._habits.get(lang.lower(), USUAL)

    @cached_property
    def _habits(self) -> Mapping[str, Habits]:
        return {item.code.lower(): formats.habits_of(item, self.city) for item in self.languages}

    # --- money, numbers, people, places

    @cached_property
    def currencies(self) -> tuple[Currency, ...]:
        """Return the money in use, primary first."""
        return tuple(
            Currency(c.code, c.minor_digits, c.shown_digits, c.rounding, c.cash_step)
            for c in self.city.currencies
        )

    @property
    def currency(self) -> Currency:
        """Return the primary currency."""
        return self.currencies[0]

    def number_text(self, value: Decimal | int, *, decimals: int | None = None) -> str:
        """Return a number as written here."""
        return formats.number_text(self.city.numbers, value, decimals=decimals)

    def read_number(self, text: str) -> Decimal:
        """Return the number that a person of this city wrote; errors as `formats.read_number`."""
        return formats.read_number(self.city.numbers, text)

    def parse_address(self, text: str) -> Address:
        """Return the parts of an address; errors as `addresses.parse_address`."""
        return parse_address(self.city.addresses.schemes, text)

    def format_address(self, address: Address) -> str:
        """Return an address as written here."""
        return format_address(self.city.addresses.schemes, address)

    def phone_number(self, text: str) -> tuple[str, str]:
        """Return kind and international form of a telephone number."""
        return phone_number(self.city.phones, text)

    def is_valid_identifier(self, kind: str, number: str) -> bool:
        """Return whether a number has the pattern and check digit of its kind.

        Raises
        ------
        NotFound
            If the city has no such kind.
        """
        return is_valid(self._identifier(kind), number)

    def person_name(self, parts: Mapping[str, str], *, joined: bool = False) -> str:
        """Return a person's name in the order of the city."""
        return formats.person_name(self.city.person_names, parts, joined=joined)

    def has_sensors(self, domain: str) -> bool:
        """Return whether the city has sensors for a domain; true where it does not say."""
        found = self.city.domains.get(domain)
        return found is None or found.sensors != "none"

    # --- inside

    def _identifier(self, kind: str) -> Identifier:
        for item in self.city.identifiers:
            if item.id == kind:
                return item
        known = ", ".join(item.id for item in self.city.identifiers) or "none"
        raise NotFound(f"{self.id} has no identifier {kind!r}; it has {known}")
