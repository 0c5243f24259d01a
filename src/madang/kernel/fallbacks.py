"""Texts in the reader's language, or in the next language that the city's profile names.

Django falls back from every language to one; a city falls back from each along its own chain
(Uzbek, Russian, English). The chains are the setting ``LANGUAGE_CHAINS``; English, the language of
the code, ends every chain because it lacks nothing.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import to_locale, trans_real

from madang.kernel.language_marks import marked

SOURCE = "en"
STATE_HEADER = "x-madang-state"


class ChainTranslation(trans_real.DjangoTranslation):
    """All texts of one language; what it lacks comes from the languages of its chain."""

    def _add_fallback(self, localedirs: Sequence[str] | None = None) -> None:
        language = self.language()
        if language != SOURCE:
            self.add_fallback(_Chain(settings.LANGUAGE_CHAINS.get(language, ())))


class _Chain(gettext.NullTranslations):
    """The languages to read instead, best first."""

    def __init__(self, languages: Sequence[str]) -> None:
        super().__init__()
        until = list(languages).index(SOURCE) if SOURCE in languages else None
        self._languages = list(languages)[:until]

    def gettext(self, message: str) -> str:
        for language in self._languages:
            text = own_text(language, message)
            if text is not None:
                return marked(text, language)
        return marked(_without_context(message), SOURCE)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        for language in self._languages:
            text = own_plural(language, msgid1, n)
            if text is not None:
                return marked(text, language)
        return marked(_without_context(msgid1 if n == 1 else msgid2), SOURCE)


def own_text(language: str, message: str) -> str | None:
    """Return a message in exactly that language, None where it has no such text."""
    texts: Any = trans_real.translation(language)
    found = texts._catalog.get(message)  # gettext offers no other way
    found = texts._catalog.get((message, texts.plural(1))) if found is None else found
    return None if found is None else str(found)


def own_plural(language: str, message: str, number: int) -> str | None:
    """Return the form of a message for a number in exactly that language, None without one."""
    texts: Any = trans_real.translation(language)
    try:
        return str(texts._catalog.plural(message, number))
    except KeyError:
        return None


def install() -> None:
    """Let Django find texts along the chains.

    Django has no setting for this; `trans_real.translation` is the one place where it makes the
    texts of a language.
    """
    django: Any = trans_real
    django.translation = _translation
    django._translations.clear()
    django._default = None


def _translation(language: str) -> trans_real.DjangoTranslation:
    made: dict[str, trans_real.DjangoTranslation] = trans_real._translations  # type: ignore[attr-defined]
    if language not in made:
        made[language] = ChainTranslation(language)
    return made[language]


@cache
def texts_state(language: str) -> str:
    """Return how far the texts of a language are: source, machine, reviewed or approved.

    It is the lowest among the rooms' catalogues; ``tools/messages.py`` writes it into their heads.
    """
    if language == SOURCE:
        return "source"
    states = [_catalogue_state(Path(folder), language) for folder in settings.LOCALE_PATHS]
    known = [state for state in states if state]
    return min(known, key=("missing", "machine", "reviewed", "approved").index, default="missing")


def _catalogue_state(folder: Path, language: str) -> str:
    try:
        texts = gettext.translation("django", str(folder), [to_locale(language)])
    except OSError:
        return ""
    return str(texts.info().get(STATE_HEADER, ""))


def _without_context(message: str) -> str:
    return message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
