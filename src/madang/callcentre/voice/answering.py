"""Who answers a caller: the assistant of a running city, or documents that are read here.

Every answer is quoted from a document of the city, with its source; where nothing is sure enough
the caller chooses among what is near, or is passed on to a person.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from madang.city.api import Profile
from madang.search import api as search
from madang.services import api as services

ANSWERED, CHOICES, ASKED = "answered", "choices", "asked"
NOTHING, PERSON = "no_answer", "handed_over"
_SURE, _NEAR = 0.5, 0.05
"""Search answers from 0.5 on (docs/explanation/search.md); an offer of three costs seconds only."""

_LONGEST = 280
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a caller is told.

    status: answered, choices (one of `choices` is to be pressed or said), asked (the text is a
        question, `choices` its answers where they are few), no_answer, handed_over.
    sources: what it is quoted from.
    state: to be given back with the next question of the same call.
    """

    text: str
    language: str
    status: str
    sources: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    sure: float | None = None
    state: Any = None


class Answerer(Protocol):
    """What knows answers."""

    name: str

    async def answer(self, text: str, language: str, state: Any = None, choice: str = "") -> Spoken:
        """Return what a caller is told.

        Parameters
        ----------
        state : of the answer before in the same call.
        choice : key of the choice that was taken; `text` is then empty.

        Raises
        ------
        Unavailable
            If it cannot look anything up just now.
        """
        ...


class DocumentAnswerer:
    """Answers from documents, by search in this process.

    Parameters
    ----------
    documents : what may be quoted.
    language : of the documents.
    """

    def __init__(self, documents: Sequence[search.FiledDocument], language: str) -> None:
        self._documents = {one.key: one for one in documents}
        self._language = language
        self._judge = search.judge_of(documents, mode="lexical", language=language)
        self.name = f"{len(documents)} documents, by words"

    async def answer(self, text: str, language: str, state: Any = None, choice: str = "") -> Spoken:
        """See `Answerer.answer`."""
        if choice in self._documents:
            return self._told(choice, None)
        return await asyncio.to_thread(self._looked_up, text, language)

    def _looked_up(self, text: str, language: str) -> Spoken:
        found = self._judge.read(text, language).sure(limit=3)
        if found.keys and found.confidence >= _SURE:
            return self._told(found.keys[0], found.confidence)
        if found.keys and found.confidence >= _NEAR:
            choices = tuple((key, self._documents[key].title or key) for key in found.keys)
            return Spoken("", self._language, CHOICES, choices=choices, sure=found.confidence)
        return Spoken("", language, NOTHING, sure=found.confidence)

    def _told(self, key: str, sure: float | None) -> Spoken:
        one = self._documents[key]
        text = f"{one.title}. {speakable(one.body)}" if one.title else speakable(one.body)
        return Spoken(text, self._language, ANSWERED, (key,), sure=sure)


def speakable(text: str, longest: int = _LONGEST) -> str:
    """Return the first sentences of a text, without what cannot be said.

    >>> speakable("Call 120. See https://a.example/b for more. Bye.", longest=20)
    'Call 120.'
    """
    said = _ADDRESS.sub("", text)
    said = re.sub(r"[#*|_>`•▶○●◎□■※]+", " ", said)
    found = ""
    for sentence in _SENTENCE.split(said):
        part = " ".join(sentence.split())
        if not part:
            continue
        if found and len(found) + len(part) > longest:
            break
        found = f"{found} {part}".strip()
    return found[: 2 * longest]


def filed(path: Path) -> list[search.FiledDocument]:
    """Return the documents of a file of JSON lines; raises BadInput."""
    return search.read_documents(path)


def catalogue(city: Profile) -> list[search.FiledDocument]:
    """Return the services of a city's profile as documents; what cannot be read is left out."""
    found = []
    for folder in sorted((city.folder / "services").glob("*/")):
        if not (folder / "service.yaml").is_file():
            continue
        package, _sources, _problems = services.read_package(folder)
        if package is None or package.service.synthetic:
            continue  # what a machine made up never answers a resident
        one = package.service
        body = f"{one.summary}\n{one.description or ''}\n{' '.join(one.keywords)}"
        found.append(search.FiledDocument(one.id, one.title, body, "", f"id:{one.id}"))
    return found
