"""Other names of what a question asks about, from the thesaurus of public life."""

from __future__ import annotations

from collections.abc import Sequence

from madang.search.engine.thesaurus import Thesaurus


class Naming:
    """Gives a question's concepts their names in the city's own language.

    Parameters
    ----------
    thesaurus : of public life.
    into : the language that most of what can be found is written in.
    within : how much another name in the same language counts, of its weight in the thesaurus.
        A question in another language has nothing else to go by, so there it counts whole.
    """

    def __init__(self, thesaurus: Thesaurus, into: str = "ko", within: float = 0.15) -> None:
        self._thesaurus, self._into, self._within = thesaurus, into, within

    def __call__(self, text: str, language: str) -> Sequence[tuple[str, float]]:
        """Return (name, weight) of what a folded text speaks of."""
        language = self._known(language)
        share = self._within if language == self._into else 1.0
        found: dict[str, float] = {}
        for term in self._thesaurus.expand(text, language or None, self._into):
            if term.text not in text:
                found[term.text] = max(found.get(term.text, 0.0), term.weight * share)
        return list(found.items())

    def _known(self, language: str) -> str:
        """Return the thesaurus's own tag of a language ("zh" is "zh-Hans" there); "" for none."""
        tags = self._thesaurus.languages
        if not language or language in tags:
            return language
        base = language.partition("-")[0]
        return next((tag for tag in tags if tag.partition("-")[0] == base), "")
