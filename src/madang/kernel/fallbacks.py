"""Texts in the reader's language, or in the next language that the city's profile names.

Django falls back from every language to one; a city falls back from each along its own chain
(Uzbek, Russian, English). The chains are the setting ``LANGUAGE_CHAINS``; English, the language of
the code, ends every chain because it lacks nothing.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import to_locale, trans_real

from madang.kernel.easy import are_easy_words_wanted, with_easy_words
from madang.kernel.language_marks import marked
from madang.kernel.wording import worded

SOURCE = "en"
STATE_HEADER = "x-madang-state"


class ChainTranslation(trans_real.DjangoTranslation):
    """All texts of one language; what it lacks comes from the languages of its chain.

    To who asked for easy words, what is written anew in them comes first. The setting ``WORDING``
    has the city's own words in each language; see `kernel.wording`.
    """

    _easy: NullTranslations | None = None

    def gettext(self, message: str) -> str:
        """Return the text of a message, in easy words where they are wanted and there."""
        if are_easy_words_wanted():
            text = self._with_easy().gettext(message)
        else:
            text = super().gettext(message)
        return _in_words_of_city(text, self.language())

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form of a message for a number, in easy words likewise."""
        if are_easy_words_wanted():
            text = self._with_easy().ngettext(msgid1, msgid2, n)
        else:
            text = super().ngettext(msgid1, msgid2, n)
        return _in_words_of_city(text, self.language())

    def _with_easy(self) -> NullTranslations:
        if self._easy is None:
            self._easy = with_easy_words(self.language(), _Plain(self))
        return self._easy

    def _add_fallback(self, localedirs: Sequence[str] | None = None) -> None:
        language = self.language()
        if language != SOURCE:
            self.add_fallback(_Chain(settings.LANGUAGE_CHAINS.get(language, ())))


class _Plain(NullTranslations):
    """The texts of a language in plain words, whoever asks, and not yet in those of the city."""

    def __init__(self, texts: ChainTranslation) -> None:
        super().__init__()
        self._texts = texts

    def gettext(self, message: str) -> str:
        return str(trans_real.DjangoTranslation.gettext(self._texts, message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return str(trans_real.DjangoTranslation.ngettext(self._texts, msgid1, msgid2, n))


class _Chain(NullTranslations):
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
        return marked(_in_words_of_city(_without_context(message), SOURCE), SOURCE)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        for language in self._languages:
            text = own_plural(language, msgid1, n)
            if text is not None:
                return marked(text, language)
        text = _without_context(msgid1 if n == 1 else msgid2)
        return marked(_in_words_of_city(text, SOURCE), SOURCE)


def own_text(language: str, message: str) -> str | None:
    """Return a message in exactly that language, None where it has no such text."""
    texts: Any = trans_real.translation(language)
    found = texts._catalog.get(message)  # gettext offers no other way
    found = texts._catalog.get((message, texts.plural(1))) if found is None else found
    return None if found is None else _in_words_of_city(str(found), language)


def own_plural(language: str, message: str, number: int) -> str | None:
    """Return the form of a message for a number in exactly that language, None without one."""
    texts: Any = trans_real.translation(language)
    try:
        return _in_words_of_city(str(texts._catalog.plural(message, number)), language)
    except KeyError:
        return None


def _in_words_of_city(text: str, language: str) -> str:
    words = settings.WORDING
    return worded(text, words.get(language, {})) if words else text


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
