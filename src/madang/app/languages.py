"""Django's language settings, from the city's profile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale

from madang.city.api import Language, Profile, page_languages


@dataclass(frozen=True)
class LanguageSettings:
    """What Django is told; tags are in lower case, as Django has them.

    `chains` has for each language what is read instead, best first.
    """

    default: str
    languages: list[tuple[str, str]]
    right_to_left: list[str]
    chains: dict[str, tuple[str, ...]]


def language_settings(city: Profile, locale_folders: Sequence[str]) -> LanguageSettings:
    """Return the settings for a city; languages that Django does not know are told to it."""
    offered = page_languages(city.city, _texts_in(locale_folders))
    tags = [item.code.lower() for item in offered]
    chains = {tag: [item.lower() for item in city.chain(tag)[1:]] for tag in tags}
    for item in offered:
        _make_known(item)
    default = [item.lower() for item in city.chain() if item.lower() in tags]
    return LanguageSettings(
        default=default[0] if default else "en",
        languages=[(item.code.lower(), item.name) for item in offered],
        right_to_left=[item.code.lower() for item in offered if item.dir == "rtl"],
        chains={tag: tuple(i for i in chain if i in tags) for tag, chain in chains.items()},
    )


def _texts_in(folders: Sequence[str]) -> Callable[[str], bool]:
    def has_texts(tag: str) -> bool:
        place = Path(to_locale(tag.lower())) / "LC_MESSAGES"
        return any(any((Path(folder) / place).glob("django.[mp]o")) for folder in folders)

    return has_texts


def _make_known(language: Language) -> None:
    """Tell Django a language that it has no texts of its own for (Filipino, Sinhala, Amharic)."""
    tag = language.code.lower()
    LANG_INFO.setdefault(
        tag,
        {
            "bidi": language.dir == "rtl",
            "code": tag,
            "name": language.name_en,
            "name_local": language.name,
        },
    )
