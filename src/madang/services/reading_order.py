"""In which order the languages of a package's texts are tried for the present reader."""

from __future__ import annotations

from madang.city.api import profile
from madang.kernel.easy import are_easy_words_wanted
from madang.services.packages.texts import EASY


def reading_order(language: str) -> tuple[str, ...]:
    """Return the tags of texts, best first: easy words of the reader's language if they want them.

    Where a package has no easy words for a text, it is read as it stands.
    """
    chain = tuple(profile().chain(language))
    return (f"{chain[0]}{EASY}", *chain) if are_easy_words_wanted() and chain else chain
