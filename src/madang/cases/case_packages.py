"""Service packages as cases use them: pinned by hash, their rules compiled once in this process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from madang.services import api as services
from madang.services.api import Form, Package, Process, Rules, Verb

KEPT = 512  # compiled packages kept in a process; a city has a few thousand, and uses few at a time
AUTOMATIC = frozenset({"R0", "R1"})
PAPER = "evidence."  # before the id of a paper, where questions and papers are named together


@dataclass(frozen=True)
class Pinned:
    """A package, its hash and its rules, compiled."""

    hash: str
    package: Package
    rules: Rules

    @property
    def process(self) -> Process:
        """Return its process, complete."""
        return self.package.process

    @property
    def may_be_automatic(self) -> bool:
        """Return whether a statute lets a machine decide, and leaves it nothing to weigh."""
        automation = self.process.automation
        return (
            self.process.decision_class in AUTOMATIC
            and automation is not None
            and bool(automation.basis)
            and not automation.discretion
        )

    @property
    def is_prepaid(self) -> bool:
        """Return whether a fee is due before the case is looked at."""
        return any(fee.due == "submit" for fee in self.package.service.fees)

    def asks(self, name: str) -> bool:
        """Return whether the service has a question, or by `evidence.ID` a paper, of this name."""
        if not name.startswith(PAPER):
            return name in self.package.questions
        return any(one.id == name.removeprefix(PAPER) for one in self.package.service.evidence)

    def verb(self, name: str) -> Verb | None:
        """Return a verb by its id."""
        return next((verb for verb in self.process.verbs if verb.id == name), None)

    def verb_of_kind(self, kind: str, state: str, by: str = "") -> Verb | None:
        """Return the first verb of a kind that a state has, and that `by` may do."""
        for verb in self.process.verbs:
            fits = verb.kind == kind and (state in verb.sources or (kind == "submit" and not state))
            if fits and (not by or by in verb.by):
                return verb
        return None


_lent: dict[str, Pinned] = {}


def lend(package: Package, package_hash: str) -> Pinned:
    """Keep an unpublished package in this process: for tests, rehearsals and measurements."""
    found = _lent[package_hash] = Pinned(package_hash, package, Rules(package))
    return found


def pinned(package_hash: str) -> Pinned:
    """Return a package by its hash, with its rules.

    Raises `services.errors.UnknownService` where no package of this hash was ever published here.
    """
    return _lent.get(package_hash) or _published(package_hash)


@lru_cache(maxsize=KEPT)
def _published(package_hash: str) -> Pinned:
    found = services.package(package_hash)
    return Pinned(package_hash, found.package, found.rules)


def worded(found: Pinned) -> Package:
    """Return a package with its texts in the language of the page, or what stands for it."""
    return services.localised(found.package, services.reading_order(get_language() or ""))


def form_for(found: Pinned, language: str) -> Form:
    """Return the questions of a package as readers of a language see them."""
    chain = services.reading_order(language)
    if found.hash in _lent:
        return Form(services.in_language(found.package, chain), found.rules)
    return _form(found.hash, chain)


@lru_cache(maxsize=KEPT)
def _form(package_hash: str, chain: tuple[str, ...]) -> Form:
    found = pinned(package_hash)
    return Form(services.in_language(found.package, chain), found.rules)


def is_automatic(found: Pinned) -> bool:
    """Return whether the rules may decide just now: law, class and the service's switch."""
    return found.may_be_automatic and services.automation_is_on(found.package.id)
