"""The catalogues of the rooms: made, brought up to the code, written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from madang.kernel.readability import reading_faults
from tools import message_sources
from tools.message_sources import easy_of, in_plain_words, is_only_easy, rooms, shell_of
from tools.message_states import HOME_LANGUAGE, STATES, is_finished, is_stale, state_of

HEADER = "# Texts of Madang. `python tools/messages.py update` adds what the code shows anew."
STARTED = datetime(2026, 11, 22, tzinfo=UTC)  # a fixed date keeps the files free of noise
STATE_HEADER = "X-Madang-State"
# Seoul's languages of service but Korean and English, and those of the other cities
SERVICE_LANGUAGES = (
    "am", "ar", "bn", "de", "es", "fil", "fr", "id", "ja", "km", "mn", "my", "ne", "ru", "si", "th",
    "ur", "uz", "vi", "zh_Hans", "zh_Hant",
)  # fmt: skip
LANGUAGES = (HOME_LANGUAGE, *SERVICE_LANGUAGES)
# easy words, in the two languages that have every text; a catalogue holds what was written anew
EASY_SUFFIX = "_easy"
EASY_LANGUAGES = ("en_easy", "ko_easy")
# Plural forms for whole numbers: CLDR 47, supplemental/plurals.xml; where CLDR has a form for
# fractions or millions only, it is left out. A test compares each with CLDR number by number.
_ONE, _FEW = "n%10==1 && n%100!=11", "n%10>=2 && n%10<=4 && (n%100<12 || n%100>14)"
PLURALS = {
    "am": (2, "(n > 1)"),
    "ar": (
        6,
        "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
    ),
    "bn": (2, "(n > 1)"),
    "fil": (2, "(n > 3 && (n%10==4 || n%10==6 || n%10==9))"),
    "fr": (2, "(n > 1)"),
    "id": (1, "0"),
    "ja": (1, "0"),
    "km": (1, "0"),
    "ko": (1, "0"),
    "my": (1, "0"),
    "ru": (3, f"({_ONE} ? 0 : {_FEW} ? 1 : 2)"),
    "si": (2, "(n > 1)"),
    "th": (1, "0"),
    "vi": (1, "0"),
    "zh_Hans": (1, "0"),
    "zh_Hant": (1, "0"),
}
OTHERS_PLURAL = (2, "(n != 1)")


class _StatedCatalog(Catalog):
    """A catalogue whose head also says the state of its texts, for the pages to tell."""

    def __init__(self, catalog: Catalog, state: str) -> None:
        self.__dict__.update(catalog.__dict__)
        self.state = state

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # Babel offers no other way to add one
        *headers, last = self._get_mime_headers()
        return [*headers, (STATE_HEADER, self.state), last]


def spoken(language: str) -> str:
    """Return the language itself: that of a catalogue of easy words is ``ko``, not ``ko_easy``."""
    return language.removesuffix(EASY_SUFFIX)


def is_easy(language: str) -> bool:
    """Return whether a catalogue is one of easy words."""
    return language.endswith(EASY_SUFFIX)


def plurals(language: str) -> tuple[int, str]:
    """Return how many plural forms a language has, and which a number takes."""
    return PLURALS.get(spoken(language), OTHERS_PLURAL)


def plural_forms(language: str) -> str:
    """Return the gettext header for the plural forms of a language."""
    count, rule = plurals(language)
    return f"nplurals={count}; plural={rule};"


def catalogue_path(room: Path, language: str) -> Path:
    """Return where a room keeps its texts in a language."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def wanted(room: Path, language: str) -> Catalog:
    """Return what a room has to say in a language: all in Korean, the shell in the others.

    In easy words: what the pages say that are written in them and is too hard as it stands.
    """
    if is_easy(language):
        return _to_write_anew(room, language)
    return in_plain_words(room) if language == HOME_LANGUAGE else shell_of(room)


def may_have(room: Path, language: str) -> Catalog:
    """Return what a room may have in a language: in easy words, all that their readers meet."""
    return easy_of(room) if is_easy(language) else wanted(room, language)


def forms(message: Message) -> tuple[str, ...]:
    """Return the texts of a translation, one for each plural form."""
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return tuple(map(str, texts))


def _to_write_anew(room: Path, language: str) -> Catalog:
    plain = read_catalogue(catalogue_path(room, spoken(language)), spoken(language))
    have = read_catalogue(catalogue_path(room, language), language)
    catalog = Catalog(locale="en", domain="django")
    for message in easy_of(room):
        in_plain = plain.get(message.id, message.context)
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = forms(in_plain) if in_plain is not None and is_finished(in_plain) else ids
        is_hard = any(fault for text in texts for fault in reading_faults(text, spoken(language)))
        kept = have.get(message.id, message.context) is not None
        if message.id and (is_hard or kept or is_only_easy(message)):
            catalog.add(message.id, locations=message.locations, context=message.context)
    return catalog


def read_catalogue(path: Path, language: str) -> Catalog:
    """Return a catalogue, empty where there is no file yet."""
    catalog = new_catalogue(language)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language, domain="django")
    return catalog


def new_catalogue(language: str) -> Catalog:
    """Return an empty catalogue of a language."""
    catalog = Catalog(
        locale=language,
        domain="django",
        header_comment=HEADER,
        project="Madang",
        version="1",
        msgid_bugs_address="issues",
        last_translator="Madang",
        language_team="Madang",
        revision_date=STARTED,
        creation_date=STARTED,
        fuzzy=False,
    )
    catalog._num_plurals, catalog._plural_expr = plurals(language)
    return catalog


def write_catalogue(catalog: Catalog, path: Path, language: str) -> None:
    """Write a catalogue; its head says the lowest state of its texts."""
    catalog._num_plurals, catalog._plural_expr = plurals(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    places = language == HOME_LANGUAGE  # in the others they would be noise in every change
    with path.open("wb") as file:
        write_po(
            file, catalog, width=100, sort_output=True, include_lineno=False, no_location=not places
        )


def lowest_state(catalog: Catalog, language: str) -> str:
    """Return the lowest state among the finished texts of a catalogue."""
    states = [state_of(m, language).name for m in catalog if m.id and is_finished(m)]
    known = [state for state in states if state in STATES]
    return min(known, key=STATES.index, default="missing")


def update(languages: tuple[str, ...]) -> None:
    """Bring the catalogues of these languages up to the texts of the code."""
    for room in rooms():
        for language in languages:
            template, path = wanted(room, language), catalogue_path(room, language)
            if any(message.id for message in template):
                _update(template, path, language)
            elif path.exists():
                path.unlink()


def _update(template: Catalog, path: Path, language: str) -> None:
    catalog = read_catalogue(path, language)
    # a text that was changed a little keeps its old translation, marked stale, for its translator
    no_guess = language == HOME_LANGUAGE
    catalog.update(template, no_fuzzy_matching=no_guess, update_creation_date=False)
    catalog.obsolete.clear()
    write_catalogue(catalog, path, language)


def compile_catalogues() -> list[Path]:
    """Write the .mo beside each .po that is newer; return those written."""
    written = []
    for source in sorted(message_sources.ROOMS.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        language = source.parts[-3]
        with source.open("rb") as file:
            catalog = read_po(file, locale=language, domain=source.stem)
        for message in list(catalog):
            if message.id and is_stale(message, language):
                catalog.delete(message.id, message.context)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, _StatedCatalog(catalog, lowest_state(catalog, language)))
        fresh.replace(target)
        written.append(target)
    return written
