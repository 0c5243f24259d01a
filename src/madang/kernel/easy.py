"""Easy words: texts written anew for people who read with difficulty, in the reader's language.

A catalogue ``locale/ko_easy`` (``ko-x-easy`` in BCP 47) holds only what was written anew; all else
is said in plain words. The language of the page stays ``ko``. After "Information for all: European
standards for making information easy to read and understand" (Inclusion Europe, 2009).
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import to_locale

STATE_HEADER = "x-madang-state"
STATES = ("missing", "machine", "reviewed", "approved")
_wanted: ContextVar[bool] = ContextVar("madang_easy_words", default=False)


@contextmanager
def easy_words(wanted: bool = True) -> Iterator[None]:
    """Speak easy words inside the block, where the language has them."""
    token = _wanted.set(wanted)
    try:
        yield
    finally:
        _wanted.reset(token)


def are_easy_words_wanted() -> bool:
    """Return whether the present reader asked for easy words."""
    return _wanted.get()


@cache
def easy_state(language: str) -> str:
    """Return how far the easy words of a language are: machine, reviewed, approved; empty for none.

    It is the lowest among the rooms' catalogues; ``tools/messages.py`` writes it into their heads.
    """
    found = {texts.info().get(STATE_HEADER, "missing") for texts in _catalogues(language)}
    return min(found, key=STATES.index, default="")


def is_easy_spoken(language: str) -> bool:
    """Return whether the present reader asked for easy words and the language has them."""
    return are_easy_words_wanted() and bool(easy_state(language))


def with_easy_words(language: str, plain: gettext.NullTranslations) -> gettext.NullTranslations:
    """Return the easy texts of a language, room by room, and `plain` for what is not among them."""
    texts = plain
    for room in _catalogues(language):
        room.add_fallback(texts)
        texts = room
    return texts


def _catalogues(language: str) -> Iterator[gettext.GNUTranslations]:
    for folder in settings.LOCALE_PATHS:
        file = Path(folder) / f"{to_locale(language)}_easy" / "LC_MESSAGES" / "django.mo"
        if file.exists():
            with file.open("rb") as stream:
                yield gettext.GNUTranslations(stream)
