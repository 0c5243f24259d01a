"""How far a profile's texts for residents are translated: what is missing, stale, and unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from madang.city.profile import Profile
from madang.city.translations import SOURCE, STATES, file_of, texts_by_language

# sections whose texts residents meet on pages, beside those of the domains' files
_SHOWN = ("names", "phones")


class Gap(msgspec.Struct, frozen=True):
    """A text (by its English) that a language lacks, or a translation of a text that is gone."""

    kind: str  # missing, stale
    language: str
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        what = "has no" if self.kind == "missing" else "is stale: the profile no longer says"
        return f"{self.file}:{self.line}: {what} {self.text!r}"


def gaps(profile: Profile) -> list[Gap]:
    """Return what is missing and stale in the profile's languages, heritage ones aside.

    A reader of such a language gets the text of a fallback, labelled; so it is no fault.
    """
    return [*_missing(profile), *_stale(profile)]


def states(profile: Profile) -> dict[str, dict[str, int]]:
    """Return how many translations of ``texts/`` are in which state, by language."""
    return {
        tag: {state: sum(item.state == state for item in texts.values()) for state in STATES}
        for tag, texts in profile.translations.items()
    }


def _missing(profile: Profile) -> Iterator[Gap]:
    shown = list(_texts({name: _section(profile, name) for name in _SHOWN}, profile))
    for language in profile.languages:
        tag = language.code
        if language.role == "heritage":
            continue
        lacking = dict.fromkeys(text[SOURCE] for text in shown if tag not in text)
        yield from (Gap("missing", tag, file_of(tag), 1, text) for text in lacking)


def _stale(profile: Profile) -> Iterator[Gap]:
    said = {text[SOURCE] for text in _texts(msgspec.to_builtins(profile.city), profile)}
    for tag, texts in profile.translations.items():
        for source, item in texts.items():
            if source not in said:
                yield Gap("stale", tag, file_of(tag), item.line, source)


def _texts(sections: Mapping[str, Any], profile: Profile) -> Iterator[Mapping[str, str]]:
    yield from texts_by_language(dict(sections))
    for name in sorted(profile.rule_names):
        yield from texts_by_language(profile.in_all_languages(profile.rules(name)))


def _section(profile: Profile, name: str) -> Any:
    return msgspec.to_builtins(getattr(profile.city, name))
