"""A service package in memory: everything its files say, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from madang.services.packages.content import Document, Notice, Test, Translation
from madang.services.packages.process import Process
from madang.services.packages.questions import Page, Pages, Question
from madang.services.packages.rules import Decision, Parameter
from madang.services.packages.service import Fact, Prefill, Service


@dataclass(frozen=True)
class Package:
    """A service as data.

    Parameters
    ----------
    process
        Complete: with what it takes from the house's process that it is like.
    extends, district
        Id of the service that a district's package changes, and the district's code.
    """

    service: Service
    pages: Pages
    process: Process
    rules: tuple[Decision, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    documents: tuple[Document, ...] = ()
    notices: tuple[Notice, ...] = ()
    translations: dict[str, Translation] = field(default_factory=dict)
    tests: tuple[Test, ...] = ()
    extends: str = ""
    district: str = ""

    @property
    def id(self) -> str:
        """Return the id of the service."""
        return self.service.id

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Return the facts by name."""
        return {fact.id: fact for fact in self.service.facts}

    @cached_property
    def register_facts(self) -> frozenset[str]:
        """Return the names of the facts that registers say."""
        return frozenset(fact.id for fact in self.service.facts if fact.source == "register")

    @cached_property
    def prefills(self) -> dict[str, Prefill]:
        """Return what questions are filled in from, by source."""
        return {one.source: one for one in self.service.prefills}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Return the questions by the fact that they ask for."""
        return {question.id: question for question in self.pages.questions}

    def asked(self) -> Iterator[tuple[Page, Question]]:
        """Yield every question with its page, in order."""
        for page in self.pages.pages:
            for name in page.questions:
                if name in self.questions:
                    yield page, self.questions[name]

    def decision(self, name: str) -> Decision | None:
        """Return the decision of that name."""
        return next((item for item in self.rules if item.id == name), None)

    def document(self, name: str) -> Document | None:
        """Return the document of that name."""
        return next((item for item in self.documents if item.id == name), None)

    def notice(self, name: str) -> Notice | None:
        """Return the notice of that name."""
        return next((item for item in self.notices if item.id == name), None)
