"""Which languages the pages have, and which language is read instead of another."""

from __future__ import annotations

from collections.abc import Callable

from madang.city.conventions import Language
from madang.city.schema import City

_ENGLISH = Language("en", "English", "English", script="Latn", role="service")


def fallback_chain(city: City, lang: str) -> tuple[str, ...]:
    """Return a language and what to read instead of it, best first; the default closes the chain.

    A tag is known in capitals and small letters alike (``zh-hant``). One that the city does not
    have starts with its own shorter forms (``zh-Hant-HK``, ``zh-Hant``, ``zh``). Empty text means
    the default language.
    """
    known = {item.code.lower(): item for item in city.languages}
    found: dict[str, None] = {}
    waiting = [lang] if lang else []
    while waiting:
        tag = waiting.pop(0)
        language = known.get(tag.lower())
        tag = language.code if language else tag
        if tag in found:
            continue
        found[tag] = None
        shorter = [tag.rpartition("-")[0]] if language is None and "-" in tag else []
        waiting += [*(language.fallback if language else ()), *shorter]
    return tuple({**found, city.default_language: None})


def page_languages(city: City, has_texts: Callable[[str], bool]) -> tuple[Language, ...]:
    """Return the languages that pages can be read in: the city's own with texts, and English.

    `has_texts` says whether the house has texts in a language. English is the language of the
    code, so it is there even where a profile leaves it out; a `heritage` language has names only.
    """
    asked = [item for item in city.languages if item.role != "heritage"]
    if not any(item.code == _ENGLISH.code for item in asked):
        asked.append(_ENGLISH)
    return tuple(i for i in asked if i.code == _ENGLISH.code or has_texts(i.code))
