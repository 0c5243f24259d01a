"""Which language is read instead of another."""

from __future__ import annotations

from collections.abc import Mapping

from madang.city.schema import City


def fallback_chain(city: City, lang: str) -> tuple[str, ...]:
    """Return a language and what to read instead of it, best first; the default closes the chain.

    A tag that the city does not have starts with its own shorter forms (``zh-Hant-HK``,
    ``zh-Hant``, ``zh``). Empty text means the default language.
    """
    known: Mapping[str, tuple[str, ...]] = {item.code: item.fallback for item in city.languages}
    found: dict[str, None] = {}
    waiting = [lang] if lang else []
    while waiting:
        tag = waiting.pop(0)
        if tag in found:
            continue
        found[tag] = None
        shorter = [tag.rpartition("-")[0]] if tag not in known and "-" in tag else []
        waiting += [*known.get(tag, ()), *shorter]
    return tuple({**found, city.default_language: None})
