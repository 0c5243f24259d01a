"""All checks of a package, in the order in which people best mend what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from madang.city.api import Profile
from madang.services.lint import (
    automation,
    channels,
    facts,
    feel,
    languages,
    pages,
    prefills,
    references,
    tables,
    testing,
)
from madang.services.lint.fault import Fault
from madang.services.lint.reading import fault_of
from madang.services.lint.subject import Subject
from madang.services.packages.reader import read_package

Check = Callable[[Subject], Iterator[Fault]]

OF_FILES: tuple[Check, ...] = (
    references.ids,
    feel.feel,
    channels.channels,
    channels.fees,
    channels.limits,
    channels.office,
    channels.identity,
    facts.facts,
    facts.unused,
    prefills.prefills,
    prefills.silent_facts,
    pages.pages,
    pages.answers,
    automation.automation,
    automation.process,
    references.documents,
    references.notices,
    references.placeholders,
    references.parameters,
    references.decisions,
    languages.languages,
)
# These run expressions, so they wait until all of them can be run.
OF_MEANING: tuple[Check, ...] = (
    pages.reachable,
    tables.tables,
    testing.results,
    testing.coverage,
    testing.channels,
)
OF_TESTS: tuple[Check, ...] = (testing.results, testing.channels)
_BROKEN = frozenset({"bad-feel", "unknown-name", "same-id", "needs-itself", "bad-limit"})


def lint(folder: Path, profile: Profile, bases: Path | None = None) -> list[Fault]:
    """Return everything that keeps a package from being published, by file and line."""
    return _examined(folder, profile, bases, (OF_FILES, OF_MEANING))


def tested(folder: Path, profile: Profile, bases: Path | None = None) -> list[Fault]:
    """Return the tests of a package that come out otherwise, or that cannot be run."""
    return _examined(folder, profile, bases, ((references.ids, feel.feel), OF_TESTS))


def _examined(
    folder: Path, profile: Profile, bases: Path | None, checks: Iterable[Iterable[Check]]
) -> list[Fault]:
    package, sources, problems = read_package(folder, bases)
    if package is None:
        return [fault_of(problem, folder) for problem in problems]
    subject = Subject(package, sources, profile, profile.today())
    found: list[Fault] = []
    for group in checks:
        if _BROKEN & {fault.code for fault in found}:
            break
        for check in group:
            found += check(subject)
    return sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line, fault.code))
