"""The texts of a package in the reader's language, each with what stands for it where none is.

A text that comes in another language than the page's is marked where it is looked up and labelled
before the page leaves (`kernel.language_marks`).
"""

from __future__ import annotations

from madang.city.api import profile
from madang.kernel.language_marks import marked_unless
from madang.services.entries import Entry
from madang.services.packages.package import Package
from madang.services.packages.texts import translated
from madang.services.packages.words import Law
from madang.services.reading_order import reading_order

Path = str  # of a text, such as "questions.copies.ask"


class Spoken:
    """Looks up texts of one package for one language; on paper, nothing is marked."""

    def __init__(self, package: Package, language: str, *, on_paper: bool = False) -> None:
        self.language = language
        self._on_paper = on_paper
        self._package = package
        self._own = package.service.language
        self._chain = profile().chain(language) if on_paper else reading_order(language)

    def __call__(self, path: Path, own: str) -> str:
        """Return the text at a path, whose source text is `own`; empty for an empty one."""
        if not own:
            return ""
        text, tag = translated(self._package, path, self._chain) or (own, self._own)
        return text if self._on_paper else marked_unless(text, tag, self.language)

    def own(self, text: str) -> str:
        """Return a text that stands in the package's own language only, such as the name of a law.

        Empty for an empty one.
        """
        return marked_unless(text, self._own, self.language) if text else ""

    def law(self, law: Law | None) -> str:
        """Return a provision as people cite it; empty for none."""
        return self.own(f"{law.law} {law.article}") if law else ""

    def state(self) -> str:
        """Return how far the package's texts are in this language: machine, reviewed, approved.

        Empty where it is the package's own language, or has none in this one.
        """
        translation = self._package.translations.get(self.language)
        return translation.status if translation and self.language != self._own else ""


def entry_text(texts: dict[str, str], entry: Entry, language: str) -> str:
    """Return a title or summary of a catalogue line in the reader's language, marked."""
    for tag in profile().chain(language):
        if tag in texts:
            return marked_unless(texts[tag], tag, language)
    return marked_unless(texts[entry.language], entry.language, language)
